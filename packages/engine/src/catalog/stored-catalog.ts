/**
 * The catalog as the records of the reserved tables say it is.
 * Why: immutable, so that a plan or a transaction holds on to the definitions it was made with, and a new one
 * is made only when one of those records changes.
 */

import type { ValueObject } from '@dendrodb/protocol'
import {
  adjacencyIndexes,
  decodeBranch,
  decodeIndex,
  decodeTable,
  type TableRecord,
} from './definition-codec.ts'
import { definitionError } from './definition-fields.ts'
import type {
  BranchDefinition,
  Catalog,
  IndexDefinition,
  ParamDefinition,
  TableDefinition,
} from './definitions.ts'
import { forgottenTable, mergeTable, snapshotTable, systemTables } from './system-tables.ts'

/** A changed record of a reserved table; `value` undefined: deleted. */
export interface CatalogChange {
  readonly tableId: number
  readonly key: unknown
  readonly value: ValueObject | undefined
  /** Commit that wrote the record, where it is not the catalog's own. */
  readonly seq?: number
}

interface CatalogRecords {
  readonly tables: ReadonlyMap<string, TableRecord>
  /** By table name, then index name. */
  readonly indexes: ReadonlyMap<string, ReadonlyMap<string, IndexDefinition>>
  readonly params: ReadonlyMap<string, ParamDefinition>
  readonly branches: ReadonlyMap<string, BranchDefinition>
  /** See `withHistoryFloors`. */
  readonly historyFloors: ReadonlyMap<number, number>
}

const noIndexes: ReadonlyMap<string, IndexDefinition> = new Map()

export class StoredCatalog implements Catalog {
  static readonly empty = new StoredCatalog(0, {
    tables: new Map(),
    indexes: new Map(),
    params: new Map(),
    branches: new Map(),
    historyFloors: new Map(),
  })

  readonly seq: number
  readonly #records: CatalogRecords
  /** On a branch: what is left of an edge table's own indexes. */
  readonly #usable: ((own: IndexDefinition) => IndexDefinition) | undefined
  readonly #byName: Map<string, TableDefinition>
  readonly #byId: Map<number, TableDefinition>
  readonly #indexes: Map<number, IndexDefinition>
  /** By the commit since which their newest index has been there; one object, as plans are kept by it. */
  readonly #past = new Map<number, PastCatalog>()
  /** Commits that defined its indexes, in order. */
  #indexSeqs: readonly number[] | undefined

  /** @param known a catalog that differs in no other tables than the `changed` ones */
  private constructor(
    seq: number,
    records: CatalogRecords,
    usable?: (own: IndexDefinition) => IndexDefinition,
    known?: { readonly catalog: StoredCatalog; readonly changed: ReadonlySet<string> },
  ) {
    this.seq = seq
    this.#records = records
    this.#usable = usable
    const from = known?.catalog
    this.#byName = new Map(from === undefined ? [] : from.#byName)
    this.#byId = new Map(from === undefined ? [] : from.#byId)
    this.#indexes = new Map(from === undefined ? [] : from.#indexes)
    if (from === undefined) {
      const reserved = [...Object.values(systemTables), mergeTable, snapshotTable, forgottenTable]
      for (const table of reserved) this.#add(table)
    }
    for (const name of known?.changed ?? []) this.#remove(name)
    for (const name of known?.changed ?? records.tables.keys()) this.#addRecord(name)
  }

  table(name: string): TableDefinition | undefined {
    return this.#byName.get(name)
  }

  tableById(id: number): TableDefinition | undefined {
    return this.#byId.get(id)
  }

  /** Users' and services' tables, by name. */
  *tables(): Iterable<TableDefinition> {
    for (const name of [...this.#records.tables.keys()].sort()) {
      const table = this.#byName.get(name)
      if (table !== undefined) yield table
    }
  }

  param(name: string): ParamDefinition | undefined {
    return this.#records.params.get(name)
  }

  *params(): Iterable<ParamDefinition> {
    for (const name of [...this.#records.params.keys()].sort())
      yield this.#records.params.get(name) as ParamDefinition
  }

  /** Branches but main; main's catalog alone knows all of them. */
  branch(name: string): BranchDefinition | undefined {
    return this.#records.branches.get(name)
  }

  *branches(): Iterable<BranchDefinition> {
    for (const name of [...this.#records.branches.keys()].sort())
      yield this.#records.branches.get(name) as BranchDefinition
  }

  branchByNumber(number: number): BranchDefinition | undefined {
    for (const branch of this.#records.branches.values()) if (branch.number === number) return branch
    return undefined
  }

  indexById(id: number): IndexDefinition | undefined {
    return this.#indexes.get(id)
  }

  /** The table's own record, which changes to it start from. */
  tableRecord(name: string): TableRecord | undefined {
    return this.#records.tables.get(name)
  }

  /** The catalog after the commit `seq`, which changed these records. @throws LEDGER_CORRUPT */
  with(seq: number, changes: readonly CatalogChange[]): StoredCatalog {
    const tables = new Map(this.#records.tables)
    const indexes = new Map(this.#records.indexes)
    const params = new Map(this.#records.params)
    const branches = new Map(this.#records.branches)
    const historyFloors = new Map(this.#records.historyFloors)
    const changed = new Set<string>()
    for (const { tableId, key, value, seq: ownSeq = seq } of changes) {
      if (tableId !== systemTables.index.id && typeof key !== 'string')
        throw definitionError('a table, parameter or branch', 'its id is no name')
      if (tableId === systemTables.table.id) {
        const old = value === undefined ? this.#byName.get(key as string) : undefined
        // What is gone of it stays gone, for reads as of a commit at which it was there.
        if (old !== undefined && old.historySince > 0) historyFloors.set(old.id, old.historySince)
        setOrDelete(tables, key as string, value && decodeTable(key as string, value))
        changed.add(key as string)
      } else if (tableId === systemTables.index.id) {
        if (!isIndexKey(key)) throw definitionError('an index', 'its id is no pair of names')
        const [table, name] = key
        const ofTable = new Map(indexes.get(table))
        setOrDelete(ofTable, name, value && decodeIndex(table, name, value, ownSeq))
        indexes.set(table, ofTable)
        changed.add(table)
      } else if (tableId === systemTables.param.id) {
        setOrDelete(params, key as string, value && { name: key as string, value: value.value })
      } else if (tableId === systemTables.branch.id) {
        setOrDelete(branches, key as string, value && decodeBranch(key as string, value))
      }
    }
    const records = { tables, indexes, params, branches, historyFloors }
    return new StoredCatalog(seq, records, this.#usable, { catalog: this, changed })
  }

  /** Since when the history of a table is whole that is there no more. */
  historyFloor({ id, historySince }: TableDefinition): number {
    return Math.max(historySince, this.#records.historyFloors.get(id) ?? 0)
  }

  /**
   * @param historyFloors by the number of the table: the commit from which on its history is whole at best
   */
  withHistoryFloors(historyFloors: ReadonlyMap<number, number>): StoredCatalog {
    return historyFloors.size === 0
      ? this
      : new StoredCatalog(this.seq, { ...this.#records, historyFloors }, this.#usable)
  }

  /**
   * With today's indexes and permissions on the tables of this (past) catalog, as an AS OF read needs them.
   */
  asOf(seq: number, today: StoredCatalog): Catalog {
    const since = today.#newestIndexSince(seq)
    // Today's indexes all reach back to then, and nothing was defined meanwhile.
    if (this === today && since === today.#newestIndexSince(Number.POSITIVE_INFINITY)) return today
    const known = this.#past.get(since)
    if (known?.today === today) return known
    const past = new PastCatalog(since, this, today)
    this.#past.set(since, past)
    return past
  }

  /**
   * The latest commit up to `seq` that defined an index of today: it says which of them reach back to `seq`.
   */
  #newestIndexSince(seq: number): number {
    if (this.#indexSeqs === undefined) {
      const all = [...this.#byName.values()].flatMap(({ indexes }) => indexes.map(({ sinceSeq }) => sinceSeq))
      this.#indexSeqs = [...new Set(all)].sort((a, b) => a - b)
    }
    return this.#indexSeqs.findLast((since) => since <= seq) ?? 0
  }

  /**
   * This catalog of a branch as its reads and writes need it: with main's permissions of today, and without
   * the indexes that are of no use to it: those that main had not completed when the branch was forked from
   * it, or has removed since.
   * @param atFork main's catalog as of the fork
   */
  onBranch(atFork: StoredCatalog, main: StoredCatalog): StoredCatalog {
    const usable = (index: IndexDefinition): IndexDefinition => {
      const before = atFork.indexById(index.id)
      const isKept = before?.state === 'ready' && main.indexById(index.id) !== undefined
      if (before === undefined || isKept) return index
      return { ...index, state: 'failed', failure: 'main completed it after the fork, or has removed it' }
    }
    const tables = new Map<string, TableRecord>()
    for (const [name, { table, adjacency }] of this.#records.tables) {
      const { permissions } = main.table(name) ?? table
      tables.set(name, { table: { ...table, permissions }, adjacency })
    }
    const indexes = new Map<string, ReadonlyMap<string, IndexDefinition>>()
    for (const [table, ofTable] of this.#records.indexes) {
      indexes.set(table, new Map([...ofTable].map(([name, index]) => [name, usable(index)])))
    }
    return new StoredCatalog(Math.max(this.seq, main.seq), { ...this.#records, tables, indexes }, usable)
  }

  #addRecord(name: string): void {
    const record = this.#records.tables.get(name)
    if (record === undefined) return
    const { table, adjacency } = record
    const pair = adjacency === undefined ? [] : adjacencyIndexes(table, adjacency)
    const own = this.#usable === undefined ? pair : pair.map(this.#usable)
    const defined = [...(this.#records.indexes.get(name) ?? noIndexes).values()]
    const indexes = [...own, ...defined.filter((index) => index.tableId === table.id)]
    const historySince = Math.max(table.historySince, this.#records.historyFloors.get(table.id) ?? 0)
    this.#add({ ...table, historySince, indexes })
  }

  #remove(name: string): void {
    const table = this.#byName.get(name)
    if (table === undefined) return
    this.#byName.delete(name)
    this.#byId.delete(table.id)
    for (const index of table.indexes) this.#indexes.delete(index.id)
  }

  #add(table: TableDefinition): void {
    this.#byName.set(table.name, table)
    this.#byId.set(table.id, table)
    for (const index of table.indexes) this.#indexes.set(index.id, index)
  }
}

/** Tables of then; rules of today; indexes of today that reach back to then. */
class PastCatalog implements Catalog {
  readonly seq: number
  readonly today: StoredCatalog
  readonly #indexesUntil: number
  readonly #then: StoredCatalog
  /** A definition is one object, as others keep things by it. */
  readonly #merged = new Map<TableDefinition, TableDefinition>()

  /** Shows the indexes that were defined by the commit `indexesUntil` at the latest. */
  constructor(indexesUntil: number, then: StoredCatalog, today: StoredCatalog) {
    this.seq = today.seq
    this.today = today
    this.#indexesUntil = indexesUntil
    this.#then = then
  }

  table(name: string): TableDefinition | undefined {
    return this.#merge(this.#then.table(name))
  }

  tableById(id: number): TableDefinition | undefined {
    return this.#merge(this.#then.tableById(id))
  }

  *tables(): Iterable<TableDefinition> {
    for (const table of this.#then.tables()) yield this.#merge(table) as TableDefinition
  }

  param(name: string): ParamDefinition | undefined {
    return this.#then.param(name)
  }

  params(): Iterable<ParamDefinition> {
    return this.#then.params()
  }

  #merge(then: TableDefinition | undefined): TableDefinition | undefined {
    if (then === undefined) return undefined
    let merged = this.#merged.get(then)
    if (merged === undefined) {
      const today = this.today.table(then.name)
      const isSame = today?.id === then.id
      const indexes = isSame ? today.indexes.filter((index) => index.sinceSeq <= this.#indexesUntil) : []
      const { permissions } = today ?? then
      const historySince = isSame ? today.historySince : this.today.historyFloor(then)
      merged = { ...then, permissions, historySince, indexes }
      this.#merged.set(then, merged)
    }
    return merged
  }
}

function isIndexKey(key: unknown): key is readonly [string, string] {
  return Array.isArray(key) && key.length === 2 && key.every((part) => typeof part === 'string')
}

function setOrDelete<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
