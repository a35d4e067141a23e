/**
 * Copies of short byte sequences, cut from blocks that many share.
 * Why: beyond 64 bytes an array with a buffer of its own costs five times as much to make as the copy, and as
 * much again to collect.
 * A copy keeps its block alive: what is kept for long, one in many, is to be copied out (`slice`).
 */

const blockBytes = 8_192
/** V8 keeps arrays of up to this many bytes among its objects, which is cheaper still. */
const ownBytesMax = 64
/** Longer ones are worth a buffer of their own. */
const sharedBytesMax = 1_024

let block = new Uint8Array(blockBytes)
let used = 0

/** The first `length` bytes of `source`. */
export function copyStart(source: Uint8Array, length: number): Uint8Array {
  if (length <= ownBytesMax || length > sharedBytesMax) return source.slice(0, length)
  if (used + length > blockBytes) {
    block = new Uint8Array(blockBytes)
    used = 0
  }
  const copy = block.subarray(used, used + length)
  copy.set(source.subarray(0, length))
  used += length
  return copy
}
