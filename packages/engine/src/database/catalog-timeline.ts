/**
 * The catalogs of the newest commits, and those of the past read from history.
 * Why: a view needs the definitions of its own commit, a request being sequenced those of the commit before
 * it.
 */

import { readCatalog } from '../catalog/read-catalog.ts'
import type { CatalogChange, StoredCatalog } from '../catalog/stored-catalog.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { scanRecordsAt } from '../models/history/past-records.ts'

/** Views are short-lived; older catalogs than these are read from history. */
const keptMax = 64

export class CatalogTimeline {
  /** Oldest first; the last is the newest sequenced. */
  #recent: StoredCatalog[]
  /** By the seq of their newest change at or before the one asked for. */
  readonly #past = new Map<number, StoredCatalog>()

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

  /** Definitions as they were at any commit. */
  async past(reader: KvReader, seq: number, today: StoredCatalog): Promise<StoredCatalog> {
    if (seq >= today.seq) return today
    const known = this.#past.get(seq)
    if (known !== undefined) return known
    const catalog = await readCatalog((table) => scanRecordsAt(reader, seq, table))
    if (this.#past.size >= keptMax) this.#past.clear()
    this.#past.set(seq, catalog)
    return catalog
  }

  change(seq: number, changes: readonly CatalogChange[]): void {
    this.#recent.push(this.newest().with(seq, changes))
    if (this.#recent.length > keptMax) this.#recent = this.#recent.slice(-keptMax)
  }

  rollBack(seq: number): void {
    const kept = this.#recent.filter((catalog) => catalog.seq <= seq)
    this.#recent = kept.length > 0 ? kept : this.#recent.slice(0, 1)
  }
}
