/** Bounds of records and their indexes. */

/** Entries that one record may have in one index. */
export const entriesPerRecordMax = 10_000
/** Rows that a view hands out at a time. */
export const rowsPerChunkMax = 1_024
/** Records an index build reads and indexes in one step. */
export const indexBuildRowsPerStep = 512
/** Decoded records kept, by their canonical bytes. */
export const recordCacheBytesMax = 32 * 1024 * 1024
