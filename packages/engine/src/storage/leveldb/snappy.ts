/**
 * Snappy decompression of LevelDB's blocks. Format: google/snappy format_description.txt.
 * A text is its length (varint), then elements: literals, and copies of up to 64 bytes from what came out
 * before.
 * About 1 GB/s: elements are read in one loop, and short ones copied byte by byte, as each call costs more.
 */

import { readVarint } from './varint.ts'

/** Longer literals are worth a call. */
const shortBytesMax = 24

/** `undefined` when the text is not one that a compressor wrote. */
export function uncompressSnappy(bytes: Buffer, bytesMax: number): Buffer | undefined {
  const { value: length, end } = readVarint(bytes, 0)
  if (!(length <= bytesMax)) return undefined
  const output = Buffer.alloc(length)
  return uncompressInto(output, 0, bytes, end, bytes.length) === length ? output : undefined
}

/**
 * Writes what the elements between `from` and `end` stand for into `output` from `start` on.
 * @returns where it ends; `NaN` when they make no sense or there is no room
 */
export function uncompressInto(
  output: Uint8Array,
  start: number,
  bytes: Uint8Array,
  from: number,
  end: number,
): number {
  let to = start
  for (let at = from; at < end; ) {
    const tag = bytes[at] as number
    const kind = tag & 3
    at += 1
    if (kind === 0) {
      let length = (tag >> 2) + 1
      if (length > 60) {
        const lengthBytes = length - 60
        if (at + lengthBytes > end) return Number.NaN
        length = littleEndian(bytes, at, lengthBytes) + 1
        at += lengthBytes
      }
      const behind = at + length
      if (behind > end || to + length > output.length) return Number.NaN
      if (length > shortBytesMax) {
        output.set(bytes.subarray(at, behind), to)
        to += length
        at = behind
      }
      while (at < behind) {
        output[to] = bytes[at] as number
        to += 1
        at += 1
      }
      continue
    }
    const distanceBytes = kind === 1 ? 1 : kind === 2 ? 2 : 4
    if (at + distanceBytes > end) return Number.NaN
    const number = littleEndian(bytes, at, distanceBytes)
    at += distanceBytes
    const distance = kind === 1 ? ((tag >> 5) << 8) | number : number
    const behind = to + (kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1)
    if (distance === 0 || distance > to - start || behind > output.length) return Number.NaN
    // Forwards: a copy may reach into itself.
    for (let source = to - distance; to < behind; to += 1) {
      output[to] = output[source] as number
      source += 1
    }
  }
  return to
}

/** Of one to four bytes. */
function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let number = bytes[at] as number
  for (let digit = 1, scale = 256; digit < count; digit += 1) {
    number += (bytes[at + digit] as number) * scale
    scale *= 256
  }
  return number
}
