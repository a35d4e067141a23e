/**
 * Definitions as a read at a valid time may use them.
 * Kept by the catalog they come from, so that plans, which are kept by the catalog object, are kept as well.
 */

import type { Catalog, ParamDefinition, TableDefinition } from '../../catalog/definitions.ts'

const validCatalogs = new WeakMap<Catalog, Catalog>()

/** Without the indexes that know the newest versions only, of tables where others may be asked for. */
export function catalogForValidTime(catalog: Catalog): Catalog {
  let valid = validCatalogs.get(catalog)
  if (valid === undefined) {
    const hasPeriods = [...catalog.tables()].some(({ validTime }) => validTime === 'periods')
    valid = hasPeriods ? new ValidCatalog(catalog) : catalog
    validCatalogs.set(catalog, valid)
  }
  return valid
}

class ValidCatalog implements Catalog {
  readonly seq: number
  readonly #base: Catalog
  /** A definition is one object, as others keep things by it. */
  readonly #withoutIndexes = new Map<TableDefinition, TableDefinition>()

  constructor(base: Catalog) {
    this.seq = base.seq
    this.#base = base
  }

  table(name: string): TableDefinition | undefined {
    return this.#valid(this.#base.table(name))
  }

  tableById(id: number): TableDefinition | undefined {
    return this.#valid(this.#base.tableById(id))
  }

  *tables(): Iterable<TableDefinition> {
    for (const table of this.#base.tables()) yield this.#valid(table) as TableDefinition
  }

  param(name: string): ParamDefinition | undefined {
    return this.#base.param(name)
  }

  params(): Iterable<ParamDefinition> {
    return this.#base.params()
  }

  #valid(table: TableDefinition | undefined): TableDefinition | undefined {
    if (table?.validTime !== 'periods') return table
    let valid = this.#withoutIndexes.get(table)
    if (valid === undefined) {
      valid = { ...table, indexes: [] }
      this.#withoutIndexes.set(table, valid)
    }
    return valid
  }
}
