/**
 * A database host as simple as the contract allows: maps of records, copied with every commit; indexes
 * computed by sorting when they are asked for.
 * Why: the oracle for the query layer's tests. What it answers is right by inspection, not by any cleverness
 * that the real store may have; conformance cases and property tests run against both.
 */

import {
  compareBytes,
  compareValues,
  encodeCollation,
  encodeExact,
  type RecordId,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import { catalogErrors } from '../../catalog/catalog-errors.ts'
import type { IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { checkDatabaseName } from '../../database/database-name.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import { indexErrors } from '../../models/document/index-errors.ts'
import type {
  Direction,
  EdgeRef,
  IndexEntry,
  IndexRange,
  ReadView,
  ScanIndexOptions,
  ScanTableOptions,
  StoredRecord,
  WriteTx,
} from '../../models/model.ts'
import { indexedTuples } from '../execute/write/indexed-values.ts'
import type { AsOf, DatabaseHost, IndexProgress, QueryHost, Receipt, WriteOptions } from '../host.ts'
import { MemoryCatalog } from './memory-catalog.ts'

/** Records of a table by the text of their key bytes. */
export type TableRecords = ReadonlyMap<string, StoredRecord>

export interface MemoryState {
  readonly seq: number
  readonly time: bigint
  readonly catalog: MemoryCatalog
  readonly tables: ReadonlyMap<number, TableRecords>
}

export interface MemoryHostOptions {
  /** `async`: every read gives a promise. Default `sync`. */
  readonly reads?: 'sync' | 'async'
  /** Longest encoded index entry before it counts as cut. Default 480. */
  readonly entryBytesMax?: number
}

export class MemoryHost implements QueryHost {
  readonly #databases = new Map<string, MemoryDatabase>()
  readonly #options: MemoryHostOptions

  constructor(options: MemoryHostOptions = {}) {
    this.#options = options
  }

  database(name: string): MemoryDatabase {
    checkDatabaseName(name)
    let database = this.#databases.get(name)
    if (database === undefined) {
      database = new MemoryDatabase(name, this.#options)
      this.#databases.set(name, database)
    }
    return database
  }

  async databaseNames(): Promise<readonly string[]> {
    return [...this.#databases.keys()].sort()
  }
}

export class MemoryDatabase implements DatabaseHost {
  readonly name: string
  readonly #options: MemoryHostOptions
  readonly #states: MemoryState[]
  /** What the latest write said about itself. */
  lastMeta: WriteOptions['meta']
  /** How the latest write was to be run. */
  lastWasPoint = false
  #running: Promise<unknown> = Promise.resolve()

  constructor(name: string, options: MemoryHostOptions) {
    this.name = name
    this.#options = options
    this.#states = [{ seq: 0, time: 0n, catalog: MemoryCatalog.empty, tables: new Map() }]
  }

  view(asOf?: AsOf): ReadView {
    return new MemoryView(this.#stateAt(asOf), this.#options)
  }

  async write<T>(
    work: (tx: WriteTx) => T | Promise<T>,
    options: WriteOptions = {},
  ): Promise<{ readonly result: T; readonly receipt: Receipt }> {
    const turn = this.#running.then(() => this.#writeInTurn(work, options))
    this.#running = turn.catch(() => undefined)
    return turn
  }

  head(): Receipt {
    return receiptOf(this.#newest)
  }

  async waitForIndex(): Promise<void> {}

  indexProgress(table: string, index: string): IndexProgress | undefined {
    const found = this.#newest.catalog.table(table)?.indexes.find((each) => each.name === index)
    if (found === undefined) return undefined
    const rows = this.#newest.tables.get(found.tableId)?.size ?? 0
    return { state: found.state, rowsDone: rows, rowsTotal: rows, failure: undefined }
  }

  async rebuildIndex(): Promise<void> {}

  get #newest(): MemoryState {
    return this.#states[this.#states.length - 1] as MemoryState
  }

  async #writeInTurn<T>(work: (tx: WriteTx) => T | Promise<T>, options: WriteOptions) {
    this.lastMeta = options.meta
    this.lastWasPoint = options.isPoint === true
    const tx = new MemoryTx(this.#newest, this.#options)
    const working = work(tx)
    if (options.isPoint === true && this.#options.reads !== 'async' && working instanceof Promise) {
      throw new Error('point work on a sync view gave a promise')
    }
    const result = await working
    if (tx.hasChanged) this.#states.push(tx.commit(BigInt(Date.now()) * 1_000_000n))
    return { result, receipt: receiptOf(this.#newest) }
  }

  #stateAt(asOf: AsOf | undefined): MemoryState {
    if (asOf === undefined) return this.#newest
    if ('seq' in asOf) {
      const state = this.#states[asOf.seq]
      if (state === undefined) throw ledgerErrors.AS_OF_UNKNOWN({ asked: asOf.seq, newest: this.#newest.seq })
      return { ...state, catalog: state.catalog.withRulesOf(this.#newest.catalog) }
    }
    const nanos = (asOf.instant as { epochNanos(): bigint }).epochNanos()
    const state = this.#states.findLast((each) => each.time <= nanos) ?? (this.#states[0] as MemoryState)
    return { ...state, catalog: state.catalog.withRulesOf(this.#newest.catalog) }
  }
}

function receiptOf({ seq }: MemoryState): Receipt {
  return { seq, head: `memory:${seq}` }
}

function keyTextOf(id: RecordId): string {
  return Buffer.from(encodeExact(id.key)).toString('latin1')
}

const sortedRows = new WeakMap<TableRecords, readonly StoredRecord[]>()

function rowsInOrder(records: TableRecords | undefined): readonly StoredRecord[] {
  if (records === undefined) return []
  let rows = sortedRows.get(records)
  if (rows === undefined) {
    rows = [...records.values()].sort((a, b) => compareBytes(a.idKey, b.idKey))
    sortedRows.set(records, rows)
  }
  return rows
}

class MemoryView implements ReadView {
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
    const wanted = entries.filter((entry) => entry.isCut || isWithin(entry.tuple, range))
    wanted.sort(compareEntries)
    if (reverse) wanted.reverse()
    const rows = wanted.slice(0, limit).map(({ id, idKey, isCut }) => ({ id, idKey, isCut }))
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
        const isCut = text.length > this.#entryBytesMax
        return { id: row.id, idKey: row.idKey, tuple, text: text.slice(0, this.#entryBytesMax), isCut }
      })
    })
  }

  #answer<T>(value: T): T | Promise<T> {
    return this.reads === 'async' ? Promise.resolve(value) : value
  }
}

function tupleText(tuple: readonly Value[]): string {
  return tuple.map((value) => Buffer.from(encodeCollation(value)).toString('latin1')).join('')
}

interface MemoryEntry extends IndexEntry {
  readonly tuple: readonly Value[]
  /** The encoded values, cut like those of the real store. */
  readonly text: string
}

/** Among entries with one cut text the order is lost; here it is turned round, so that nobody relies on it. */
function compareEntries(a: MemoryEntry, b: MemoryEntry): number {
  if (a.text !== b.text) return a.text < b.text ? -1 : 1
  return a.isCut ? compareBytes(b.idKey, a.idKey) : compareBytes(a.idKey, b.idKey)
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

class MemoryTx extends MemoryView implements WriteTx {
  readonly #base: MemoryState
  #catalog: MemoryCatalog
  readonly #tables: Map<number, TableRecords>
  hasChanged = false
  changedBytes = 0

  constructor(base: MemoryState, options: MemoryHostOptions) {
    super(base, options)
    this.#base = base
    this.#catalog = base.catalog
    this.#tables = new Map(base.tables)
  }

  override get catalog(): MemoryCatalog {
    return this.#catalog
  }

  protected override records(table: TableDefinition): TableRecords | undefined {
    return this.#tables.get(table.id)
  }

  put(id: RecordId, value: ValueObject, options: { validFrom?: Value; validTo?: Value } = {}): void {
    const table = this.ensureTable(id.table)
    if (table.drop) return
    const record = {
      id,
      idKey: encodeExact(id.key),
      seq: this.#base.seq + 1,
      value: { ...value, id },
      ...options,
    }
    this.#checkUnique(table, record)
    const records = new Map(this.#tables.get(table.id))
    records.set(keyTextOf(id), record)
    this.#tables.set(table.id, records)
    this.hasChanged = true
  }

  delete(id: RecordId): boolean {
    const table = this.#catalog.table(id.table)
    const records = new Map(table && this.#tables.get(table.id))
    if (table === undefined || !records.delete(keyTextOf(id))) return false
    this.#tables.set(table.id, records)
    this.hasChanged = true
    for (const relation of this.#catalog.tables()) {
      if (relation.kind.type !== 'relation') continue
      for (const row of rowsInOrder(this.#tables.get(relation.id))) {
        const touches = (['in', 'out'] as const).some((end) => (row.value[end] as RecordId).equals(id))
        if (touches) this.delete(row.id)
      }
    }
    return true
  }

  ensureTable(name: string, kind?: TableDefinition['kind']): TableDefinition {
    const known = this.#catalog.table(name)
    const turns = kind?.type === 'relation' && known?.kind.type === 'any'
    if (known !== undefined && !turns) return known
    if (known !== undefined && (this.#tables.get(known.id)?.size ?? 0) > 0) {
      throw catalogErrors.NOT_A_RELATION({ table: name })
    }
    return this.#define(this.#catalog.withTable(name, { ...(kind && { kind }) }, true), name)
  }

  defineTable(name: string, change: Parameters<WriteTx['defineTable']>[1]): TableDefinition {
    return this.#define(this.#catalog.withTable(name, change, false), name)
  }

  removeTable(name: string): boolean {
    const table = this.#catalog.table(name)
    if (table === undefined) return false
    this.#tables.delete(table.id)
    this.#catalog = this.#catalog.withoutTable(name)
    this.hasChanged = true
    return true
  }

  defineIndex(index: Parameters<WriteTx['defineIndex']>[0]): IndexDefinition {
    const table = this.ensureTable(index.table)
    this.#define(this.#catalog.withIndex(index, this.#base.seq + 1), index.table)
    const defined = this.#catalog.table(table.name)?.indexes.find((each) => each.name === index.name)
    return defined as IndexDefinition
  }

  removeIndex(table: string, name: string): boolean {
    const known = this.#catalog.table(table)?.indexes.some((index) => index.name === name) === true
    if (known) this.#define(this.#catalog.withoutIndex(table, name), table)
    return known
  }

  setParam(name: string, value: Value): void {
    this.#catalog = this.#catalog.withParam(name, value)
    this.hasChanged = true
  }

  commit(time: bigint): MemoryState {
    return { seq: this.#base.seq + 1, time, catalog: this.#catalog, tables: this.#tables }
  }

  #define(catalog: MemoryCatalog, name: string): TableDefinition {
    this.#catalog = catalog
    this.hasChanged = true
    return catalog.table(name) as TableDefinition
  }

  #checkUnique(table: TableDefinition, record: StoredRecord): void {
    for (const index of table.indexes) {
      if (!index.unique) continue
      const own = claims(index, record.value)
      for (const other of this.#tables.get(table.id)?.values() ?? []) {
        if (compareBytes(other.idKey, record.idKey) === 0) continue
        if (claims(index, other.value).some((text) => own.includes(text))) {
          throw indexErrors.UNIQUE_VIOLATION({ index: index.name, table: table.name })
        }
      }
    }
  }
}

/** Combinations of nothing but NONE and NULL claim nothing. */
function claims(index: IndexDefinition, record: ValueObject): readonly string[] {
  return indexedTuples(index, record)
    .filter((tuple) => tuple.some((value) => value !== undefined && value !== null))
    .map(tupleText)
}
