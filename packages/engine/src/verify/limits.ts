/** Bounds of verification. */

/**
 * Bytes on disk from which on the chain is verified by a thread of its own. Starting one takes as long as
 * verifying a tenth of that, and memory.
 */
export const threadStoreBytesMin = 4 * 1024 * 1024
