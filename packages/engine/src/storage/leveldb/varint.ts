/**
 * Varints as LevelDB and Snappy write them: seven bits per byte, the lowest first, the top bit set while more
 * follow.
 */

export interface Varint {
  readonly value: number
  /** Where the next thing begins. */
  readonly end: number
}

/** `NaN` when it does not end inside `bytes`, is longer than it need be, or is not a safe integer. */
export function readVarint(bytes: Uint8Array, at: number): Varint {
  let value = 0
  let scale = 1
  for (let end = at; end < bytes.length && end < at + 8; end += 1) {
    const byte = bytes[end] as number
    value += (byte & 0x7f) * scale
    // A flipped top bit in front of a zero gives the same number in more bytes, which nobody has written.
    if (byte === 0 && end > at) break
    if (byte < 0x80) return { value, end: end + 1 }
    scale *= 128
  }
  return { value: Number.NaN, end: bytes.length }
}
