/**
 * Unsigned integers in a variable number of bytes whose byte order is the order of the numbers.
 * Why: keys hold seqs and ids; small ones should be short, and scans must still run in numeric order.
 * Format: 0–239 is one byte; otherwise a byte 0xF0 + n, then n big-endian bytes without leading zeros (n ≤
 * 7).
 */

import { assert, must } from '@dendrodb/protocol'

const singleByteMax = 0xef
const lengthBase = 0xf0
export const uvarintBytesMax = 8

export function uvarintBytes(value: number): number {
  if (value <= singleByteMax) return 1
  let bytes = 2
  for (let limit = 256; value >= limit; limit *= 256) bytes += 1
  return bytes
}

/** Writes `value` (a safe integer ≥ 0) and gives the offset behind it. */
export function writeUvarint(target: Uint8Array, offset: number, value: number): number {
  assert(Number.isSafeInteger(value) && value >= 0, 'uvarint out of range')
  if (value <= singleByteMax) {
    target[offset] = value
    return offset + 1
  }
  const end = offset + uvarintBytes(value)
  target[offset] = lengthBase + (end - offset - 1)
  for (let at = end - 1, rest = value; at > offset; at -= 1) {
    target[at] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return end
}

/** @param first its first byte */
export function lengthOfUvarint(first: number): number {
  return first <= singleByteMax ? 1 : 1 + (first - lengthBase)
}

export interface UvarintRead {
  readonly value: number
  readonly end: number
}

/** Where the uvarint at `offset` ends; `undefined`: there is no whole one. */
export function uvarintEnd(source: Uint8Array, offset: number): number | undefined {
  const first = source[offset]
  if (first === undefined) return undefined
  if (first <= singleByteMax) return offset + 1
  const end = offset + 1 + (first - lengthBase)
  return first - lengthBase <= 7 && end <= source.length ? end : undefined
}

export function readUvarint(source: Uint8Array, offset: number): UvarintRead {
  const first = must(source[offset], 'uvarint beyond the end')
  if (first <= singleByteMax) return { value: first, end: offset + 1 }
  const end = offset + 1 + (first - lengthBase)
  assert(first - lengthBase <= 7 && end <= source.length, 'uvarint beyond the end')
  let value = 0
  for (let at = offset + 1; at < end; at += 1)
    value = value * 256 + must(source[at], 'uvarint beyond the end')
  return { value, end }
}
