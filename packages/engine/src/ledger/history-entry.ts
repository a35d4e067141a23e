/**
 * The value under an `H` key: which version of the record the commit wrote.
 * Why `prevSeq` and `prevN`: a read of the recent past walks back from a later version with point reads, no
 * scan, and goes from the last step straight to the payload.
 * Why `periodBefore`: a read at a valid time goes back from period to period (valid-time.ts).
 * Format: docs/formats.md#history
 *
 * | offset | bytes | what                                                                      |
 * |--------|-------|---------------------------------------------------------------------------|
 * | 0      | 1     | flags: 1 put (else delete), 2 there is a period before                    |
 * | 1      | 1–8   | n, uvarint: place in the commit                                           |
 * | …      | 1–8   | prevSeq, uvarint: the commit of the version it replaced; 0: it was absent |
 * | …      | 1–8   | unless it was absent: prevN, uvarint: that version's place in its commit  |
 * | …      | 1–8   | if flagged: periodBefore, uvarint                                         |
 */

import { skipExact } from '@dendrodb/protocol'
import type { KvEntry } from '../storage/kv-store.ts'
import { readUvarint, uvarintBytes, writeUvarint } from './uvarint.ts'

const putFlag = 1
const periodFlag = 2

export interface HistoryEntry {
  readonly isPut: boolean
  readonly n: number
  readonly prevSeq: number
  readonly prevN: number
  /** See `Period`. */
  readonly periodBefore: number
}

export function encodeHistoryEntry(entry: HistoryEntry): Buffer {
  const { n, prevSeq, prevN, periodBefore } = entry
  const target = Buffer.allocUnsafe(bytesOf(entry))
  target[0] = flagsOf(entry)
  let end = writeUvarint(target, writeUvarint(target, 1, n), prevSeq)
  if (prevSeq !== 0) end = writeUvarint(target, end, prevN)
  if (periodBefore !== 0) writeUvarint(target, end, periodBefore)
  return target
}

/** Whether it was written like this: reading it passes over flags and bytes that mean nothing. */
export function isExactHistoryEntry(stored: Uint8Array, read: HistoryEntry): boolean {
  return stored[0] === flagsOf(read) && stored.length === bytesOf(read)
}

function flagsOf({ isPut, periodBefore }: HistoryEntry): number {
  return (isPut ? putFlag : 0) | (periodBefore === 0 ? 0 : periodFlag)
}

function bytesOf({ n, prevSeq, prevN, periodBefore }: HistoryEntry): number {
  const prevBytes = uvarintBytes(prevSeq) + (prevSeq === 0 ? 0 : uvarintBytes(prevN))
  return 1 + uvarintBytes(n) + prevBytes + (periodBefore === 0 ? 0 : uvarintBytes(periodBefore))
}

export function decodeHistoryEntry(stored: Uint8Array): HistoryEntry {
  const flags = stored[0] as number
  const n = readUvarint(stored, 1)
  const prevSeq = readUvarint(stored, n.end)
  const prevN = prevSeq.value === 0 ? { value: 0, end: prevSeq.end } : readUvarint(stored, prevSeq.end)
  const periodBefore = (flags & periodFlag) === 0 ? 0 : readUvarint(stored, prevN.end).value
  return {
    isPut: (flags & putFlag) !== 0,
    n: n.value,
    prevSeq: prevSeq.value,
    prevN: prevN.value,
    periodBefore,
  }
}

/** An `H` key, taken apart. */
export interface HistoryPlace {
  readonly key: Buffer
  readonly seq: number
  readonly tableId: number
  readonly idKey: Buffer
}

/** The same with its value. */
export interface HistoryItem extends HistoryPlace, HistoryEntry {}

export function decodeHistoryKey(key: Buffer): HistoryPlace {
  const branch = readUvarint(key, 1)
  const table = readUvarint(key, branch.end)
  const idEnd = skipExact(key, table.end)
  return {
    key,
    seq: readUvarint(key, idEnd).value,
    tableId: table.value,
    idKey: key.subarray(table.end, idEnd),
  }
}

export function decodeHistory({ key, value }: KvEntry): HistoryItem {
  const { seq, tableId, idKey } = decodeHistoryKey(key)
  const { isPut, n, prevSeq, prevN, periodBefore } = decodeHistoryEntry(value)
  return { key, seq, tableId, idKey, isPut, n, prevSeq, prevN, periodBefore }
}
