/**
 * The value under a `C` key of a branch: by how much its number of records differs from that at the fork.
 * Format: uvarint of 2d for d ≥ 0, of −2d − 1 otherwise, so that small numbers of either sign are short.
 */

import { readUvarint, uvarintBytes, writeUvarint } from './uvarint.ts'

export function encodeCountDifference(difference: number): Buffer {
  const folded = difference >= 0 ? 2 * difference : -2 * difference - 1
  const bytes = Buffer.allocUnsafe(uvarintBytes(folded))
  writeUvarint(bytes, 0, folded)
  return bytes
}

export function decodeCountDifference(stored: Uint8Array): number {
  const { value } = readUvarint(stored, 0)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
