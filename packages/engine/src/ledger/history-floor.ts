/**
 * Under `Y`: from which commit on the history of a table is whole, where its present definition does not say.
 * Why: a table that was removed has no definition, and is there as of a commit all the same; and a database
 * that was restored to a moment of the past, from a backup taken later, lacks what had been forgotten by
 * then, while the definitions of that moment know nothing of it yet.
 */

import type { KvOperation } from '../storage/kv-store.ts'
import { keyOf, kindRange } from './key-space.ts'
import type { KvReader } from './overlay.ts'
import { readUvarint, uvarintBytes, writeUvarint } from './uvarint.ts'

/** Key and value. */
export function historyFloorEntry(tableId: number, floor: number): [Buffer, Buffer] {
  const value = Buffer.allocUnsafe(uvarintBytes(floor))
  writeUvarint(value, 0, floor)
  return [keyOf('historyFloor', tableId), value]
}

export function putHistoryFloor(tableId: number, floor: number): KvOperation {
  const [key, value] = historyFloorEntry(tableId, floor)
  return { type: 'put', key, value }
}

/** By the number of the table. */
export async function readHistoryFloors(reader: KvReader): Promise<ReadonlyMap<number, number>> {
  const floors = new Map<number, number>()
  for await (const chunk of reader.scan(kindRange('historyFloor'))) {
    for (const { key, value } of chunk) floors.set(readUvarint(key, 1).value, readUvarint(value, 0).value)
  }
  return floors
}
