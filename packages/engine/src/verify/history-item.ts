/** An entry of the history with what its key says. */

import { skipExact } from '@dendrodb/protocol'
import { decodeHistoryEntry } from '../ledger/history-entry.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import type { KvEntry } from '../storage/kv-store.ts'

export interface HistoryItem {
  readonly key: Buffer
  readonly tableId: number
  readonly idKey: Buffer
  /** The commit that wrote the version. */
  readonly seq: number
  readonly isPut: boolean
  readonly n: number
  readonly prevSeq: number
  readonly periodBefore: number
}

/** @throws where the key or the value is none of the history's */
export function decodeHistoryItem({ key, value }: KvEntry): HistoryItem {
  const { isPut, n, prevSeq, periodBefore } = decodeHistoryEntry(value)
  return { ...decodeHistoryKey(key), isPut, n, prevSeq, periodBefore }
}

export function decodeHistoryKey(key: Buffer) {
  const branch = readUvarint(key, 1)
  const table = readUvarint(key, branch.end)
  const idEnd = skipExact(key, table.end)
  return {
    key,
    tableId: table.value,
    idKey: key.subarray(table.end, idEnd),
    seq: readUvarint(key, idEnd).value,
  }
}

export function isSameRecord(one: HistoryItem, other: HistoryItem | undefined): boolean {
  return other !== undefined && one.tableId === other.tableId && one.idKey.equals(other.idKey)
}
