/**
 * Definitions of the memory host: immutable, a new object with every change.
 */

import type { Value } from '@dendrodb/protocol'
import type {
  Catalog,
  IndexDefinition,
  NewIndex,
  ParamDefinition,
  TableChange,
  TableDefinition,
  ValidTimeUse,
} from '../../catalog/definitions.ts'

export class MemoryCatalog implements Catalog {
  static readonly empty = new MemoryCatalog(new Map(), new Map(), 16)

  readonly #tables: ReadonlyMap<string, TableDefinition>
  readonly #params: ReadonlyMap<string, ParamDefinition>
  readonly seq: number

  private constructor(
    tables: ReadonlyMap<string, TableDefinition>,
    params: ReadonlyMap<string, ParamDefinition>,
    seq: number,
  ) {
    this.#tables = tables
    this.#params = params
    this.seq = seq
  }

  table(name: string): TableDefinition | undefined {
    return this.#tables.get(name)
  }

  tableById(id: number): TableDefinition | undefined {
    return [...this.#tables.values()].find((table) => table.id === id)
  }

  tables(): Iterable<TableDefinition> {
    return [...this.#tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  param(name: string): ParamDefinition | undefined {
    return this.#params.get(name)
  }

  params(): Iterable<ParamDefinition> {
    return this.#params.values()
  }

  withTable(name: string, change: TableChange, implicit: boolean): MemoryCatalog {
    const old = this.#tables.get(name)
    const table: TableDefinition = {
      id: old?.id ?? this.seq,
      name,
      kind: change.kind ?? old?.kind ?? { type: 'any' },
      schema: change.schema ?? old?.schema ?? 'schemaless',
      drop: change.drop ?? old?.drop ?? false,
      permissions: change.permissions ?? old?.permissions,
      comment: change.comment ?? old?.comment,
      implicit,
      validTime: old?.validTime ?? 'none',
      historyMicros: change.historyMicros === null ? undefined : (change.historyMicros ?? old?.historyMicros),
      historySince: 0,
      indexes: old?.indexes ?? [],
    }
    return this.#with(name, table)
  }

  withValidTime(name: string, validTime: ValidTimeUse): MemoryCatalog {
    return this.#with(name, { ...(this.#tables.get(name) as TableDefinition), validTime })
  }

  withoutTable(name: string): MemoryCatalog {
    const tables = new Map(this.#tables)
    tables.delete(name)
    return new MemoryCatalog(tables, this.#params, this.seq + 1)
  }

  withIndex({ name, table: tableName, fields, unique, comment }: NewIndex, sinceSeq: number): MemoryCatalog {
    const table = this.#tables.get(tableName) as TableDefinition
    const index: IndexDefinition = {
      id: this.seq,
      name,
      table: tableName,
      tableId: table.id,
      fields,
      unique,
      state: 'ready',
      failure: undefined,
      sinceSeq,
      isAdjacency: false,
      comment,
    }
    const others = table.indexes.filter((each) => each.name !== name)
    return this.#with(tableName, { ...table, indexes: [...others, index] })
  }

  withoutIndex(tableName: string, name: string): MemoryCatalog {
    const table = this.#tables.get(tableName) as TableDefinition
    return this.#with(tableName, { ...table, indexes: table.indexes.filter((each) => each.name !== name) })
  }

  withParam(name: string, value: Value): MemoryCatalog {
    const params = new Map(this.#params)
    if (value === undefined) params.delete(name)
    else params.set(name, { name, value })
    return new MemoryCatalog(this.#tables, params, this.seq + 1)
  }

  /** Tables of then with the rules and indexes of today, as a read of the past has them. */
  withRulesOf(today: MemoryCatalog): MemoryCatalog {
    const tables = new Map(
      [...this.#tables].map(([name, table]) => {
        const now = today.table(name)
        const { permissions } = now ?? table
        const indexes = now?.id === table.id ? now.indexes : []
        return [name, { ...table, permissions, indexes }] as const
      }),
    )
    return new MemoryCatalog(tables, this.#params, today.seq)
  }

  #with(name: string, table: TableDefinition): MemoryCatalog {
    return new MemoryCatalog(new Map(this.#tables).set(name, table), this.#params, this.seq + 1)
  }
}
