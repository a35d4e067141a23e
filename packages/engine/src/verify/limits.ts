/** Bounds of verification. */

/**
 * Bytes on disk from which on the chain is verified by a thread of its own. Starting one takes as long as
 * verifying a tenth of that, and memory.
 */
export const threadStoreBytesMin = 4 * 1024 * 1024
/** Memory that there must be for a thread more: it has a heap of its own, of about 100 MiB. */
export const threadMemoryBytesMin = 768 * 1024 * 1024
/** Entries kept, about, to name the differences between two sets: what a damaged store costs in memory. */
export const entriesCollectedMax = 200_000
/** Versions read at a time in the order of records. */
export const versionsPerRead = 512
/** Entries that a cursor reads at a time. */
export const entriesPerChunk = 512
