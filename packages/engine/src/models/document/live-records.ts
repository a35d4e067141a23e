/**
 * Reading the live state: current records, index entries in force, edges.
 * Why: head views and transactions read the same keys, one from a snapshot, the other through its own
 * changes.
 */

import {
  encodeCollation,
  encodeExact,
  must,
  type RecordId,
  type RecordKey,
  type Value,
} from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { decodeLiveEntry } from '../../ledger/index-entry.ts'
import { indexKey, keyOf, mainBranch, prefixEnd, recordKey, tailOffset } from '../../ledger/key-space.ts'
import { indexEntryPrefixBytes } from '../../ledger/limits.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import { chain } from '../../storage/chain.ts'
import type { KeyRange, KvEntry, MaybePromise } from '../../storage/kv-store.ts'
import type { AdjacencyEntry, AdjacencyReader } from '../graph/adjacency.ts'
import type {
  IndexEntry,
  IndexRange,
  ReadView,
  ScanIndexOptions,
  ScanTableOptions,
  StoredRecord,
} from '../model.ts'
import { encodeTuple } from './index-entries.ts'
import { rowsPerChunkMax } from './limits.ts'
import { decodeId, decodeScannedRecord, decodeStoredRecord } from './record-codec.ts'

/** @param onRead hears of the record and of the bytes that it is stored in */
export function readRecord(
  reader: KvReader,
  table: TableDefinition,
  id: RecordId,
  idKey: Uint8Array,
  onRead?: (record: StoredRecord, storedBytes: number) => void,
): MaybePromise<StoredRecord | undefined> {
  return chain(reader.get(recordKey(mainBranch, table.id, idKey)), (stored) => {
    if (stored === undefined) return undefined
    const record = decodeStoredRecord(id, idKey, stored)
    onRead?.(record, stored.length)
    return record
  })
}

/** Records of the table. */
export function readCount(reader: KvReader, tableId: number): MaybePromise<number> {
  return chain(reader.get(keyOf('count', mainBranch, tableId)), (stored) =>
    stored === undefined ? 0 : readUvarint(stored, 0).value,
  )
}

/** Keys of the table's records within the bounds. */
export function tableRange(table: TableDefinition, options: ScanTableOptions = {}): KeyRange {
  const { lower, upper } = options
  const all = keyOf('record', mainBranch, table.id)
  const at = (key: RecordKey) => recordKey(mainBranch, table.id, encodeExact(key))
  const after = (key: RecordKey) => prefixEnd(at(key))
  const gte = lower === undefined ? all : lower.inclusive ? at(lower.key) : after(lower.key)
  const lt = upper === undefined ? prefixEnd(all) : upper.inclusive ? after(upper.key) : at(upper.key)
  return { gte, lt }
}

export function scanRecords(
  reader: KvReader,
  table: TableDefinition,
  options: ScanTableOptions = {},
): AsyncGenerator<readonly StoredRecord[]> {
  const { gte, lt } = tableRange(table, options)
  return scanRange(reader, table, gte, lt, options)
}

/** Rows whose `R` keys lie in [gte, lt). */
export async function* scanRange(
  reader: KvReader,
  table: TableDefinition,
  gte: Uint8Array,
  lt: Uint8Array,
  options: ScanTableOptions = {},
): AsyncGenerator<readonly StoredRecord[]> {
  if (Buffer.compare(gte, lt) >= 0) return
  for await (const chunk of reader.scan({ gte, lt }, scanOptions(options))) {
    for (const entries of inRows(chunk)) yield entries.map((entry) => decodeRow(table, entry))
  }
}

export function decodeRow(table: TableDefinition, { key, value }: KvEntry): StoredRecord {
  const idKey = key.subarray(tailOffset(mainBranch, table.id))
  return decodeScannedRecord(decodeId(table.name, idKey), idKey, value)
}

/** Keys of the index's entries within the range; never too narrow, wider only by long entries. */
export function entryRange(index: IndexDefinition, range: IndexRange): { gte: Uint8Array; lt: Uint8Array } {
  const prefix = encodeTuple(range.equals)
  const bound = (value: Value) => cut(Buffer.concat([prefix, encodeCollation(value)]))
  const { lower, upper } = range
  const gte = lower === undefined ? cut(prefix) : bound(lower.value)
  const isAbove = lower !== undefined && !lower.inclusive && gte.length < indexEntryPrefixBytes
  const last = upper === undefined ? cut(prefix) : bound(upper.value)
  const isBelow = upper !== undefined && !upper.inclusive && last.length < indexEntryPrefixBytes
  return {
    gte: isAbove ? prefixEnd(indexKey(mainBranch, index.id, gte)) : indexKey(mainBranch, index.id, gte),
    lt: isBelow ? indexKey(mainBranch, index.id, last) : prefixEnd(indexKey(mainBranch, index.id, last)),
  }
}

export async function* scanEntries(
  reader: KvReader,
  index: IndexDefinition,
  range: IndexRange,
  options: ScanIndexOptions = {},
): AsyncGenerator<readonly IndexEntry[]> {
  const keys = entryRange(index, range)
  if (Buffer.compare(keys.gte, keys.lt) >= 0) return
  const start = tailOffset(mainBranch, index.id)
  for await (const chunk of reader.scan(keys, scanOptions(options))) {
    for (const entries of inRows(chunk))
      yield entries.map((entry) => decodeIndexEntry(index.table, start, entry))
  }
}

/** @param start of what was indexed, in the key */
function decodeIndexEntry(table: string, start: number, { key, value }: KvEntry): IndexEntry {
  const { idKey: held, idBytes } = decodeLiveEntry(value)
  const idKey = held ?? key.subarray(key.length - idBytes)
  return { id: decodeId(table, idKey), idKey, isLong: isLong(key.length - idBytes - start) }
}

/** Bounds of ranges have no more bytes of an entry, so that they do not tell it from others. */
export function isLong(entryBytes: number): boolean {
  return entryBytes >= indexEntryPrefixBytes
}

async function* adjacencyEntries(
  reader: KvReader,
  index: IndexDefinition,
  keys: KeyRange,
): AsyncGenerator<readonly AdjacencyEntry[]> {
  const start = tailOffset(mainBranch, index.id)
  for await (const chunk of reader.scan(keys)) {
    yield chunk.map((found) => {
      const decoded = decodeIndexEntry(index.table, start, found)
      return { ...decoded, entry: found.key.subarray(start, found.key.length - decoded.idKey.length) }
    })
  }
}

/** How edges are read from the live state. `onRange` hears of every range that is read. */
export function adjacencyReader(
  reader: KvReader,
  records: Pick<ReadView, 'getRecord' | 'scanTable'>,
  onRange?: (range: KeyRange) => void,
): AdjacencyReader {
  return {
    entries: (index, node) => {
      const keys = entryRange(index, { equals: [node] })
      onRange?.(keys)
      return adjacencyEntries(reader, index, keys)
    },
    rows: (table) => records.scanTable(table),
    async valueOf(edge) {
      return must(await records.getRecord(edge), 'an edge that its index names').value
    },
  }
}

function scanOptions(options: { readonly reverse?: boolean; readonly limit?: number }) {
  const { reverse = false, limit } = options
  return limit === undefined
    ? { reverse }
    : { reverse, limit, chunkEntries: Math.min(limit, rowsPerChunkMax) }
}

function cut(entry: Uint8Array): Uint8Array {
  return entry.length < indexEntryPrefixBytes ? entry : entry.subarray(0, indexEntryPrefixBytes)
}

function* inRows<T>(chunk: readonly T[]): Generator<readonly T[]> {
  if (chunk.length <= rowsPerChunkMax) return yield chunk
  for (let at = 0; at < chunk.length; at += rowsPerChunkMax) yield chunk.slice(at, at + rowsPerChunkMax)
}
