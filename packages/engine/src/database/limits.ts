/** Bounds of work on whole databases. */

/** Entries that a copy holds in memory at a time. */
export const copyBatchBytes = 1024 * 1024
/** Records of one page of a comparison, unless another number is asked for. */
export const diffRecordsDefault = 100
