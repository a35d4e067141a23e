/**
 * Every key in a database's store, in one place.
 * Layout: one letter for the kind, then the parts below; numbers are uvarints (uvarint.ts), `id` is the exact
 * key encoding of a record's key, `entry` the collation encoding of indexed values (cut where too long).
 *
 * | kind | parts                                         | value                                          |
 * |------|-----------------------------------------------|------------------------------------------------|
 * | `f`  | –                                             | format: canonical map, written once            |
 * | `m`  | –                                             | manifest: canonical map, with every batch      |
 * | `L`  | seq                                           | commit (commit.ts)                             |
 * | `M`  | seq                                           | meta payload (write-meta.ts)                   |
 * | `E`  | seq of the cause, seq of the effect           | – (causes.ts)                                  |
 * | `V`  | seq, n                                        | version payload (record-version.ts)            |
 * | `F`  | seq, place                                    | why a payload is gone (forgotten-mark.ts)      |
 * | `W`  | seq                                           | – erasure whose bytes are still in the files   |
 * | `Y`  | table                                         | commit since which its history is whole        |
 * | `T`  | level, index                                  | Merkle node; levels ≥ `merkleStoredLevelMin`   |
 * | `R`  | branch, table, id                             | current record (current-record.ts)             |
 * | `H`  | branch, table, id, seq                        | version the commit wrote (history-entry.ts)    |
 * | `I`  | branch, index, entry [, id unless unique]     | entry in force (index-entry.ts)                |
 * | `X`  | branch, index, level, bucket, entry, id, from | entry no longer in force (index-entry.ts)      |
 * | `C`  | branch, table                                 | number of records                              |
 * | `B`  | index                                         | progress of an index build                     |
 * | `G`  | kind, number                                  | a dropped table or index being removed         |
 * | `K`  | hash of principal and idempotency key         | how the request was answered (replay.ts)       |
 * | `Q`  | seq                                           | hash of the `K` key that the commit wrote      |
 * | `N`  | hash of principal and client                  | the last nonce (replay.ts)                     |
 *
 * Log-like kinds (L, M, V, F, T) are ordered by seq, so that they are written once and compaction leaves them
 * alone.
 */

import { prefixEnd as endOfPrefix, must } from '@dendrodb/protocol'
import type { KeyRange } from '../storage/kv-store.ts'
import { readUvarint, uvarintBytes, uvarintEnd, writeUvarint } from './uvarint.ts'

export const mainBranch = 0
/**
 * Nodes of lower levels are recomputed from at most 2^level commits; storing them all would double the tree.
 */
export const merkleStoredLevelMin = 4
/** Commits in a node of the lowest level of the trees over time. */
export const timeNodeSeqsMin = 64
/** How many times as many a node of the next level has, in each of the two trees. */
export const timeNodeFanout = 4

const kinds = {
  format: 0x66,
  manifest: 0x6d,
  commit: 0x4c,
  meta: 0x4d,
  effect: 0x45,
  version: 0x56,
  forgotten: 0x46,
  erasure: 0x57,
  historyFloor: 0x59,
  merkle: 0x54,
  record: 0x52,
  history: 0x48,
  index: 0x49,
  pastIndex: 0x58,
  count: 0x43,
  build: 0x42,
  garbage: 0x47,
  replay: 0x4b,
  replayLog: 0x51,
  nonce: 0x4e,
} as const

export type KeyKind = keyof typeof kinds

interface KeyShape {
  /** With how many the keys begin. */
  readonly numbers: number
  /** Whether something else stands behind those. */
  readonly hasTail?: true
}

const shapes: Readonly<Record<KeyKind, KeyShape>> = {
  format: { numbers: 0 },
  manifest: { numbers: 0 },
  commit: { numbers: 1 },
  meta: { numbers: 1 },
  effect: { numbers: 2 },
  version: { numbers: 2 },
  forgotten: { numbers: 2 },
  erasure: { numbers: 1 },
  historyFloor: { numbers: 1 },
  merkle: { numbers: 2 },
  record: { numbers: 2, hasTail: true },
  history: { numbers: 2, hasTail: true },
  index: { numbers: 2, hasTail: true },
  pastIndex: { numbers: 4, hasTail: true },
  count: { numbers: 2 },
  build: { numbers: 1 },
  garbage: { numbers: 2 },
  replay: { numbers: 0, hasTail: true },
  replayLog: { numbers: 1 },
  nonce: { numbers: 0, hasTail: true },
}
const shapeOfLetter: (KeyShape | undefined)[] = []
for (const [kind, letter] of Object.entries(kinds)) shapeOfLetter[letter] = shapes[kind as KeyKind]

/** Whether the key has the parts of its kind. What stands behind its numbers is not looked at. */
export function isKey(key: Uint8Array): boolean {
  const shape = shapeOfLetter[key[0] as number]
  if (shape === undefined) return false
  let at = 1
  for (let left = shape.numbers; left > 0; left -= 1) {
    const end = uvarintEnd(key, at)
    if (end === undefined) return false
    at = end
  }
  return shape.hasTail === true ? at < key.length : at === key.length
}

export const formatKey = Buffer.from([kinds.format])
export const manifestKey = Buffer.from([kinds.manifest])

/** Kind byte and numbers, with `roomBytes` behind them for what follows. */
function numbered(kind: KeyKind, numbers: readonly number[], roomBytes = 0): Buffer {
  let size = 1 + roomBytes
  for (const number of numbers) size += uvarintBytes(number)
  const key = Buffer.allocUnsafe(size)
  key[0] = kinds[kind]
  let end = 1
  for (const number of numbers) end = writeUvarint(key, end, number)
  return key
}

/** The same for the two numbers that almost every key of live state begins with; no list, for speed. */
function prefixed(kind: KeyKind, branch: number, number: number, roomBytes: number): Buffer {
  const key = Buffer.allocUnsafe(tailOffset(branch, number) + roomBytes)
  key[0] = kinds[kind]
  writeUvarint(key, writeUvarint(key, 1, branch), number)
  return key
}

export function keyOf(kind: KeyKind, ...numbers: readonly number[]): Buffer {
  return numbered(kind, numbers)
}

/** A key of one letter and these bytes. */
export function keyWithTail(kind: 'replay' | 'nonce', tail: Uint8Array): Buffer {
  const key = numbered(kind, [], tail.length)
  key.set(tail, 1)
  return key
}

function withTail(kind: KeyKind, branch: number, number: number, tail: Uint8Array): Buffer {
  const key = prefixed(kind, branch, number, tail.length)
  key.set(tail, key.length - tail.length)
  return key
}

export function recordKey(branch: number, tableId: number, idKey: Uint8Array): Buffer {
  return withTail('record', branch, tableId, idKey)
}

export function decodeRecordKey(key: Buffer): { readonly tableId: number; readonly idKey: Buffer } {
  const table = readUvarint(key, readUvarint(key, 1).end)
  return { tableId: table.value, idKey: key.subarray(table.end) }
}

/** Prefix of all history keys of one record. */
export function historyPrefix(branch: number, tableId: number, idKey: Uint8Array): Buffer {
  return withTail('history', branch, tableId, idKey)
}

export function historyKey(branch: number, tableId: number, idKey: Uint8Array, seq: number): Buffer {
  const key = prefixed('history', branch, tableId, idKey.length + uvarintBytes(seq))
  const idStart = tailOffset(branch, tableId)
  key.set(idKey, idStart)
  writeUvarint(key, idStart + idKey.length, seq)
  return key
}

/** Where the id, or the indexed entry, begins in a key of this table, or index. */
export function tailOffset(branch: number, number: number): number {
  return 1 + uvarintBytes(branch) + uvarintBytes(number)
}

export function indexKey(branch: number, indexId: number, entry: Uint8Array, idKey?: Uint8Array): Buffer {
  if (idKey === undefined) return withTail('index', branch, indexId, entry)
  const key = prefixed('index', branch, indexId, entry.length + idKey.length)
  const idStart = key.length - idKey.length
  key.set(entry, idStart - entry.length)
  key.set(idKey, idStart)
  return key
}

export interface PastEntry {
  readonly entry: Uint8Array
  readonly idKey: Uint8Array
  /** In force for the commits `from` ≤ seq < `to`. */
  readonly from: number
  readonly to: number
}

/** A node of the trees over time. */
export interface TimeNode {
  /** Even in the one tree, odd in the other. */
  readonly level: number
  readonly bucket: number
}

/**
 * The node that an entry in force during [from, to) belongs to: the first that holds all of it.
 * There are two trees of aligned intervals, of which one is shifted by half an interval, so that nothing
 * belongs to a large node only because it lies across a boundary: at each level all that is no longer than
 * half a node fits into one of the two.
 * Why: a read at seq S visits the two nodes per level that hold S. Of one record fewer than 8 entries are in
 * a node, and 64 in one of the lowest level, so that one changed a million times costs such a read next to
 * nothing.
 */
export function timeNode(from: number, to: number): TimeNode {
  for (let level = 0; ; level += 1) {
    const bucket = timeBucket(level, from)
    if (bucket === timeBucket(level, to - 1)) return { level, bucket }
  }
}

/** The nodes to which an entry in force at `seq` may belong, while no commit is newer than `newestSeq`. */
export function timeNodesAt(seq: number, newestSeq: number): TimeNode[] {
  const nodes: TimeNode[] = []
  for (let level = 0; ; level += 1) {
    nodes.push({ level, bucket: timeBucket(level, seq) })
    // The first node of this level holds all commits.
    if (timeBucket(level, newestSeq) === 0) return nodes
  }
}

function timeBucket(level: number, seq: number): number {
  const seqs = timeNodeSeqsMin * timeNodeFanout ** (level >> 1)
  const shift = level % 2 === 0 ? 0 : seqs / 2
  return Math.floor((seq + shift) / seqs)
}

export function pastIndexKey(branch: number, indexId: number, past: PastEntry): Buffer {
  const { level, bucket } = timeNode(past.from, past.to)
  const { entry, idKey, from } = past
  const room = entry.length + idKey.length + uvarintBytes(from)
  const key = numbered('pastIndex', [branch, indexId, level, bucket], room)
  const start = key.length - room
  key.set(entry, start)
  key.set(idKey, start + entry.length)
  writeUvarint(key, start + entry.length + idKey.length, from)
  return key
}

/**
 * Smallest key greater than every key that begins with `prefix`; the first byte is a letter, so there is one.
 */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  return must(endOfPrefix(prefix), 'a prefix that begins with a kind')
}

export function prefixRange(prefix: Uint8Array): KeyRange {
  return { gte: prefix, lt: prefixEnd(prefix) }
}

/** All keys of a kind, or those that go on with these numbers. */
export function kindRange(kind: KeyKind, ...numbers: readonly number[]): KeyRange {
  return prefixRange(keyOf(kind, ...numbers))
}
