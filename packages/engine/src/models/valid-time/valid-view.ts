/**
 * What held at an instant of valid time, as another view knows it: the newest commit, one of the past, or a
 * transaction.
 * Why a view around a view: the executor asks the same questions, and transaction time and valid time go
 * together without knowing of each other.
 * - A record is the version of it that holds at the instant; one that has none is not there. An edge is there
 *   if it holds and the records it joins hold.
 * - Index entries say what the newest versions hold. Where some record of a table has another period, an
 *   earlier version may be the one to be found, so such tables show no indexes and are scanned.
 * - Tables whose records have never had bounds are read as they are.
 */

import type { Datetime, RecordId } from '@dendrodb/protocol'
import type { Catalog, IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
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
import { catalogForValidTime } from './valid-catalog.ts'
import { versionAt } from './valid-version.ts'

/** The view at the instant, whatever instant it may show already. Closing either closes both. */
export function viewAt(view: ReadView, instant: Datetime): ReadView {
  return new ValidView(view instanceof ValidView ? view.base : view, instant)
}

/** The instant of valid time that the view shows, if it shows one. */
export function instantOf(view: ReadView): Datetime | undefined {
  return view instanceof ValidView ? view.instant : undefined
}

class ValidView implements ReadView {
  readonly base: ReadView
  readonly instant: Datetime
  readonly seq: number
  readonly catalog: Catalog
  readonly reads: 'sync' | 'async'

  constructor(base: ReadView, instant: Datetime) {
    this.base = base
    this.instant = instant
    this.seq = base.seq
    this.catalog = catalogForValidTime(base.catalog)
    // A record with very many periods lets others have their turn.
    this.reads = this.catalog === base.catalog ? base.reads : 'async'
  }

  getRecord(id: RecordId): MaybePromise<StoredRecord | undefined> {
    return chain(this.base.getRecord(id), (record) => this.#valid(record))
  }

  getRecords(ids: readonly RecordId[]): MaybePromise<(StoredRecord | undefined)[]> {
    return chain(this.base.getRecords(ids), (records) => this.#allValid(records))
  }

  async *scanTable(
    table: TableDefinition,
    options: ScanTableOptions = {},
  ): AsyncGenerator<readonly StoredRecord[]> {
    if (table.validTime === 'none') return yield* this.base.scanTable(table, options)
    const { limit, ...rest } = options
    yield* limited(this.#validRows(table, rest), limit)
  }

  async *#validRows(
    table: TableDefinition,
    options: ScanTableOptions,
  ): AsyncGenerator<readonly StoredRecord[]> {
    for await (const chunk of this.base.scanTable(table, options)) {
      yield (await this.#allValid(chunk)).filter((record) => record !== undefined)
    }
  }

  async *scanIndex(
    index: IndexDefinition,
    range: IndexRange,
    options: ScanIndexOptions = {},
  ): AsyncGenerator<readonly IndexEntry[]> {
    if (this.catalog.table(index.table)?.validTime === 'none') {
      return yield* this.base.scanIndex(index, range, options)
    }
    const { limit, ...rest } = options
    yield* limited(this.#validEntries(index, range, rest), limit)
  }

  async *#validEntries(
    index: IndexDefinition,
    range: IndexRange,
    options: ScanIndexOptions,
  ): AsyncGenerator<readonly IndexEntry[]> {
    for await (const chunk of this.base.scanIndex(index, range, options)) {
      const records = await this.getRecords(chunk.map(({ id }) => id))
      yield chunk.filter((_, at) => records[at] !== undefined)
    }
  }

  countTable(table: TableDefinition): MaybePromise<number> {
    return table.validTime === 'none' ? this.base.countTable(table) : this.#countValid(table)
  }

  async edges(
    node: RecordId,
    direction: Direction,
    tables?: readonly TableDefinition[],
  ): Promise<readonly EdgeRef[]> {
    // Ends are found by the indexes that this view's definitions may not show.
    const asStored = tables
      ?.map(({ name }) => this.base.catalog.table(name))
      .filter((each) => each !== undefined)
    if (!(await this.#isThere(node))) return []
    const edges = await this.base.edges(node, direction, asStored)
    const kept: EdgeRef[] = []
    for (const each of edges) {
      if ((await this.#isThere(each.edge)) && (await this.#isThere(each.node))) kept.push(each)
    }
    return kept
  }

  get commits(): CommitReader {
    return this.base.commits
  }

  earlierPeriod(record: StoredRecord): MaybePromise<StoredRecord | undefined> {
    return this.base.earlierPeriod(record)
  }

  close(): void {
    this.base.close()
  }

  /** `false` for a record that is there but does not hold; an edge may well lead to one that never was. */
  #isThere(id: RecordId): MaybePromise<boolean> {
    const validTime = this.catalog.table(id.table)?.validTime ?? 'none'
    if (validTime === 'none') return true
    return chain(this.base.getRecord(id), (record) => {
      return record === undefined || chain(this.#valid(record), (version) => version !== undefined)
    })
  }

  #valid(record: StoredRecord | undefined): MaybePromise<StoredRecord | undefined> {
    return record && versionAt(this.base, record, this.instant)
  }

  #allValid(records: readonly (StoredRecord | undefined)[]): MaybePromise<(StoredRecord | undefined)[]> {
    const versions = records.map((record) => this.#valid(record))
    return versions.some((version) => version instanceof Promise)
      ? Promise.all(versions)
      : (versions as (StoredRecord | undefined)[])
  }

  async #countValid(table: TableDefinition): Promise<number> {
    let count = 0
    for await (const rows of this.scanTable(table)) count += rows.length
    return count
  }
}

async function* limited<T>(
  chunks: AsyncIterable<readonly T[]>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly T[]> {
  let left = limit
  if (left <= 0) return
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue
    yield chunk.length > left ? chunk.slice(0, left) : chunk
    left -= chunk.length
    if (left <= 0) return
  }
}
