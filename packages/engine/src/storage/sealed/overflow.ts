/**
 * Where a long value lies: what stands in its entry instead of it.
 *
 * | offset | bytes  | what                                       |
 * |--------|--------|--------------------------------------------|
 * | 0      | 8      | id of its first page, big-endian           |
 * | 8      | 4      | bytes of the value, big-endian             |
 * | 12     | 16 · n | tags of its n pages, whose ids follow on   |
 */

import type { Freed } from './freed.ts'
import { tagBytes } from './page-cipher.ts'

const headBytes = 12

export interface LongValue {
  readonly firstId: number
  readonly valueBytes: number
  readonly tags: readonly Buffer[]
}

export function encodeLongValue({ firstId, valueBytes, tags }: LongValue): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeBigUInt64BE(BigInt(firstId))
  head.writeUInt32BE(valueBytes, 8)
  return Buffer.concat([head, ...tags])
}

export function decodeLongValue(bytes: Buffer): LongValue {
  const tags: Buffer[] = []
  for (let at = headBytes; at < bytes.length; at += tagBytes) tags.push(bytes.subarray(at, at + tagBytes))
  return { firstId: Number(bytes.readBigUInt64BE()), valueBytes: bytes.readUInt32BE(8), tags }
}

/** Of the value that the bytes at `start` stand for. */
export function longValueBytes(bytes: Buffer, start: number): number {
  return bytes.readUInt32BE(start + 8)
}

export function pagesOfLongValue({ firstId, valueBytes, tags }: LongValue): Freed {
  return { kind: 'overflow', first: firstId, count: tags.length, bytes: valueBytes }
}
