/** Bounds of reads of the past. */

/** Steps back along `prevSeq` before a scan is cheaper. */
export const stepsBackMax = 16
/** Versions of one record passed over in a table scan before the scan jumps to the next record. */
export const versionsPassedMax = 64
/** What decoded versions of the past may take, by estimate, where the process has the heap for it. */
export const versionCacheBytesMax = 16 * 1024 * 1024
/**
 * Versions written since a commit up to which a scan as of it starts from head: as a share of the table's
 * rows, and for small tables at least so many.
 */
export const recentChangesShare = 0.25
export const recentChangesMin = 8
