/** Bounds of reading and replaying a log. */

/** Items that are handed on together. */
export const itemsPerChunk = 1_000
/** Bytes of items that are handed on together, but for the last one. */
export const chunkBytesMax = 4 * 1024 * 1024
/** Bytes of the operations of one batch; one is written while the next is filled. */
export const batchBytesMax = 2 * 1024 * 1024
/** Versions that are read together while records are derived, from a store whose reads are round trips. */
export const versionsPerRead = 64
