/**
 * The database as it was at an earlier commit (transaction time).
 * Why its own view: what lived then is in the history keys; the executor asks the same questions as at head.
 */

import { encodeExact, must, type RecordId } from '@dendrodb/protocol'
import type { Catalog, IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { type AdjacencyReader, isRelation, readEdges } from '../graph/adjacency.ts'
import type {
  Direction,
  EdgeRef,
  IndexEntry,
  IndexRange,
  ReadView,
  ScanIndexOptions,
  ScanTableOptions,
  StoredRecord,
} from '../model.ts'
import { periodBefore } from './load-version.ts'
import { scanEntriesAt } from './past-entries.ts'
import { recordAt, scanRecordsAt } from './past-records.ts'

export interface HistoryViewOptions {
  readonly reader: KvReader
  readonly seq: number
  /** Newest commit of the snapshot that `reader` reads. */
  readonly newestSeq: number
  readonly catalog: Catalog
  readonly onClose: () => void
}

export class HistoryView implements ReadView {
  readonly seq: number
  readonly catalog: Catalog
  /** A version may have to be looked for with a scan. */
  readonly reads = 'async'
  readonly #options: HistoryViewOptions
  #isOpen = true

  constructor(options: HistoryViewOptions) {
    this.#options = options
    this.seq = options.seq
    this.catalog = options.catalog
  }

  getRecord(id: RecordId): MaybePromise<StoredRecord | undefined> {
    const table = this.catalog.table(id.table)
    if (table === undefined) return undefined
    return recordAt(this.#options.reader, this.seq, table, id, encodeExact(id.key))
  }

  async getRecords(ids: readonly RecordId[]): Promise<(StoredRecord | undefined)[]> {
    return Promise.all(ids.map((id) => this.getRecord(id)))
  }

  scanTable(table: TableDefinition, options?: ScanTableOptions): AsyncIterable<readonly StoredRecord[]> {
    return scanRecordsAt(this.#options.reader, this.seq, table, options)
  }

  scanIndex(
    index: IndexDefinition,
    range: IndexRange,
    options?: ScanIndexOptions,
  ): AsyncIterable<readonly IndexEntry[]> {
    const { reader, newestSeq } = this.#options
    return scanEntriesAt(reader, this.seq, newestSeq, index, range, options)
  }

  async countTable(table: TableDefinition): Promise<number> {
    let count = 0
    for await (const rows of this.scanTable(table)) count += rows.length
    return count
  }

  edges(
    node: RecordId,
    direction: Direction,
    tables: readonly TableDefinition[] = [...this.catalog.tables()].filter(isRelation),
  ): Promise<readonly EdgeRef[]> {
    const { reader, newestSeq } = this.#options
    const adjacency: AdjacencyReader = {
      entries: (index, near) => scanEntriesAt(reader, this.seq, newestSeq, index, { equals: [near] }),
      farEnd: async (edge, field) =>
        must(await this.getRecord(edge), 'an edge of then').value[field] as RecordId,
    }
    return readEdges(adjacency, node, direction, tables)
  }

  earlierPeriod(record: StoredRecord): MaybePromise<StoredRecord | undefined> {
    return periodBefore(this.#options.reader, this.catalog, record)
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#options.onClose()
  }
}
