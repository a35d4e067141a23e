/**
 * Keys in the store below. All that they tell is the order in which pages were written.
 *
 * | kind | parts                | value                      |
 * |------|----------------------|----------------------------|
 * | `r`  | –                    | root (root.ts)             |
 * | `l`  | number, 8 bytes      | record of the log (log.ts) |
 * | `p`  | id, 8 bytes          | page of a segment          |
 * | `o`  | id, 8 bytes          | part of a long value       |
 */

import type { KeyRange } from '../kv-store.ts'

/** Range of all of them. */
export const everyKey: KeyRange = { gte: Buffer.from('l'), lt: Buffer.from('s') }

export const rootKey = Buffer.from('r')

export const logKey = (number: number) => numbered(0x6c, number)
export const pageKey = (id: number) => numbered(0x70, id)
export const overflowKey = (id: number) => numbered(0x6f, id)

/** All keys of the kind with this number or a higher one. */
export function keysFrom(keyOf: (number: number) => Buffer, number: number): KeyRange {
  const gte = keyOf(number)
  return { gte, lt: Buffer.from([(gte[0] as number) + 1]) }
}

export function numberOfKey(key: Buffer): number {
  return key.readUInt32BE(1) * 2 ** 32 + key.readUInt32BE(5)
}

function numbered(kind: number, number: number): Buffer {
  const key = Buffer.allocUnsafe(9)
  key[0] = kind
  key.writeUInt32BE(Math.floor(number / 2 ** 32), 1)
  key.writeUInt32BE(number >>> 0, 5)
  return key
}
