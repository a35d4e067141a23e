/**
 * Definitions as a transaction sees and changes them.
 * Why: they are records like any other, written in the same commit as the data that needs them.
 */

import { must, type Value, type ValueObject } from '@dendrodb/protocol'
import type { Dropped } from '../ledger/write-request.ts'
import { chain, chainEach } from '../storage/chain.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { catalogErrors } from './catalog-errors.ts'
import { definedByOwnCommit, encodeIndex, encodeTable, type TableRecord } from './definition-codec.ts'
import type {
  IndexDefinition,
  NewIndex,
  TableChange,
  TableDefinition,
  TableKind,
  ValidTimeUse,
} from './definitions.ts'
import type { CatalogChange, StoredCatalog } from './stored-catalog.ts'
import { systemTables } from './system-tables.ts'

export interface DefinitionTxOptions {
  readonly nextNumber: () => number
  readonly write: (change: CatalogChange) => MaybePromise<void>
  readonly isEmpty: (table: TableDefinition) => MaybePromise<boolean>
}

export class DefinitionTx {
  readonly dropped: Dropped[] = []
  readonly #options: DefinitionTxOptions
  #catalog: StoredCatalog

  constructor(catalog: StoredCatalog, options: DefinitionTxOptions) {
    this.#catalog = catalog
    this.#options = options
  }

  get catalog(): StoredCatalog {
    return this.#catalog
  }

  ensureTable(name: string, kind: TableKind = { type: 'any' }): MaybePromise<TableDefinition> {
    const table = this.#catalog.table(name)
    if (table !== undefined && (kind.type !== 'relation' || table.kind.type !== 'any')) return table
    if (table === undefined) return this.#writeTable(name, { kind }, true)
    // Edges are being written to a table that was made without saying so: it becomes what it is used for.
    return chain(this.#options.isEmpty(table), (isEmpty) => {
      if (!isEmpty) throw catalogErrors.NOT_A_RELATION({ table: name })
      return this.#writeTable(name, { kind }, false)
    })
  }

  /**
   * @throws CATALOG_KIND_FIXED when records are there and the table would change between relation and not.
   */
  defineTable(name: string, change: TableChange): MaybePromise<TableDefinition> {
    return this.#writeTable(name, change, false)
  }

  removeTable(name: string): MaybePromise<boolean> {
    const table = this.#catalog.table(name)
    if (table === undefined) return false
    const { id, historySince } = table
    this.dropped.push({ kind: 'table', number: id, ...(historySince > 0 && { historySince }) })
    for (const index of table.indexes) this.dropped.push({ kind: 'index', number: index.id })
    const defined = table.indexes.filter((index) => !index.isAdjacency)
    const changes = defined.map((index) => this.#indexChange(index, undefined))
    return chain(this.#write([...changes, this.#tableChange(name, undefined)]), () => true)
  }

  /** An index of that name is replaced. */
  defineIndex(index: NewIndex): MaybePromise<IndexDefinition> {
    return chain(this.ensureTable(index.table), (table) =>
      chain(this.#options.isEmpty(table), (isEmpty) => this.#defineIndex(index, table, isEmpty)),
    )
  }

  removeIndex(tableName: string, name: string): MaybePromise<boolean> {
    const index = this.#catalog
      .table(tableName)
      ?.indexes.find((each) => each.name === name && !each.isAdjacency)
    if (index === undefined) return false
    this.dropped.push({ kind: 'index', number: index.id })
    return chain(this.#write([this.#indexChange(index, undefined)]), () => true)
  }

  /** Does nothing when the index has been replaced or removed meanwhile. */
  setIndexState(
    index: IndexDefinition,
    state: IndexDefinition['state'],
    failure?: string,
  ): MaybePromise<void> {
    const current = this.#catalog.tableById(index.tableId)?.indexes
    if (current?.some(({ id }) => id === index.id) !== true) return
    return this.#write([this.#indexChange(index, { ...index, state, failure })])
  }

  setParam(name: string, value: Value | undefined): MaybePromise<void> {
    const record = value === undefined ? undefined : { value }
    return this.#write([{ tableId: systemTables.param.id, key: name, value: record }])
  }

  /** Records of the table use valid time in a way they did not before. */
  noteValidTime(name: string, validTime: ValidTimeUse): MaybePromise<void> {
    const record = must(this.#catalog.tableRecord(name), 'a table with records')
    const noted = { ...record, table: { ...record.table, validTime } }
    return this.#write([this.#tableChange(name, encodeTable(noted))])
  }

  /** States of the table before the commit are to be forgotten. */
  forgetBefore(name: string, seq: number): MaybePromise<void> {
    const record = must(this.#catalog.tableRecord(name), 'a table with a history')
    const changed = { ...record, table: { ...record.table, historySince: seq } }
    return this.#write([this.#tableChange(name, encodeTable(changed))])
  }

  #defineIndex(index: NewIndex, table: TableDefinition, isEmpty: boolean): MaybePromise<IndexDefinition> {
    const old = table.indexes.find((each) => each.name === index.name)
    if (old !== undefined) this.dropped.push({ kind: 'index', number: old.id })
    const definition: IndexDefinition = {
      id: this.#options.nextNumber(),
      name: index.name,
      table: table.name,
      tableId: table.id,
      fields: index.fields,
      unique: index.unique,
      state: isEmpty ? 'ready' : 'building',
      failure: undefined,
      sinceSeq: definedByOwnCommit,
      isAdjacency: false,
      comment: index.comment,
    }
    return chain(this.#write([this.#indexChange(definition, definition)]), () => definition)
  }

  #writeTable(name: string, change: TableChange, implicit: boolean): MaybePromise<TableDefinition> {
    const old = this.#catalog.table(name)
    const kind = change.kind ?? old?.kind ?? { type: 'any' as const }
    const turns = old !== undefined && (kind.type === 'relation') !== (old.kind.type === 'relation')
    return chain(turns ? this.#options.isEmpty(old) : true, (mayTurn) => {
      if (!mayTurn) throw catalogErrors.KIND_FIXED({ table: name })
      const record = this.#changedTable(name, { ...change, kind }, implicit)
      const write = this.#write([this.#tableChange(name, encodeTable(record))])
      return chain(write, () => must(this.#catalog.table(name), 'the table just written'))
    })
  }

  #changedTable(name: string, change: TableChange & { kind: TableKind }, implicit: boolean): TableRecord {
    const { nextNumber } = this.#options
    const old = this.#catalog.tableRecord(name)
    const newAdjacency = () => ({ outward: nextNumber(), inward: nextNumber() })
    return {
      table: {
        id: old?.table.id ?? nextNumber(),
        name,
        kind: change.kind,
        schema: change.schema ?? old?.table.schema ?? 'schemaless',
        drop: change.drop ?? old?.table.drop ?? false,
        permissions: change.permissions ?? old?.table.permissions,
        comment: change.comment ?? old?.table.comment,
        implicit,
        validTime: old?.table.validTime ?? 'none',
        historyMicros:
          change.historyMicros === null ? undefined : (change.historyMicros ?? old?.table.historyMicros),
        historySince: old?.table.historySince ?? 0,
      },
      adjacency: change.kind.type === 'relation' ? (old?.adjacency ?? newAdjacency()) : undefined,
    }
  }

  #write(changes: readonly CatalogChange[]): MaybePromise<void> {
    this.#catalog = this.#catalog.with(definedByOwnCommit, changes)
    return chainEach(changes, (change) => this.#options.write(change))
  }

  #tableChange(name: string, value: ValueObject | undefined): CatalogChange {
    return { tableId: systemTables.table.id, key: name, value }
  }

  #indexChange(index: IndexDefinition, value: IndexDefinition | undefined): CatalogChange {
    const key = [index.table, index.name]
    return { tableId: systemTables.index.id, key, value: value && encodeIndex(value) }
  }
}
