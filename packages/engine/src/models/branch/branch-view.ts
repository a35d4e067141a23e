/**
 * A branch at its head. Without caches: those are main's.
 */

import { encodeExact, type RecordId } from '@dendrodb/protocol'
import type { Catalog, IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { adjacencyReader, readCount, readRecord, scanEntries, scanRecords } from '../document/live-records.ts'
import { isRelation, readEdges } from '../graph/adjacency.ts'
import { periodBefore } from '../history/load-version.ts'
import type { VersionCache } from '../history/version-cache.ts'
import type {
  CommitReader,
  Direction,
  EdgeRef,
  IndexEntry,
  IndexRange,
  ReadView,
  ScanIndexOptions,
  ScanTableOptions,
  StoredRecord,
} from '../model.ts'
import { LedgerCommits } from '../provenance/commit-reader.ts'

export interface BranchViewOptions {
  /** Shows the branch (branch-reader.ts). */
  readonly reader: KvReader
  /** Shows all branches. */
  readonly log: KvReader
  readonly seq: number
  readonly catalog: Catalog
  readonly versions: VersionCache
  readonly onClose: () => void
}

export class BranchView implements ReadView {
  readonly seq: number
  readonly catalog: Catalog
  /** What the parent had may have to be looked for with a scan. */
  readonly reads = 'async'
  readonly #options: BranchViewOptions
  #isOpen = true

  constructor(options: BranchViewOptions) {
    this.#options = options
    this.seq = options.seq
    this.catalog = options.catalog
  }

  getRecord(id: RecordId): MaybePromise<StoredRecord | undefined> {
    const table = this.catalog.table(id.table)
    return table && readRecord(this.#options.reader, table, id, encodeExact(id.key))
  }

  async getRecords(ids: readonly RecordId[]): Promise<(StoredRecord | undefined)[]> {
    return Promise.all(ids.map((id) => this.getRecord(id)))
  }

  scanTable(table: TableDefinition, options?: ScanTableOptions): AsyncIterable<readonly StoredRecord[]> {
    return scanRecords(this.#options.reader, table, options)
  }

  scanIndex(
    index: IndexDefinition,
    range: IndexRange,
    options?: ScanIndexOptions,
  ): AsyncIterable<readonly IndexEntry[]> {
    return scanEntries(this.#options.reader, index, range, options)
  }

  countTable(table: TableDefinition): MaybePromise<number> {
    return readCount(this.#options.reader, table.id)
  }

  edges(
    node: RecordId,
    direction: Direction,
    tables: readonly TableDefinition[] = [...this.catalog.tables()].filter(isRelation),
  ): Promise<readonly EdgeRef[]> {
    return readEdges(adjacencyReader(this.#options.reader, this), node, direction, tables)
  }

  get commits(): CommitReader {
    const { reader, log, versions } = this.#options
    return new LedgerCommits({ reader, log, versions, seq: this.seq, catalog: this.catalog })
  }

  earlierPeriod(record: StoredRecord): MaybePromise<StoredRecord | undefined> {
    return periodBefore(this.#options, this.catalog, record)
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#options.onClose()
  }
}
