/**
 * The catalogs of the newest commits, and those of the past read from history.
 * Why: a view needs the definitions of its own commit, a request being sequenced those of the commit before
 * it.
 */

import { skipExact } from '@dendrodb/protocol'
import { readCatalog } from '../catalog/read-catalog.ts'
import type { CatalogChange, StoredCatalog } from '../catalog/stored-catalog.ts'
import { catalogTableIds } from '../catalog/system-tables.ts'
import { kindRange, mainBranch, tailOffset } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { scanRecordsAt } from '../models/history/past-records.ts'
import type { MaybePromise } from '../storage/kv-store.ts'

/** Views are short-lived; older catalogs than these are read from history. */
const keptMax = 64

export class CatalogTimeline {
  /** Oldest first; the last is the newest sequenced. */
  #recent: StoredCatalog[]
  /** Those read from history, by the commit that made them. */
  readonly #past = new Map<number, StoredCatalog>()
  /** Commits that changed definitions, ascending: those stored when they were first asked for. */
  #storedChanges: readonly number[] | undefined
  /** Those since the database was opened. */
  #changes: number[] = []

  constructor(catalog: StoredCatalog) {
    this.#recent = [catalog]
  }

  newest(): StoredCatalog {
    return this.#recent.at(-1) as StoredCatalog
  }

  /** Definitions in force at a commit that is newest or nearly so. */
  at(seq: number): StoredCatalog {
    for (let at = this.#recent.length - 1; at > 0; at -= 1) {
      const catalog = this.#recent[at] as StoredCatalog
      if (catalog.seq <= seq) return catalog
    }
    return this.#recent[0] as StoredCatalog
  }

  /** Definitions as they were at any commit; `newestSeq` is that of the reader. */
  past(reader: KvReader, seq: number, newestSeq: number): MaybePromise<StoredCatalog> {
    if (this.#storedChanges === undefined) {
      return changesOfDefinitions(reader).then((stored) => {
        this.#storedChanges ??= stored
        return this.past(reader, seq, newestSeq)
      })
    }
    const since = this.#lastChange(this.#storedChanges, seq)
    if (since === this.#lastChange(this.#storedChanges, newestSeq)) return this.at(newestSeq)
    return this.#past.get(since) ?? this.#readPast(reader, seq, since)
  }

  /** The newest commit up to `seq` that changed a definition. */
  #lastChange(stored: readonly number[], seq: number): number {
    const isUntil = (change: number) => change <= seq
    return Math.max(stored.findLast(isUntil) ?? 0, this.#changes.findLast(isUntil) ?? 0)
  }

  async #readPast(reader: KvReader, seq: number, since: number): Promise<StoredCatalog> {
    const catalog = await readCatalog((table) => scanRecordsAt(reader, seq, table))
    // Another one may have been faster; plans are kept by the one object.
    const known = this.#past.get(since)
    if (known !== undefined) return known
    if (this.#past.size >= keptMax) this.#past.clear()
    this.#past.set(since, catalog)
    return catalog
  }

  change(seq: number, changes: readonly CatalogChange[]): void {
    this.#changes.push(seq)
    this.#recent.push(this.newest().with(seq, changes))
    if (this.#recent.length > keptMax) this.#recent = this.#recent.slice(-keptMax)
  }

  rollBack(seq: number): void {
    this.#changes = this.#changes.filter((change) => change <= seq)
    const kept = this.#recent.filter((catalog) => catalog.seq <= seq)
    this.#recent = kept.length > 0 ? kept : this.#recent.slice(0, 1)
  }
}

/** From the history of the reserved tables. */
async function changesOfDefinitions(reader: KvReader): Promise<readonly number[]> {
  const seqs = new Set<number>()
  for (const tableId of catalogTableIds) {
    const start = tailOffset(mainBranch, tableId)
    for await (const chunk of reader.scan(kindRange('history', mainBranch, tableId), { values: false })) {
      for (const { key } of chunk) seqs.add(readUvarint(key, skipExact(key, start)).value)
    }
  }
  return [...seqs].sort((a, b) => a - b)
}
