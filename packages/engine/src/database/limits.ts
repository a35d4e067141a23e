/** Bounds of work on whole databases. */

/** Entries that a copy holds in memory at a time. */
export const copyBatchBytes = 1024 * 1024
