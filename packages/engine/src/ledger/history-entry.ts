/**
 * The value under an `H` key: which version of the record the commit wrote.
 * Why `prevSeq`: a read of the recent past walks back from the current version with point reads, no scan.
 * Format: docs/formats.md#history
 *
 * | offset | bytes | what                                                                      |
 * |--------|-------|---------------------------------------------------------------------------|
 * | 0      | 1     | 1 put, 0 delete                                                           |
 * | 1      | 1–8   | n, uvarint: place in the commit                                           |
 * | …      | 1–8   | prevSeq, uvarint: the commit of the version it replaced; 0: it was absent |
 */

import { skipExact } from '@dendrodb/protocol'
import type { KvEntry } from '../storage/kv-store.ts'
import { readUvarint, uvarintBytes, writeUvarint } from './uvarint.ts'

export interface HistoryEntry {
  readonly isPut: boolean
  readonly n: number
  readonly prevSeq: number
}

export function encodeHistoryEntry(entry: HistoryEntry): Buffer {
  const target = Buffer.allocUnsafe(1 + uvarintBytes(entry.n) + uvarintBytes(entry.prevSeq))
  target[0] = entry.isPut ? 1 : 0
  writeUvarint(target, writeUvarint(target, 1, entry.n), entry.prevSeq)
  return target
}

export function decodeHistoryEntry(stored: Uint8Array): HistoryEntry {
  const n = readUvarint(stored, 1)
  return { isPut: stored[0] === 1, n: n.value, prevSeq: readUvarint(stored, n.end).value }
}

/** An `H` key and its value, taken apart. */
export interface HistoryItem extends HistoryEntry {
  readonly key: Buffer
  readonly seq: number
  readonly tableId: number
  readonly idKey: Buffer
}

export function decodeHistory({ key, value }: KvEntry): HistoryItem {
  const branch = readUvarint(key, 1)
  const table = readUvarint(key, branch.end)
  const idEnd = skipExact(key, table.end)
  return {
    key,
    seq: readUvarint(key, idEnd).value,
    tableId: table.value,
    idKey: key.subarray(table.end, idEnd),
    ...decodeHistoryEntry(value),
  }
}
