/**
 * Index entries that follow from one version of a record after another, of which only the indexed fields are
 * looked at, and only where one of them has changed.
 */

import { decodeCanonical, decodeExact, pickFields, RecordId, type ValueObject } from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../catalog/definitions.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import type { HistoryItem } from '../ledger/history-entry.ts'
import { EntryRuns, type EntrySink } from '../models/document/entry-runs.ts'

interface Indexed {
  readonly indexes: readonly IndexDefinition[]
  /** Names of the fields that these begin with. */
  readonly fields: ReadonlySet<string>
}

export class IndexedParts {
  readonly #runs: EntryRuns
  readonly #indexed = new Map<TableDefinition, Indexed>()
  /** Indexed part of the version before, of the same record. */
  #before: Uint8Array | undefined

  constructor(hash: LedgerHash, sink: EntrySink) {
    this.#runs = new EntryRuns(hash, sink)
  }

  /** The next version of the record; without bytes it is a delete. */
  step(table: TableDefinition, item: HistoryItem, bytes: Uint8Array | undefined): void {
    const { indexes, fields } = this.#indexedOf(table)
    if (indexes.length === 0) return
    const part = bytes && pickFields(bytes, fields)
    if (part !== undefined && this.#before !== undefined && areSameBytes(part, this.#before)) return
    this.#before = part
    this.#runs.step(indexes, item, part && recordOf(table, item, part, fields))
  }

  /** There are no more versions of the record. */
  finish(idKey: Uint8Array): void {
    this.#before = undefined
    this.#runs.finish(idKey)
  }

  #indexedOf(table: TableDefinition): Indexed {
    let indexed = this.#indexed.get(table)
    if (indexed === undefined) {
      const indexes = table.indexes.filter(({ state }) => state === 'ready')
      const steps = indexes.flatMap((index) => index.fields.map((path) => path[0]))
      indexed = { indexes, fields: new Set(steps.filter((step) => typeof step === 'string')) }
      this.#indexed.set(table, indexed)
    }
    return indexed
  }
}

/** The record, as far as entries depend on it. */
function recordOf(
  table: TableDefinition,
  { idKey }: HistoryItem,
  part: Uint8Array,
  fields: ReadonlySet<string>,
): ValueObject {
  const record = decodeCanonical(part) as ValueObject
  if (!fields.has('id')) return record
  return { id: new RecordId(table.name, decodeExact(idKey, 0).value as RecordId['key']), ...record }
}

/** For short ones; a call into native code costs more than they do. */
function areSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false
  return true
}
