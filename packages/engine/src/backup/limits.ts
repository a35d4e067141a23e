/** Bounds of backups. */

import { storeLimits } from '../storage/limits.ts'

/** Bytes of items that a block collects; the item that exceeds it is its last. */
export const blockBytes = 1024 * 1024
/** Memory that a block is filled in: that item fits as well, unless it is a large one. */
export const blockRoomBytes = blockBytes + 64 * 1024
/**
 * Bytes of a block once it is unpacked: one item as large as a store takes them, and the rest of its block.
 */
export const blockBytesMax = storeLimits.valueBytesMax + 2 * blockBytes
/** Bytes of the body of a frame; what does not compress may grow a little. */
export const frameBytesMax = blockBytesMax + blockBytes
/** Blocks that are compressed at the same time as the next one is filled. */
export const blocksInFlightMax = 2
/** Of zstd: 1 is the fastest and gives nearly the same sizes as 3. */
export const compressionLevel = 1
