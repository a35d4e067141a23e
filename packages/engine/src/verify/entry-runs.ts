/**
 * The index entries that follow from the versions of one record after another.
 * A run is an entry for as long as it is in force, from version to version; where it ends, it becomes a past
 * entry.
 */

import { decodeCanonical, decodeExact, pickFields, RecordId, type ValueObject } from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../catalog/definitions.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import { encodeLiveEntry, encodePastEntry } from '../ledger/index-entry.ts'
import { indexKey, mainBranch, pastIndexKey } from '../ledger/key-space.ts'
import { uvarintBytes } from '../ledger/uvarint.ts'
import { entriesOf, type RecordEntry } from '../models/document/index-entries.ts'
import type { FingerprintSet } from './fingerprint-set.ts'

/** Entries in force, and past ones. */
export interface EntrySets {
  readonly live: FingerprintSet
  readonly past: FingerprintSet
}

/** An entry in force, and since which commit. */
interface Run {
  readonly entry: RecordEntry
  readonly from: number
}

interface IndexRuns {
  readonly index: IndexDefinition
  /** By the entry as text. */
  readonly runs: Map<string, Run>
}

interface TableRuns {
  readonly table: TableDefinition
  readonly indexes: readonly IndexRuns[]
  /** Fields of a record that its entries depend on. */
  readonly fields: ReadonlySet<string>
}

export class EntryRuns {
  readonly #hash: LedgerHash
  readonly #sets: EntrySets
  readonly #tables = new Map<number, TableRuns>()
  /** Indexed part of the version before, of the same record. */
  #before: Uint8Array | undefined

  constructor(hash: LedgerHash, sets: EntrySets) {
    this.#hash = hash
    this.#sets = sets
  }

  /** The next version of the record: entries that it ends go into the past; those that it begins are in force. */
  step(table: TableDefinition, idKey: Uint8Array, seq: number, bytes: Uint8Array | undefined): void {
    const { indexes, fields } = this.#runsOf(table)
    if (indexes.length === 0) return
    const part = bytes === undefined ? undefined : pickFields(bytes, fields)
    if (part !== undefined && this.#before !== undefined && Buffer.compare(part, this.#before) === 0) return
    this.#before = part
    const record = part === undefined ? undefined : recordOf(table, idKey, part, fields)
    for (const { index, runs } of indexes) {
      const entries = record === undefined ? [] : entriesOf(this.#hash, index, record)
      if (runs.size > 0) this.#endRuns(index, runs, entries, { idKey, to: seq })
      for (const entry of entries) if (!runs.has(entry.text)) runs.set(entry.text, { entry, from: seq })
    }
  }

  /** There are no more versions of the record. */
  end(table: TableDefinition, idKey: Uint8Array): void {
    this.#before = undefined
    for (const { index, runs } of this.#runsOf(table).indexes) {
      for (const run of runs.values()) this.#expectLive(index, run, idKey)
      runs.clear()
    }
  }

  #runsOf(table: TableDefinition): TableRuns {
    let runs = this.#tables.get(table.id)
    if (runs === undefined) {
      const ready = table.indexes.filter(({ state }) => state === 'ready')
      const steps = ready.flatMap((index) => index.fields.map((path) => path[0]))
      runs = {
        table,
        indexes: ready.map((index) => ({ index, runs: new Map() })),
        fields: new Set(steps.filter((step) => typeof step === 'string')),
      }
      this.#tables.set(table.id, runs)
    }
    return runs
  }

  #endRuns(
    index: IndexDefinition,
    runs: Map<string, Run>,
    entries: readonly RecordEntry[],
    end: { readonly idKey: Uint8Array; readonly to: number },
  ): void {
    const now = new Set(entries.map(({ text }) => text))
    for (const [text, run] of runs) {
      if (now.has(text)) continue
      this.#expectPast(index, run, end)
      runs.delete(text)
    }
  }

  #expectPast(
    index: IndexDefinition,
    { entry, from: start }: Run,
    { idKey, to }: { readonly idKey: Uint8Array; readonly to: number },
  ): void {
    const from = Math.max(start, index.sinceSeq)
    if (from >= to) return
    const key = pastIndexKey(mainBranch, index.id, { entry: entry.entry, idKey, from, to })
    const fromBytes = uvarintBytes(from)
    this.#sets.past.expect(key, encodePastEntry({ isCut: entry.isCut, to, idBytes: idKey.length, fromBytes }))
  }

  #expectLive(index: IndexDefinition, { entry, from }: Run, idKey: Uint8Array): void {
    const key = indexKey(mainBranch, index.id, entry.entry, entry.isUnique ? undefined : idKey)
    const since = Math.max(from, index.sinceSeq)
    this.#sets.live.expect(key, encodeLiveEntry(since, entry.isCut, entry.isUnique, idKey))
  }
}

/** The record, as far as entries depend on it. */
function recordOf(
  table: TableDefinition,
  idKey: Uint8Array,
  part: Uint8Array,
  fields: ReadonlySet<string>,
): ValueObject {
  const record = decodeCanonical(part) as ValueObject
  if (!fields.has('id')) return record
  return { id: new RecordId(table.name, decodeExact(idKey, 0).value as RecordId['key']), ...record }
}
