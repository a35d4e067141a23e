/**
 * Every key of a branch's state, derived from its history and its parent's: what verification compares a
 * store with, and what a replay of the log has to write.
 * Invariant: gives exactly what the commit group leaves behind (ledger/commit-group.ts).
 * Cost: proportional to the branch's history; memory for one record at a time.
 */

import {
  decodeCanonical,
  must,
  RecordId,
  type RecordKey,
  skipExact,
  type ValueObject,
} from '@dendrodb/protocol'
import type { BranchDefinition, IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { encodeCountDifference } from '../../ledger/count-difference.ts'
import { encodeCurrentRecord } from '../../ledger/current-record.ts'
import { encodeGoneEntry, encodeGoneRecord } from '../../ledger/gone-mark.ts'
import type { LedgerHash } from '../../ledger/hash.ts'
import { decodeHistoryEntry, type HistoryEntry } from '../../ledger/history-entry.ts'
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
import { openVersion, type RecordVersion } from '../../ledger/record-version.ts'
import { readUvarint, uvarintBytes } from '../../ledger/uvarint.ts'
import type { KvEntry } from '../../storage/kv-store.ts'
import { entriesOf, type RecordEntry } from '../document/index-entries.ts'
import { makeRecord } from '../document/record-codec.ts'
import { newestVersion } from '../history/past-records.ts'

/** A version of the branch, in the order of its history keys. */
export interface BranchVersion extends HistoryEntry {
  readonly key: Buffer
  readonly seq: number
  readonly tableId: number
  readonly idKey: Buffer
}

export interface DerivedSink {
  /** A version, what its entry must say of the one before, and its payload; `undefined`: not readable. */
  version(item: BranchVersion, prevSeq: number, version: RecordVersion | undefined): void
  /** A key of the state. */
  put(key: Buffer, value: Buffer): void
  /** All of these have been given. */
  afterChunk?(items: readonly BranchVersion[]): Promise<void>
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
}

const versionsPerRead = 512

export async function deriveBranch(derived: DerivedBranch): Promise<void> {
  const { reader, definition } = derived
  const walk = new BranchWalk(derived)
  const range = kindRange('history', definition.number)
  for await (const chunk of reader.scan(range, { chunkEntries: versionsPerRead })) {
    const items = chunk.map(itemOf)
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
  /** Of the version before the next one; 0: the record is not there. */
  prevSeq: number
  /** Whether the parent had it at the fork. */
  readonly isInherited: boolean
  last: { readonly item: BranchVersion; readonly version: RecordVersion | undefined } | undefined
}

class BranchWalk {
  readonly #derived: DerivedBranch
  readonly #differences = new Map<number, number>()
  #record: RecordState | undefined
  #indexes = new Map<IndexDefinition, EntriesOfIndex>()

  constructor(derived: DerivedBranch) {
    this.#derived = derived
  }

  async step(item: BranchVersion, version: RecordVersion | undefined): Promise<void> {
    if (this.#record?.tableId !== item.tableId || !this.#record.idKey.equals(item.idKey)) {
      this.#endRecord()
      this.#record = await this.#begin(item)
    }
    const record = this.#record
    this.#derived.sink.version(item, record.prevSeq, version)
    this.#count(item.tableId, (item.isPut ? 1 : 0) - (record.prevSeq > 0 ? 1 : 0))
    this.#move(item, item.isPut ? version : undefined)
    record.prevSeq = item.isPut ? item.seq : 0
    record.last = { item, version }
  }

  finish(): void {
    this.#endRecord()
    const { definition, sink } = this.#derived
    for (const [tableId, difference] of this.#differences) {
      sink.put(keyOf('count', definition.number, tableId), encodeCountDifference(difference))
    }
  }

  async #begin({ tableId, idKey }: BranchVersion): Promise<RecordState> {
    const { parent, reader, definition } = this.#derived
    const prefix = historyPrefix(mainBranch, tableId, idKey)
    const ref = await newestVersion(parent, definition.forkedAt, prefix)
    const payload = ref && (await reader.get(keyOf('version', ref.seq, ref.n)))
    const record = { tableId, idKey, prevSeq: ref?.seq ?? 0, isInherited: ref !== undefined, last: undefined }
    this.#record = record
    if (payload !== undefined) {
      for (const [index, entries] of this.#entries(tableId, idKey, openVersion(payload))) {
        const inForce = entries.map((entry) => [entry.text, { entry, from: definition.forkedAt }] as const)
        this.#indexes.set(index, { inForce: new Map(inForce), ended: new Map() })
      }
    }
    return record
  }

  #move({ tableId, idKey, seq }: BranchVersion, version: RecordVersion | undefined): void {
    for (const [index, entries] of this.#entries(tableId, idKey, version)) {
      const known = this.#indexes.get(index) ?? {
        inForce: new Map<string, Run>(),
        ended: new Map<string, Run>(),
      }
      this.#indexes.set(index, known)
      const now = new Map(entries.map((entry) => [entry.text, entry]))
      for (const [text, run] of known.inForce) {
        if (now.has(text)) continue
        this.#putPast(index, run, idKey, seq)
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
    sink.put(recordKey(number, tableId, idKey), storedRecord(last.item, last.version))
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

  #putPast(index: IndexDefinition, { entry, from }: Run, idKey: Buffer, to: number): void {
    const { definition, sink } = this.#derived
    const key = pastIndexKey(definition.number, index.id, { entry: entry.entry, idKey, from, to })
    const fromBytes = uvarintBytes(from)
    sink.put(key, encodePastEntry({ isCut: entry.isCut, to, idBytes: idKey.length, fromBytes }))
  }

  #count(tableId: number, difference: number): void {
    if (difference !== 0) this.#differences.set(tableId, (this.#differences.get(tableId) ?? 0) + difference)
  }

  /** Entries that follow from the version, by index; none from `undefined`. */
  *#entries(
    tableId: number,
    idKey: Uint8Array,
    version: RecordVersion | undefined,
  ): Generator<[IndexDefinition, RecordEntry[]]> {
    const { hash, tableById } = this.#derived
    const table = tableById(tableId)
    if (table === undefined || table.indexes.length === 0) return
    const bytes = version?.bytes
    const value = bytes && recordValue(table.name, idKey, must(version, 'a version').key, bytes)
    for (const index of table.indexes) yield [index, value === undefined ? [] : entriesOf(hash, index, value)]
  }
}

async function readVersions(
  reader: KvReader,
  items: readonly BranchVersion[],
): Promise<(RecordVersion | undefined)[]> {
  const read = async ({ seq, n }: BranchVersion) => {
    try {
      const payload = await reader.get(keyOf('version', seq, n))
      return payload && openVersion(payload)
    } catch {
      // Named by the pass over the chain.
      return undefined
    }
  }
  return Promise.all(items.map(read))
}

function recordValue(table: string, idKey: Uint8Array, key: RecordKey, bytes: Uint8Array): ValueObject {
  const fields = decodeCanonical(bytes) as ValueObject
  return makeRecord(new RecordId(table, key), idKey, 0, fields, undefined, undefined).value
}

function storedRecord({ seq, n, isPut }: BranchVersion, version: RecordVersion | undefined): Buffer {
  if (!isPut) return encodeGoneRecord(seq, n)
  const { validFrom, validTo, bytes } = version ?? {}
  return encodeCurrentRecord({
    seq,
    n,
    validFrom: validFrom ?? undefined,
    validTo: validTo ?? undefined,
    bytes: bytes ?? new Uint8Array(),
  })
}

function itemOf({ key, value }: KvEntry): BranchVersion {
  const table = readUvarint(key, readUvarint(key, 1).end)
  const idEnd = skipExact(key, table.end)
  return {
    key,
    seq: readUvarint(key, idEnd).value,
    tableId: table.value,
    idKey: key.subarray(table.end, idEnd),
    ...decodeHistoryEntry(value),
  }
}
