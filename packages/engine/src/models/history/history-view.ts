/**
 * The database as it was at an earlier commit (transaction time).
 * Why its own view: what lived then is in the history keys; the executor asks the same questions as at head.
 */

import { encodeExact, must, type RecordId } from '@dendrodb/protocol'
import type { Catalog, IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import type { VersionPlace } from '../../ledger/record-version.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { checkHistoryKept } from '../forgetting/history-kept.ts'
import { type AdjacencyReader, isRelation, readEdges } from '../graph/adjacency.ts'
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
import { periodBefore } from './load-version.ts'
import { scanEntriesAt } from './past-entries.ts'
import { scanRecordsAt } from './past-records.ts'
import { changedSince, countRecent, type RecentReader, scanRecent } from './recent-scan.ts'
import { recordAt } from './record-at.ts'

export interface HistoryViewOptions extends RecentReader {
  /** Shows all branches; default: `reader`. */
  readonly log?: KvReader
  readonly catalog: Catalog
  readonly onClose: () => void
}

export class HistoryView implements ReadView {
  readonly seq: number
  readonly catalog: Catalog
  /** A version may have to be looked for with a scan. */
  readonly reads = 'async'
  readonly #options: HistoryViewOptions
  /** Versions that index entries led to; made when there is one, as most reads by id have none. */
  #found: WeakMap<RecordId, VersionPlace> | undefined
  #isOpen = true

  constructor(options: HistoryViewOptions) {
    this.#options = options
    this.seq = options.seq
    this.catalog = options.catalog
  }

  getRecord(id: RecordId): MaybePromise<StoredRecord | undefined> {
    const table = this.catalog.table(id.table)
    if (table === undefined) return undefined
    this.#checkKept(table)
    return recordAt(this.#options, table, id, encodeExact(id.key), this.#found?.get(id))
  }

  getRecords(ids: readonly RecordId[]): MaybePromise<(StoredRecord | undefined)[]> {
    const found = ids.map((id) => this.getRecord(id))
    return found.some((record) => record instanceof Promise)
      ? Promise.all(found)
      : (found as (StoredRecord | undefined)[])
  }

  async *scanTable(
    table: TableDefinition,
    options: ScanTableOptions = {},
  ): AsyncGenerator<readonly StoredRecord[]> {
    this.#checkKept(table)
    const changed = await changedSince(this.#options, table)
    if (changed !== undefined) yield* scanRecent(this.#options, table, changed, options)
    else yield* scanRecordsAt(this.#options.reader, this.seq, table, options)
  }

  async *scanIndex(
    index: IndexDefinition,
    range: IndexRange,
    options?: ScanIndexOptions,
  ): AsyncGenerator<readonly IndexEntry[]> {
    this.#checkKept(this.catalog.table(index.table))
    for await (const entries of scanEntriesAt(this.#options, index, range, options)) {
      for (const { id, last } of entries) if (last !== undefined) this.#remember(id, last)
      yield entries
    }
  }

  async countTable(table: TableDefinition): Promise<number> {
    this.#checkKept(table)
    const changed = await changedSince(this.#options, table)
    if (changed !== undefined) return countRecent(this.#options, table, changed)
    let count = 0
    for await (const rows of scanRecordsAt(this.#options.reader, this.seq, table)) count += rows.length
    return count
  }

  async edges(
    node: RecordId,
    direction: Direction,
    tables: readonly TableDefinition[] = [...this.catalog.tables()].filter(isRelation),
  ): Promise<readonly EdgeRef[]> {
    for (const table of tables) this.#checkKept(table)
    const adjacency: AdjacencyReader = {
      entries: (index, near) => scanEntriesAt(this.#options, index, { equals: [near] }),
      rows: (table) => this.scanTable(table),
      valueOf: async (edge) => must(await this.getRecord(edge), 'an edge of then').value,
    }
    return readEdges(adjacency, node, direction, tables)
  }

  #remember(id: RecordId, last: VersionPlace): void {
    this.#found ??= new WeakMap()
    this.#found.set(id, last)
  }

  /** @throws FORGET_HISTORY_GONE */
  #checkKept(table: TableDefinition | undefined): void {
    if (table !== undefined) checkHistoryKept(table, this.seq)
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
