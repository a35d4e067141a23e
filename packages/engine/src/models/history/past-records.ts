/**
 * Records as they were at a commit.
 * Why two ways: the recent past is reached from the current version by point reads along `prevSeq`; anything
 * else by one short scan over the record's history.
 */

import {
  decodeCanonical,
  decodeExact,
  must,
  RecordId,
  type RecordKey,
  type ValueObject,
} from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import { withKind } from '../../ledger/branch-keys.ts'
import { decodeHistoryEntry, type HistoryEntry } from '../../ledger/history-entry.ts'
import { historyKey, historyPrefix, keyOf, mainBranch, prefixEnd } from '../../ledger/key-space.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { openVersion } from '../../ledger/record-version.ts'
import { readUvarint, uvarintBytes, writeUvarint } from '../../ledger/uvarint.ts'
import { chain } from '../../storage/chain.ts'
import type { KeyRange, KvEntry, MaybePromise, ScanOptions } from '../../storage/kv-store.ts'
import { readRecord, tableRange } from '../document/live-records.ts'
import { makeRecord } from '../document/record-codec.ts'
import type { ScanTableOptions, StoredRecord } from '../model.ts'

/** Steps back along `prevSeq` before a scan is cheaper. */
const stepsBackMax = 16
/** Versions of one record passed over in a table scan before the scan jumps to the next record. */
const versionsPassedMax = 64

/** Where a version lies. */
export interface VersionRef {
  readonly seq: number
  readonly n: number
}

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
    if (laterSeq <= seq) return entry.isPut ? loadVersion(sought, { seq: laterSeq, n: entry.n }) : undefined
    return stepBack(sought, entry.prevSeq, steps + 1)
  })
}

async function seek(sought: Sought): Promise<StoredRecord | undefined> {
  const { reader, seq, table, idKey } = sought
  const ref = await newestVersion(reader, seq, historyPrefix(mainBranch, table.id, idKey))
  return ref === undefined ? undefined : loadVersion(sought, ref)
}

/**
 * The record's newest version that is not newer than `seq`; none where that one is a delete.
 * @param prefix of the record's history keys
 */
export async function newestVersion(
  reader: KvReader,
  seq: number,
  prefix: Uint8Array,
): Promise<VersionRef | undefined> {
  const range = { gte: prefix, lt: historyKeyAt(prefix, seq + 1) }
  for await (const [entry] of reader.scan(range, { reverse: true, limit: 1 })) {
    if (entry === undefined) break
    const { isPut, n } = decodeHistoryEntry(entry.value)
    return isPut ? { seq: readUvarint(entry.key, prefix.length).value, n } : undefined
  }
  return undefined
}

function loadVersion(sought: Omit<Sought, 'seq'>, ref: VersionRef): MaybePromise<StoredRecord> {
  return chain(sought.reader.get(keyOf('version', ref.seq, ref.n)), (payload) =>
    makeVersion(sought, ref, payload),
  )
}

function makeVersion(
  { id, idKey }: Pick<Sought, 'id' | 'idKey'>,
  ref: VersionRef,
  payload: Buffer | undefined,
): StoredRecord {
  const bytes = payload && openVersion(payload).bytes
  if (bytes === undefined) {
    throw ledgerErrors.CORRUPT({
      what: `version ${ref.seq}/${ref.n} of ${id}`,
      reason: 'its payload is missing',
    })
  }
  const { validFrom, validTo } = openVersion(payload as Buffer)
  const fields = decodeCanonical(bytes) as ValueObject
  return makeRecord(id, idKey, ref.seq, fields, validFrom ?? undefined, validTo ?? undefined)
}

export interface FoundVersion extends VersionRef {
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
  const range = historyRange(table, options)
  for await (const found of findVersions(reader, seq, range, { reverse: options.reverse === true })) {
    const wanted = found.length > left ? found.slice(0, left) : found
    left -= wanted.length
    if (wanted.length > 0) {
      const payloads = await reader.getMany(wanted.map((ref) => keyOf('version', ref.seq, ref.n)))
      yield wanted.map((ref, at) => {
        const id = new RecordId(table.name, decodeExact(ref.idKey, 0).value as RecordKey)
        return makeVersion({ id, idKey: ref.idKey }, ref, payloads[at])
      })
    }
    if (left <= 0) return
  }
}

/**
 * The versions in force at `seq`, a chunk per chunk of history.
 * @param range of history keys of one table
 */
export async function* findVersions(
  reader: KvReader,
  seq: number,
  range: KeyRange,
  { reverse = false, chunkEntries }: Pick<ScanOptions, 'reverse' | 'chunkEntries'> = {},
): AsyncGenerator<FoundVersion[]> {
  const options = chunkEntries === undefined ? { reverse } : { reverse, chunkEntries }
  const tablePrefix = range.gte.subarray(0, idOffset(range.gte))
  const finder = new VersionFinder(tablePrefix.length, seq)
  let rest: KeyRange | undefined = range
  while (rest !== undefined) {
    const part: KeyRange = rest
    rest = undefined
    for await (const chunk of reader.scan(part, options)) {
      const found: FoundVersion[] = []
      for (const entry of chunk) finder.add(entry, found)
      if (found.length > 0) yield found
      if (finder.passed < versionsPassedMax) continue
      const idKey = finder.skip()
      const prefix = Buffer.concat([tablePrefix, idKey])
      const newest = await newestVersion(reader, seq, prefix)
      if (newest !== undefined) yield [{ ...newest, idKey }]
      rest = reverse ? { gte: part.gte, lt: prefix } : { gte: prefixEnd(prefix), lt: part.lt }
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

  constructor(idStart: number, seq: number) {
    this.#seq = seq
    this.#idStart = idStart
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
      : { idKey, seq: best.seq, n: best.n }
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
  return { gte: withKind('history', records.gte), lt: withKind('history', records.lt) }
}

/** The history key of a version, by the prefix of its record's. */
function historyKeyAt(prefix: Uint8Array, seq: number): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + uvarintBytes(seq))
  key.set(prefix)
  writeUvarint(key, prefix.length, seq)
  return key
}

/** Where the id begins in a key of a table's. */
function idOffset(key: Uint8Array): number {
  return readUvarint(key, readUvarint(key, 1).end).end
}
