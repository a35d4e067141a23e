/**
 * The naive host's transaction: a view of its own changes, which become the next state.
 */

import { compareBytes, encodeExact, type RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import { catalogErrors } from '../../catalog/catalog-errors.ts'
import type { IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import { hasBounds, toInterval } from '../../ledger/valid-time.ts'
import { claimsKey } from '../../models/document/index-entries.ts'
import { takenError } from '../../models/document/unique-holder.ts'
import { withoutNone } from '../../models/document/without-none.ts'
import {
  absentSeq,
  type PutOptions,
  type StoredRecord,
  type WriteMeta,
  type WriteTx,
} from '../../models/model.ts'
import { indexedTuples } from '../execute/write/indexed-values.ts'
import type { MemoryCatalog } from './memory-catalog.ts'
import { keyTextOf, type MemoryState, type TableRecords } from './memory-state.ts'
import {
  type MemoryHostOptions,
  MemoryView,
  periodBefore,
  replaced,
  rowsInOrder,
  tupleText,
} from './memory-view.ts'

export class MemoryTx extends MemoryView implements WriteTx {
  readonly #base: MemoryState
  #catalog: MemoryCatalog
  readonly #tables: Map<number, TableRecords>
  readonly #written = new Map<string, RecordId>()
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

  put(id: RecordId, value: ValueObject, { keepsValidTime = false, ...given }: PutOptions = {}): void {
    const table = this.ensureTable(id.table)
    if (table.drop) return
    const before = this.#tables.get(table.id)?.get(keyTextOf(id))
    const kept = keepsValidTime ? { validFrom: before?.validFrom, validTo: before?.validTo } : {}
    const record = {
      id,
      idKey: encodeExact(id.key),
      seq: this.#base.seq + 1,
      n: 0,
      value: withoutNone({ ...value, id }),
      ...toInterval({ ...kept, ...given }),
      periodBefore: 0,
    }
    const inBase = this.#base.tables.get(table.id)?.get(keyTextOf(id))
    if (inBase !== undefined) replaced.set(record, inBase)
    record.periodBefore = periodBefore(record)?.seq ?? 0
    this.#noteValidTime(table, record)
    this.#checkUnique(table, record)
    this.#written.set(id.toString(), id)
    const records = new Map(this.#tables.get(table.id))
    records.set(keyTextOf(id), record)
    this.#tables.set(table.id, records)
    this.hasChanged = true
  }

  expectSeq(id: RecordId, seq: number): void {
    const found = (this.getRecord(id) as StoredRecord | undefined)?.seq ?? absentSeq
    if (found !== seq || found > this.#base.seq)
      throw ledgerErrors.PRECONDITION({ id: id.toString(), expected: seq, actual: found })
  }

  delete(id: RecordId): boolean {
    const table = this.#catalog.table(id.table)
    const records = new Map(table && this.#tables.get(table.id))
    if (table === undefined || !records.delete(keyTextOf(id))) return false
    this.#tables.set(table.id, records)
    this.#written.set(id.toString(), id)
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

  /** Indexes of this host are ready when they are defined. */
  async *buildIndex(): AsyncIterable<void> {}

  removeIndex(table: string, name: string): boolean {
    const known = this.#catalog.table(table)?.indexes.some((index) => index.name === name) === true
    if (known) this.#define(this.#catalog.withoutIndex(table, name), table)
    return known
  }

  setParam(name: string, value: Value): void {
    this.#catalog = this.#catalog.withParam(name, value)
    this.hasChanged = true
  }

  commit(time: bigint, meta: WriteMeta): MemoryState {
    const written = [...this.#written.values()]
    const [previous, seq] = [this.#base, this.#base.seq + 1]
    return { seq, previous, meta, written, time, catalog: this.#catalog, tables: this.#tables }
  }

  #define(catalog: MemoryCatalog, name: string): TableDefinition {
    this.#catalog = catalog
    this.hasChanged = true
    return catalog.table(name) as TableDefinition
  }

  #noteValidTime({ name, validTime }: TableDefinition, record: StoredRecord): void {
    if (record.periodBefore > 0 && validTime !== 'periods') {
      this.#catalog = this.#catalog.withValidTime(name, 'periods')
    } else if (validTime === 'none' && hasBounds(record)) {
      this.#catalog = this.#catalog.withValidTime(name, 'bounds')
    }
  }

  #checkUnique(table: TableDefinition, record: StoredRecord): void {
    for (const index of table.indexes) {
      if (!index.unique) continue
      for (const other of this.#tables.get(table.id)?.values() ?? []) {
        if (compareBytes(other.idKey, record.idKey) === 0) continue
        const theirs = claims(index, other.value).map(tupleText)
        const values = claims(index, record.value).find((tuple) => theirs.includes(tupleText(tuple)))
        if (values !== undefined) throw takenError({ id: other.id, index: index.name, values })
      }
    }
  }
}

function claims(index: IndexDefinition, record: ValueObject): readonly (readonly Value[])[] {
  return indexedTuples(index, record).filter(claimsKey)
}
