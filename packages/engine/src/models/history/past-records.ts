/**
 * Records as they were at a commit.
 * Why two ways: the recent past is reached from the current version by point reads along `prevSeq`; anything
 * else by one short scan over the record's history.
 */

import { decodeExact, must, RecordId, type RecordKey } from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import { decodeHistoryEntry, type HistoryEntry } from '../../ledger/history-entry.ts'
import {
  historyKey,
  historyPrefix,
  keyOf,
  mainBranch,
  prefixEnd,
  tailOffset,
} from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import { chain } from '../../storage/chain.ts'
import type { KeyRange, KvEntry, MaybePromise } from '../../storage/kv-store.ts'
import { readRecord, tableRange } from '../document/live-records.ts'
import type { ScanTableOptions, StoredRecord } from '../model.ts'
import { loadVersion, makeVersion, type VersionRef } from './load-version.ts'

/** Steps back along `prevSeq` before a scan is cheaper. */
const stepsBackMax = 16
/** Versions of one record passed over in a table scan before the scan jumps to the next record. */
const versionsPassedMax = 64

export function recordAt(
  reader: KvReader,
  seq: number,
  table: TableDefinition,
  id: RecordId,
  idKey: Uint8Array,
): MaybePromise<StoredRecord | undefined> {
  return chain(readRecord(reader, table, id, idKey), (current) => {
    if (current !== undefined && current.seq <= seq) return current
    return stepBack({ reader, seq, table, id, idKey }, current?.seq ?? 0, 0)
  })
}

interface Sought {
  readonly reader: KvReader
  readonly seq: number
  readonly table: TableDefinition
  readonly id: RecordId
  readonly idKey: Uint8Array
}

function stepBack(sought: Sought, laterSeq: number, steps: number): MaybePromise<StoredRecord | undefined> {
  if (laterSeq === 0 || steps === stepsBackMax) return seek(sought)
  const { reader, seq, table, idKey } = sought
  return chain(reader.get(historyKey(mainBranch, table.id, idKey, laterSeq)), (stored) => {
    if (stored === undefined) return seek(sought)
    const entry = decodeHistoryEntry(stored)
    if (laterSeq <= seq) {
      if (!entry.isPut) return undefined
      return loadVersion(reader, sought.id, idKey, { ...entry, seq: laterSeq })
    }
    return stepBack(sought, entry.prevSeq, steps + 1)
  })
}

async function seek(sought: Sought): Promise<StoredRecord | undefined> {
  const { reader, seq, table, id, idKey } = sought
  const ref = await newestVersion(reader, seq, table, idKey)
  return ref === undefined ? undefined : loadVersion(reader, id, idKey, ref)
}

/** The record's newest version that is not newer than `seq`; none where that one is a delete. */
async function newestVersion(
  reader: KvReader,
  seq: number,
  table: TableDefinition,
  idKey: Uint8Array,
): Promise<VersionRef | undefined> {
  const prefix = historyPrefix(mainBranch, table.id, idKey)
  const range = { gte: prefix, lt: historyKey(mainBranch, table.id, idKey, seq + 1) }
  for await (const [entry] of reader.scan(range, { reverse: true, limit: 1 })) {
    if (entry === undefined) break
    const { isPut, n, periodBefore } = decodeHistoryEntry(entry.value)
    return isPut ? { seq: readUvarint(entry.key, prefix.length).value, n, periodBefore } : undefined
  }
  return undefined
}

interface FoundVersion extends VersionRef {
  readonly idKey: Uint8Array
}

/** Rows of the table as they were at `seq`, in the order of their ids. */
export async function* scanRecordsAt(
  reader: KvReader,
  seq: number,
  table: TableDefinition,
  options: ScanTableOptions = {},
): AsyncGenerator<readonly StoredRecord[]> {
  let left = options.limit ?? Number.POSITIVE_INFINITY
  for await (const found of findVersions(reader, seq, table, options)) {
    const wanted = found.length > left ? found.slice(0, left) : found
    left -= wanted.length
    if (wanted.length > 0) {
      const payloads = await reader.getMany(wanted.map((ref) => keyOf('version', ref.seq, ref.n)))
      yield wanted.map((ref, at) => {
        const id = new RecordId(table.name, decodeExact(ref.idKey, 0).value as RecordKey)
        return makeVersion(id, ref.idKey, ref, payloads[at])
      })
    }
    if (left <= 0) return
  }
}

/** The versions in force at `seq`, a chunk per chunk of history. */
async function* findVersions(
  reader: KvReader,
  seq: number,
  table: TableDefinition,
  options: ScanTableOptions,
): AsyncGenerator<FoundVersion[]> {
  const { reverse = false } = options
  const finder = new VersionFinder(table, seq)
  let rest: KeyRange | undefined = historyRange(table, options)
  while (rest !== undefined) {
    const range: KeyRange = rest
    rest = undefined
    for await (const chunk of reader.scan(range, { reverse })) {
      const found: FoundVersion[] = []
      for (const entry of chunk) finder.add(entry, found)
      if (found.length > 0) yield found
      if (finder.passed < versionsPassedMax) continue
      const idKey = finder.skip()
      const newest = await newestVersion(reader, seq, table, idKey)
      if (newest !== undefined) yield [{ ...newest, idKey }]
      const prefix = historyPrefix(mainBranch, table.id, idKey)
      rest = reverse ? { gte: range.gte, lt: prefix } : { gte: prefixEnd(prefix), lt: range.lt }
      break
    }
  }
  const last = finder.take()
  if (last !== undefined) yield [last]
}

/**
 * Goes through history entries in key order and picks, of each record, the newest that is not newer than
 * `seq`.
 */
class VersionFinder {
  readonly #seq: number
  readonly #idStart: number
  #idKey: Uint8Array | undefined
  #best: (VersionRef & HistoryEntry) | undefined
  #passed = 0

  constructor(table: TableDefinition, seq: number) {
    this.#seq = seq
    this.#idStart = tailOffset(mainBranch, table.id)
  }

  /** Entries of the present record gone through. */
  get passed(): number {
    return this.#passed
  }

  add(entry: KvEntry, found: FoundVersion[]): void {
    const idEnd = decodeExact(entry.key, this.#idStart).end
    const idKey = entry.key.subarray(this.#idStart, idEnd)
    if (this.#idKey === undefined || Buffer.compare(idKey, this.#idKey) !== 0) {
      const previous = this.take()
      if (previous !== undefined) found.push(previous)
      this.#idKey = idKey
    }
    this.#passed += 1
    const seq = readUvarint(entry.key, idEnd).value
    if (seq > this.#seq || (this.#best !== undefined && this.#best.seq > seq)) return
    this.#best = { seq, ...decodeHistoryEntry(entry.value) }
  }

  /** The record just gone through, if it was there. */
  take(): FoundVersion | undefined {
    const [idKey, best] = [this.#idKey, this.#best]
    this.#forget()
    return idKey === undefined || best === undefined || !best.isPut
      ? undefined
      : { idKey, seq: best.seq, n: best.n, periodBefore: best.periodBefore }
  }

  /** Gives up on the present record, whose id it is. */
  skip(): Uint8Array {
    const idKey = must(this.#idKey, 'a record with versions')
    this.#forget()
    return idKey
  }

  #forget(): void {
    this.#idKey = undefined
    this.#best = undefined
    this.#passed = 0
  }
}

function historyRange(table: TableDefinition, options: ScanTableOptions): KeyRange {
  const records = tableRange(table, options)
  const swapKind = (key: Uint8Array) => Buffer.concat([keyOf('history').subarray(0, 1), key.subarray(1)])
  return { gte: swapKind(records.gte), lt: swapKind(records.lt) }
}
