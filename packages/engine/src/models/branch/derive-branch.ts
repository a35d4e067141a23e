/**
 * Every key of a branch's state, derived from its history and its parent's: what verification compares a
 * store with, and what a replay of the log has to write.
 * Invariant: gives exactly what the commit group leaves behind (ledger/commit-group.ts).
 * Cost: proportional to the branch's history; memory for one record at a time.
 */

import {
  DbError,
  decodeCanonical,
  must,
  RecordId,
  type RecordKey,
  type ValueObject,
} from '@dendrodb/protocol'
import type { BranchDefinition, IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { encodeCountDifference } from '../../ledger/count-difference.ts'
import { encodeCurrentRecord } from '../../ledger/current-record.ts'
import { earlierVersions, noEarlierVersions } from '../../ledger/earlier-versions.ts'
import { encodeGoneEntry, encodeGoneRecord } from '../../ledger/gone-mark.ts'
import type { LedgerHash } from '../../ledger/hash.ts'
import { decodeHistory, type HistoryItem } from '../../ledger/history-entry.ts'
import { encodeLiveEntry, encodePastEntry } from '../../ledger/index-entry.ts'
import {
  historyPrefix,
  indexKey,
  keyOf,
  kindRange,
  mainBranch,
  pastIndexKey,
  recordKey,
} from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import {
  openVersion,
  type RecordVersion,
  storedInterval,
  type VersionPlace,
} from '../../ledger/record-version.ts'
import { uvarintBytes } from '../../ledger/uvarint.ts'
import { type Period, periodBeforeOf, type ValidInterval } from '../../ledger/valid-time.ts'
import type { KeyRange, KvEntry } from '../../storage/kv-store.ts'
import { entriesOf, type RecordEntry } from '../document/index-entries.ts'
import { newestVersion } from '../history/record-at.ts'

/** What a history entry says of the versions before its own. */
export type VersionLinks = Pick<HistoryItem, 'prevSeq' | 'prevN' | 'periodBefore'>

export interface DerivedSink {
  /** A version, what its entry must say of those before, and its payload; `undefined`: not readable. */
  version(item: HistoryItem, links: VersionLinks, version: RecordVersion | undefined): void
  /** A key of the state. */
  put(key: Buffer, value: Buffer): void
  /** All of these have been given. */
  afterChunk?(items: readonly HistoryItem[]): Promise<void>
  /** An entry of the history is none. Default: that is an error. */
  unreadable?(key: Buffer): void
}

export interface DerivedBranch {
  readonly reader: KvReader
  readonly hash: LedgerHash
  readonly definition: BranchDefinition
  /** Shows the versions of the parent by the keys of main. */
  readonly parent: KvReader
  /** The table, with the indexes that are kept on the branch; `undefined`: there is no such table. */
  readonly tableById: (id: number) => TableDefinition | undefined
  readonly sink: DerivedSink
  /** Of the branch's history; default: all of it. Holds whole records. */
  readonly range?: KeyRange
}

const versionsPerRead = 512

export async function deriveBranch(derived: DerivedBranch): Promise<void> {
  const { reader, definition } = derived
  const walk = new BranchWalk(derived)
  const { range = kindRange('history', definition.number) } = derived
  for await (const chunk of reader.scan(range, { chunkEntries: versionsPerRead })) {
    const items = chunk.map((entry) => itemOf(entry, derived.sink)).filter((item) => item !== undefined)
    const versions = await readVersions(reader, items)
    for (const [at, item] of items.entries()) await walk.step(item, versions[at])
    await derived.sink.afterChunk?.(items)
  }
  walk.finish()
}

interface Run {
  readonly entry: RecordEntry
  readonly from: number
}

/** The entries of one record in one index. */
interface EntriesOfIndex {
  readonly inForce: Map<string, Run>
  /** Ended at least once; with the commit that did last. */
  readonly ended: Map<string, Run>
}

interface RecordState {
  readonly tableId: number
  readonly idKey: Buffer
  /** The version before the next one; `undefined`: the record is not there. */
  before: (VersionPlace & Period) | undefined
  /** The branch's newest version. */
  last: RecordOfBranch | undefined
}

interface RecordOfBranch {
  readonly item: HistoryItem
  readonly links: VersionLinks
  readonly version: RecordVersion | undefined
  /** The versions before it. */
  readonly earlier: string
}

class BranchWalk {
  readonly #derived: DerivedBranch
  readonly #differences = new Map<number, number>()
  #record: RecordState | undefined
  #indexes = new Map<IndexDefinition, EntriesOfIndex>()

  constructor(derived: DerivedBranch) {
    this.#derived = derived
  }

  async step(item: HistoryItem, version: RecordVersion | undefined): Promise<void> {
    if (this.#record?.tableId !== item.tableId || !this.#record.idKey.equals(item.idKey)) {
      this.#endRecord()
      this.#record = await this.#begin(item)
    }
    const record = this.#record
    const interval = storedInterval(version)
    const links = linksTo(record.before, item.isPut ? interval : undefined)
    this.#derived.sink.version(item, links, version)
    this.#count(item.tableId, (item.isPut ? 1 : 0) - (record.before === undefined ? 0 : 1))
    this.#move(item, links, item.isPut ? version : undefined)
    const { seq, n } = item
    record.before = item.isPut ? { seq, n, ...interval, periodBefore: links.periodBefore } : undefined
    record.last = { item, links, version, earlier: earlierOf(item, links, record.last) }
  }

  finish(): void {
    this.#endRecord()
    const { definition, sink } = this.#derived
    for (const [tableId, difference] of this.#differences) {
      if (difference === 0) continue
      sink.put(keyOf('count', definition.number, tableId), encodeCountDifference(difference))
    }
  }

  async #begin({ tableId, idKey }: HistoryItem): Promise<RecordState> {
    const { parent, reader, definition } = this.#derived
    const prefix = historyPrefix(mainBranch, tableId, idKey)
    const ref = await newestVersion(parent, definition.forkedAt, prefix)
    const payload = ref && (await reader.get(keyOf('version', ref.seq, ref.n)))
    const inherited = payload && openedVersion(payload)
    const before = ref && { ...ref, ...storedInterval(inherited) }
    const record: RecordState = { tableId, idKey, before, last: undefined }
    if (inherited !== undefined) {
      for (const [index, entries] of this.#entries(tableId, inherited)) {
        const inForce = entries.map((entry) => [entry.text, { entry, from: definition.forkedAt }] as const)
        this.#indexes.set(index, { inForce: new Map(inForce), ended: new Map() })
      }
    }
    return record
  }

  #move({ tableId, idKey, seq }: HistoryItem, links: VersionLinks, version: RecordVersion | undefined): void {
    for (const [index, entries] of this.#entries(tableId, version)) {
      const known = this.#indexes.get(index) ?? {
        inForce: new Map<string, Run>(),
        ended: new Map<string, Run>(),
      }
      this.#indexes.set(index, known)
      const now = new Map(entries.map((entry) => [entry.text, entry]))
      for (const [text, run] of known.inForce) {
        if (now.has(text)) continue
        this.#putPast(index, run, idKey, seq, links)
        known.inForce.delete(text)
        known.ended.set(text, { entry: run.entry, from: seq })
      }
      for (const [text, entry] of now) {
        if (known.inForce.has(text)) continue
        known.inForce.set(text, { entry, from: seq })
        // It takes the place of the mark; a claim has a key of its own.
        if (!entry.isUnique) known.ended.delete(text)
      }
    }
  }

  #endRecord(): void {
    const { definition, sink } = this.#derived
    const { number, forkedAt } = definition
    const [record, indexes] = [this.#record, this.#indexes]
    this.#record = undefined
    this.#indexes = new Map()
    if (record?.last === undefined) return
    const { tableId, idKey, last } = record
    sink.put(recordKey(number, tableId, idKey), storedRecord(last))
    for (const [index, { inForce, ended }] of indexes) {
      for (const { entry, from } of inForce.values()) {
        if (from === forkedAt) continue
        const key = indexKey(number, index.id, entry.entry, entry.isUnique ? undefined : idKey)
        sink.put(key, encodeLiveEntry(from, entry.isCut, entry.isUnique, idKey))
      }
      for (const { entry, from } of ended.values()) {
        sink.put(indexKey(number, index.id, entry.entry, idKey), encodeGoneEntry(from, entry.isCut, idKey))
      }
    }
  }

  #putPast(
    index: IndexDefinition,
    { entry, from }: Run,
    idKey: Buffer,
    to: number,
    { prevSeq: lastSeq, prevN: lastN }: VersionLinks,
  ): void {
    const { definition, sink } = this.#derived
    const key = pastIndexKey(definition.number, index.id, { entry: entry.entry, idKey, from, to })
    const past = {
      isCut: entry.isCut,
      to,
      idBytes: idKey.length,
      fromBytes: uvarintBytes(from),
      lastSeq,
      lastN,
    }
    sink.put(key, encodePastEntry(past))
  }

  #count(tableId: number, difference: number): void {
    if (difference !== 0) this.#differences.set(tableId, (this.#differences.get(tableId) ?? 0) + difference)
  }

  /** Entries that follow from the version, by index; none from `undefined`. */
  *#entries(
    tableId: number,
    version: RecordVersion | undefined,
  ): Generator<[IndexDefinition, RecordEntry[]]> {
    const { hash, tableById } = this.#derived
    const table = tableById(tableId)
    if (table === undefined || table.indexes.length === 0) return
    const bytes = version?.bytes
    const value = bytes && recordValue(table.name, must(version, 'a version').key, bytes)
    for (const index of table.indexes) yield [index, value === undefined ? [] : entriesOf(hash, index, value)]
  }
}

function itemOf(entry: KvEntry, sink: DerivedSink): HistoryItem | undefined {
  try {
    return decodeHistory(entry)
  } catch (error) {
    if (sink.unreadable === undefined) throw error
    sink.unreadable(entry.key)
    return undefined
  }
}

async function readVersions(
  reader: KvReader,
  items: readonly HistoryItem[],
): Promise<(RecordVersion | undefined)[]> {
  const payloads = await reader.getMany(items.map(({ seq, n }) => keyOf('version', seq, n)))
  return payloads.map((payload) => payload && openedVersion(payload))
}

/** What is none in the log is for the pass over the chain to name; a replay has no such log. */
function openedVersion(payload: Buffer): RecordVersion | undefined {
  try {
    return openVersion(payload)
  } catch (error) {
    if (error instanceof DbError) return undefined
    throw error
  }
}

function recordValue(table: string, key: RecordKey, bytes: Uint8Array): ValueObject | undefined {
  try {
    return { id: new RecordId(table, key), ...(decodeCanonical(bytes) as ValueObject) }
  } catch (error) {
    if (error instanceof DbError) return undefined
    throw error
  }
}

function linksTo(before: RecordState['before'], interval: ValidInterval | undefined): VersionLinks {
  return {
    prevSeq: before?.seq ?? 0,
    prevN: before?.n ?? 0,
    periodBefore: interval === undefined ? 0 : periodBeforeOf(interval, before),
  }
}

function earlierOf({ seq }: HistoryItem, links: VersionLinks, last: RecordOfBranch | undefined): string {
  // In a history that is damaged a version may follow on a later one.
  return links.prevSeq > seq
    ? noEarlierVersions
    : earlierVersions(seq, links, last?.earlier ?? noEarlierVersions)
}

function storedRecord({ item: { seq, n, isPut }, links, version, earlier }: RecordOfBranch): Buffer {
  if (!isPut) return encodeGoneRecord(seq, n)
  const { periodBefore } = links
  const bytes = version?.bytes ?? new Uint8Array()
  return encodeCurrentRecord({ seq, n, periodBefore, ...storedInterval(version), bytes }, earlier)
}
