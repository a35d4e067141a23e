/** Bounds of records and their indexes. */

/** Entries that one record may have in one index. */
export const entriesPerRecordMax = 10_000
/** Rows that a view hands out at a time. */
export const rowsPerChunkMax = 1_024
/** Records an index build reads and indexes in one step. */
export const indexBuildRowsPerStep = 512
/** Entries of records that are there already which a transaction may add to the indexes it defines. */
export const entriesBuiltPerTransactionMax = 100_000
/**
 * What the decoded records kept for point reads may take, by estimate, where the process has the heap for it.
 */
export const recordCacheBytesMax = 32 * 1024 * 1024
/** What the decoded rows kept for scans may take, likewise; one table at most half of it. */
export const scanCacheBytesMax = 64 * 1024 * 1024
/** What the entries and edges kept of index ranges may take, likewise. */
export const rangeCacheBytesMax = 16 * 1024 * 1024
/** Entries in a range that is kept; of longer ones the way through the store is a small part. */
export const cachedRangeEntriesMax = 1_000
/** All of them together take at most this share of the heap that the process may have. */
export const cacheHeapShareMax = 3 / 16
/** What an error shows of a value that is taken. */
export const takenValueCharsMax = 200
