/** Bounds of snapshots. */

/** Snapshots that a database has at a time. */
export const snapshotsMax = 1_000
export const snapshotNameCharsMax = 128
/** Tables that one snapshot names. */
export const snapshotTablesMax = 1_000
/** Records that one restore writes; they are held in memory and make one commit. */
export const restoredRecordsMax = 200_000
