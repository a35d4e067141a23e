/**
 * Two states of the database compared: records added, removed and changed, in the order of tables and ids.
 * Cost: proportional to what was written since the states parted, whatever the size of the database.
 */

import {
  decodeExact,
  encodeExact,
  RecordId,
  type RecordKey,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import { reservedPrefix } from '../../catalog/system-tables.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { storedFields } from '../document/record-codec.ts'
import { checkHistoryKept } from '../forgetting/history-kept.ts'
import type { ReadView, StoredRecord } from '../model.ts'
import type { BranchOf, State } from './branch-state.ts'
import { type FieldChange, fieldChanges, isSameValue } from './field-changes.ts'
import { diffBatchRecords } from './limits.ts'
import { type Pause, pausingReader } from './pausing-reader.ts'
import { commonAncestor, compareTouched, mergeTouched, type Place, touchedSince } from './touched-records.ts'

export interface RecordDiff {
  readonly id: RecordId
  readonly change: 'added' | 'removed' | 'changed'
  /** The record in the older state, with its id. */
  readonly before?: ValueObject
  /** In the newer one. */
  readonly after?: ValueObject
  /** Of a changed record. */
  readonly fields?: readonly FieldChange[]
}

/** A state with a view of it. */
export interface ViewedState {
  readonly state: State
  readonly view: ReadView
}

export interface DiffOptions {
  /** Sees the whole database, both states included. */
  readonly reader: KvReader
  readonly branchOf: BranchOf
  readonly from: ViewedState
  readonly to: ViewedState
  /** Names; default: all. */
  readonly tables?: readonly string[] | undefined
  /** Only records that come behind it. */
  readonly after?: RecordId | undefined
  readonly pause?: Pause | undefined
}

export async function* diffStates(options: DiffOptions): AsyncGenerator<readonly RecordDiff[]> {
  const { reader, from, to, pause } = options
  const paused = pause === undefined ? options : { ...options, reader: pausingReader(reader, pause) }
  for await (const ids of candidates(paused)) {
    await pause?.()
    const before = await from.view.getRecords(ids)
    const after = await to.view.getRecords(ids)
    const changes = ids.map((id, at) => compareRecords(id, before[at], after[at]))
    const found = changes.filter((change) => change !== undefined)
    if (found.length > 0) yield found
  }
}

/** `undefined`: the same. */
function compareRecords(
  id: RecordId,
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
): RecordDiff | undefined {
  if (before === undefined) return after && { id, change: 'added', after: after.value }
  if (after === undefined) return { id, change: 'removed', before: before.value }
  const fields = [
    ...fieldChanges(storedFields(before.value), storedFields(after.value)),
    ...validTimeChanges(before, after),
  ]
  if (fields.length === 0) return undefined
  return { id, change: 'changed', before: before.value, after: after.value, fields }
}

/** Bounds of valid time are no fields; they are named as the clauses that set them. */
function validTimeChanges(before: StoredRecord, after: StoredRecord): FieldChange[] {
  const bounds: [string, Value, Value][] = [
    ['VALID FROM', before.validFrom, after.validFrom],
    ['VALID TO', before.validTo, after.validTo],
  ]
  return bounds
    .filter(([, old, now]) => !isSameValue(old, now))
    .map(([field, old, now]) => ({ field, old, new: now }))
}

/** Ids of records that may differ, in batches. @throws FORGET_HISTORY_GONE */
export async function* candidates(options: DiffOptions): AsyncGenerator<readonly RecordId[]> {
  const { reader, branchOf, from, to, tables, after } = options
  const isWanted = (name: string) =>
    !name.startsWith(reservedPrefix) && (tables === undefined || tables.includes(name))
  for (const { state, view } of [from, to]) {
    for (const table of view.catalog.tables()) if (isWanted(table.name)) checkHistoryKept(table, state.seq)
  }
  const replaced = replacedTables(from.view, to.view)
  if (after === undefined || !replaced.has(after.table)) {
    const ancestor = commonAncestor(branchOf, from.state, to.state)
    const touched = mergeTouched([
      touchedSince(reader, branchOf, ancestor, from.state),
      touchedSince(reader, branchOf, ancestor, to.state),
    ])
    const start = after && placeOf(after, from.view, to.view)
    let batch: RecordId[] = []
    for await (const each of touched) {
      if (start !== undefined && compareTouched(each, start) <= 0) continue
      const table = tableOf(each, from.view, to.view)
      if (table === undefined || !isWanted(table.name) || replaced.has(table.name)) continue
      batch.push(idOf(table, each))
      if (batch.length < diffBatchRecords) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  }
  for (const name of [...replaced].sort()) {
    const isPassed = after !== undefined && replaced.has(after.table) && name < after.table
    if (!isWanted(name) || isPassed) continue
    yield* allIds(name, { from: from.view, to: to.view, after: after?.table === name ? after : undefined })
  }
}

/** `undefined`: neither state has the table, so that everything comes behind it. */
function placeOf(after: RecordId, ...views: readonly ReadView[]): Place | undefined {
  for (const { catalog } of views) {
    const table = catalog.table(after.table)
    if (table !== undefined) return { tableId: table.id, idKey: encodeExact(after.key) }
  }
  return undefined
}

function tableOf({ tableId }: Place, ...views: readonly ReadView[]): TableDefinition | undefined {
  for (const { catalog } of views) {
    const table = catalog.tableById(tableId)
    if (table !== undefined) return table
  }
  return undefined
}

export function idOf(table: TableDefinition, { idKey }: Place): RecordId {
  return new RecordId(table.name, decodeExact(idKey, 0).value as RecordKey)
}

/**
 * Tables of one state that the other does not have, or has another one of: they are gone through whole, as
 * removing a table says nothing of each record.
 */
function replacedTables(from: ReadView, to: ReadView): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [view, other] of [
    [from, to],
    [to, from],
  ] as const) {
    for (const { name, id } of view.catalog.tables())
      if (other.catalog.table(name)?.id !== id) names.add(name)
  }
  return names
}

interface WholeTable {
  readonly from: ReadView
  readonly to: ReadView
  readonly after: RecordId | undefined
}

/** Ids of the table's records in both states; those of the second that the first has are left out. */
async function* allIds(name: string, { from, to, after }: WholeTable): AsyncGenerator<readonly RecordId[]> {
  const [first, second] = [from.catalog.table(name), to.catalog.table(name)]
  const lower = after && { lower: { key: after.key, inclusive: false } }
  const isInSecond = after !== undefined && (await from.getRecord(after)) === undefined
  if (first !== undefined && !isInSecond) {
    for await (const rows of from.scanTable(first, lower)) yield rows.map(({ id }) => id)
  }
  if (second === undefined) return
  for await (const rows of to.scanTable(second, isInSecond ? lower : undefined)) {
    const ids = rows.map(({ id }) => id)
    const known = await from.getRecords(ids)
    yield ids.filter((_, at) => known[at] === undefined)
  }
}
