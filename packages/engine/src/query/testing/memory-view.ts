/**
 * The naive host's view: a state as a store would show it.
 */

import {
  compareBytes,
  compareValues,
  encodeCollation,
  encodeExact,
  type RecordId,
  type Value,
} from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { periodName } from '../../ledger/valid-time.ts'
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
} from '../../models/model.ts'
import { indexedTuples } from '../execute/write/indexed-values.ts'
import type { MemoryCatalog } from './memory-catalog.ts'
import { MemoryCommits } from './memory-commits.ts'
import { keyTextOf, type MemoryState, type TableRecords } from './memory-state.ts'

export interface MemoryHostOptions {
  /** `async`: every read gives a promise. Default `sync`. */
  readonly reads?: 'sync' | 'async'
  /** Longest encoded index entry before it counts as cut. Default 480. */
  readonly entryBytesMax?: number
}

const sortedRows = new WeakMap<TableRecords, readonly StoredRecord[]>()

export function rowsInOrder(records: TableRecords | undefined): readonly StoredRecord[] {
  if (records === undefined) return []
  let rows = sortedRows.get(records)
  if (rows === undefined) {
    rows = [...records.values()].sort((a, b) => compareBytes(a.idKey, b.idKey))
    sortedRows.set(records, rows)
  }
  return rows
}

/** The version that a version replaced. */
export const replaced = new WeakMap<StoredRecord, StoredRecord>()

export function periodBefore(record: StoredRecord): StoredRecord | undefined {
  let earlier = replaced.get(record)
  while (earlier !== undefined && periodName(earlier) === periodName(record)) earlier = replaced.get(earlier)
  return earlier
}

export class MemoryView implements ReadView {
  readonly reads: 'sync' | 'async'
  readonly #state: MemoryState
  readonly #entryBytesMax: number
  #isOpen = true

  constructor(state: MemoryState, { reads = 'sync', entryBytesMax = 480 }: MemoryHostOptions) {
    this.#state = state
    this.reads = reads
    this.#entryBytesMax = entryBytesMax
  }

  get seq(): number {
    return this.#state.seq
  }

  get catalog(): MemoryCatalog {
    return this.#state.catalog
  }

  protected records(table: TableDefinition): TableRecords | undefined {
    if (!this.#isOpen) throw new Error('the view is closed')
    return this.#state.tables.get(table.id)
  }

  getRecord(id: RecordId): StoredRecord | undefined | Promise<StoredRecord | undefined> {
    const table = this.catalog.table(id.table)
    return this.#answer(table && this.records(table)?.get(keyTextOf(id)))
  }

  getRecords(ids: readonly RecordId[]): (StoredRecord | undefined)[] | Promise<(StoredRecord | undefined)[]> {
    const found = ids.map((id) => {
      const table = this.catalog.table(id.table)
      return table && this.records(table)?.get(keyTextOf(id))
    })
    return this.#answer(found)
  }

  async *scanTable(
    table: TableDefinition,
    { lower, upper, reverse = false, limit = Number.POSITIVE_INFINITY }: ScanTableOptions = {},
  ): AsyncIterable<readonly StoredRecord[]> {
    let rows = rowsInOrder(this.records(table)).filter((row) => {
      const fromLower = lower === undefined ? 1 : compareBytes(row.idKey, encodeExact(lower.key))
      const fromUpper = upper === undefined ? -1 : compareBytes(row.idKey, encodeExact(upper.key))
      const isAbove = fromLower > 0 || (fromLower === 0 && lower?.inclusive === true)
      return isAbove && (fromUpper < 0 || (fromUpper === 0 && upper?.inclusive === true))
    })
    if (reverse) rows = rows.toReversed()
    if (rows.length > limit) rows = rows.slice(0, limit)
    for (let at = 0; at < rows.length; at += 1024) yield rows.slice(at, at + 1024)
  }

  async *scanIndex(
    index: IndexDefinition,
    range: IndexRange,
    { reverse = false, limit = Number.POSITIVE_INFINITY }: ScanIndexOptions = {},
  ): AsyncIterable<readonly IndexEntry[]> {
    const table = this.catalog.tableById(index.tableId)
    const entries = table === undefined ? [] : this.#entries(index, table)
    const wanted = entries.filter((entry) => entry.isLong || isWithin(entry.tuple, range))
    wanted.sort(compareEntries)
    if (reverse) wanted.reverse()
    const rows = wanted.slice(0, limit).map(({ id, idKey, isLong }) => ({ id, idKey, isLong }))
    for (let at = 0; at < rows.length; at += 1024) yield rows.slice(at, at + 1024)
  }

  countTable(table: TableDefinition): number | Promise<number> {
    return this.#answer(this.records(table)?.size ?? 0)
  }

  async edges(
    node: RecordId,
    direction: Direction,
    tables?: readonly TableDefinition[],
  ): Promise<readonly EdgeRef[]> {
    const edges: EdgeRef[] = []
    for (const table of tables ?? this.catalog.tables()) {
      if (table.kind.type !== 'relation') continue
      if (direction !== 'in') edges.push(...this.#edgesFrom(table, node, 'in', 'out'))
      if (direction !== 'out') edges.push(...this.#edgesFrom(table, node, 'out', 'in'))
    }
    return edges
  }

  get commits(): CommitReader {
    return new MemoryCommits(this.#state)
  }

  earlierPeriod(record: StoredRecord): StoredRecord | undefined | Promise<StoredRecord | undefined> {
    return this.#answer(periodBefore(record))
  }

  close(): void {
    this.#isOpen = false
  }

  #edgesFrom(table: TableDefinition, node: RecordId, near: 'in' | 'out', far: 'in' | 'out'): EdgeRef[] {
    return rowsInOrder(this.records(table))
      .filter((row) => (row.value[near] as RecordId).equals(node))
      .map((row) => ({ edge: row.id, node: row.value[far] as RecordId }))
      .sort((a, b) => compareValues(a.node, b.node) || compareValues(a.edge, b.edge))
  }

  #entries(index: IndexDefinition, table: TableDefinition) {
    return rowsInOrder(this.records(table)).flatMap((row) => {
      const tuples = new Map(indexedTuples(index, row.value).map((tuple) => [tupleText(tuple), tuple]))
      return [...tuples].map(([text, tuple]): MemoryEntry => {
        const isLong = text.length > this.#entryBytesMax
        return { id: row.id, idKey: row.idKey, tuple, text: text.slice(0, this.#entryBytesMax), isLong }
      })
    })
  }

  #answer<T>(value: T): T | Promise<T> {
    return this.reads === 'async' ? Promise.resolve(value) : value
  }
}

export function tupleText(tuple: readonly Value[]): string {
  return tuple.map((value) => Buffer.from(encodeCollation(value)).toString('latin1')).join('')
}

interface MemoryEntry extends IndexEntry {
  readonly tuple: readonly Value[]
  /** The encoded values, cut like those of the real store. */
  readonly text: string
}

/**
 * Among entries with one cut text the order is lost; here it is turned round, so that nobody relies on it.
 */
function compareEntries(a: MemoryEntry, b: MemoryEntry): number {
  if (a.text !== b.text) return a.text < b.text ? -1 : 1
  return a.isLong ? compareBytes(b.idKey, a.idKey) : compareBytes(a.idKey, b.idKey)
}

function isWithin(tuple: readonly Value[], { equals, lower, upper }: IndexRange): boolean {
  if (!equals.every((value, i) => compareValues(value, tuple[i]) === 0)) return false
  const next = tuple[equals.length]
  if (lower !== undefined) {
    const order = compareValues(next, lower.value)
    if (order < 0 || (order === 0 && !lower.inclusive)) return false
  }
  if (upper === undefined) return true
  const order = compareValues(next, upper.value)
  return order < 0 || (order === 0 && upper.inclusive)
}
