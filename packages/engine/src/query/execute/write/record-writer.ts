/**
 * Creating, changing and deleting one record: ids, ends of edges, owners, permissions, the write itself.
 * Why one place: all statements that write end here, so that no way to write leaves out a rule.
 */

import { RecordId, setField, type Value, type ValueObject } from '@dendrodb/protocol'
import type { TableDefinition } from '../../../catalog/definitions.ts'
import { holderIn, namedViolation } from '../../../models/document/unique-holder.ts'
import { withoutNone } from '../../../models/document/without-none.ts'
import type { PutOptions, WriteTx } from '../../../models/model.ts'
import { accessErrors } from '../../access-errors.ts'
import { type Action, isOutOfReach } from '../../compile/access-scope.ts'
import { recordIdOf } from '../../compile/compile-collections.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { exactEqual } from '../../operators/comparison.ts'
import { describeValue } from '../../operators/describe-value.ts'
import { queryErrors } from '../../query-errors.ts'
import { shown } from '../shown.ts'
import { type Task, wait } from '../task.ts'
import type { CompiledData } from './document.ts'
import { checkEdge, type EdgeEnds } from './edge.ts'
import { documentOf, type WrittenRecord } from './output.ts'

/** A change that says nothing of valid time is one of what holds, not of when. */
const sameValidTime: PutOptions = { keepsValidTime: true }

export interface RecordChange {
  readonly data: CompiledData
  readonly ctx: EvalContext
  readonly put?: PutOptions
  /** Set for edges that RELATE and INSERT RELATION write. */
  readonly ends?: EdgeEnds
  /** `$input`. */
  readonly input?: Value
}

/** @throws QUERY_NESTED_WRITE where there is no transaction */
export function writableTx(ctx: EvalContext, statement: string): WriteTx {
  if (ctx.tx === undefined) {
    const place = 'a read of the past, a permission rule, or a closure called by a statement that reads'
    throw queryErrors.NESTED_WRITE({ statement, place })
  }
  return ctx.tx
}

/** @throws QUERY_RECORD_EXISTS, ACCESS_DENIED and what the rules of the table say */
export function* createRecord(id: RecordId, change: RecordChange): Task<WrittenRecord> {
  const tx = writableTx(change.ctx, 'CREATE')
  if ((yield* wait(tx.getRecord(id))) !== undefined) throw queryErrors.RECORD_EXISTS({ id: id.toString() })
  return yield* createNew(id, change)
}

/** As `createRecord`, for an id that is known to be free. */
export function* createNew(id: RecordId, change: RecordChange): Task<WrittenRecord> {
  try {
    return yield* createAbsent(id, change)
  } catch (error) {
    throw yield* named(error, change.ctx)
  }
}

/** Names the record that a unique index holds the values for, where the session may see it. */
function* named(error: unknown, ctx: EvalContext): Task<unknown> {
  const holder = holderIn(error)
  if (holder === undefined || (yield* wait(ctx.readRecord(holder.id))) === undefined) return error
  return namedViolation(holder)
}

/** As `createRecord`, for an id that is known to be free; a refusal by a unique index names no record. */
export function* createAbsent(id: RecordId, change: RecordChange): Task<WrittenRecord> {
  const { ctx, data, ends, input } = change
  const tx = writableTx(ctx, 'CREATE')
  refuseReserved(id.table, ctx)
  const base: ValueObject = ends === undefined ? { id } : { id, in: ends.in, out: ends.out }
  const inner = ctx.with({ document: { before: undefined, after: undefined, value: base, input } })
  const record = withOwner(storable(yield* data.apply(base, inner), ctx), id.table, ctx)
  checkSameId(id, record.id)
  const after = record.id === id ? record : { ...record, id }
  const table = yield* tableFor(id.table, ends !== undefined, ctx)
  yield* checkEdge(table, after, ends, ctx)
  yield* demand('create', undefined, after, ctx)
  yield* wait(tx.put(id, after, change.put))
  ctx.run.writes += 1
  return { before: undefined, after, input }
}

/** `undefined`: the session may not change the record as it stands, so for it there is none. */
export function* updateRecord(
  id: RecordId,
  before: ValueObject,
  change: RecordChange,
): Task<WrittenRecord | undefined> {
  const { ctx, data, input } = change
  const tx = writableTx(ctx, 'UPDATE')
  refuseReserved(id.table, ctx)
  if (!(yield* mayChange('update', before, id.table, ctx))) return undefined
  const inner = ctx.with({ document: { before, after: undefined, value: before, input } })
  const changed = storable(yield* data.apply(before, inner), ctx)
  checkSameId(id, changed.id)
  const after = exactEqual(changed.id, id) ? changed : { ...changed, id }
  const table = ctx.view.catalog.table(id.table)
  if (table?.kind.type === 'relation') checkFixedEnds(id, before, after)
  yield* demand('update', before, after, ctx)
  try {
    yield* wait(tx.put(id, after, change.put ?? sameValidTime))
  } catch (error) {
    throw yield* named(error, ctx)
  }
  ctx.run.writes += 1
  return { before, after, input }
}

export function* deleteRecord(
  id: RecordId,
  before: ValueObject,
  ctx: EvalContext,
): Task<WrittenRecord | undefined> {
  const tx = writableTx(ctx, 'DELETE')
  refuseReserved(id.table, ctx)
  if (!(yield* mayChange('delete', before, id.table, ctx))) return undefined
  yield* wait(tx.delete(id))
  ctx.run.writes += 1
  return { before, after: undefined }
}

/** @throws QUERY_TYPE_EXPECTED for a record with a closure in it */
function storable(record: ValueObject, ctx: EvalContext): ValueObject {
  return withoutNone(shown(record, ctx.request, 'a record') as ValueObject)
}

/** The id of a new record: the one the data names, or a generated one. */
export function* newIdOf(table: string, data: CompiledData, ctx: EvalContext): Task<RecordId> {
  const named = yield* data.newId(ctx)
  return named === undefined ? RecordId.generate(table) : idIn(table, named)
}

/** @throws QUERY_ID_MISMATCH for a record id of another table */
export function idIn(table: string, value: Value): RecordId {
  if (!(value instanceof RecordId)) return recordIdOf(table, value)
  if (value.table !== table)
    throw queryErrors.ID_MISMATCH({ id: `a record of ${table}`, found: value.toString() })
  return value
}

function checkSameId(id: RecordId, found: Value): void {
  const isSame =
    found === undefined || (found instanceof RecordId ? found.equals(id) : exactEqual(found, id.key))
  if (!isSame) throw queryErrors.ID_MISMATCH({ id: id.toString(), found: describeValue(found) })
}

function checkFixedEnds(id: RecordId, before: ValueObject, after: ValueObject): void {
  for (const end of ['in', 'out'] as const) {
    if (!exactEqual(before[end], after[end])) throw queryErrors.EDGE_FIXED({ id: id.toString() })
  }
}

/** The table, made where there is none. @throws QUERY_NOT_EDGE_TABLE, QUERY_EDGE_TABLE */
function* tableFor(name: string, isEdge: boolean, ctx: EvalContext): Task<TableDefinition> {
  const tx = writableTx(ctx, 'CREATE')
  if (!isEdge) {
    const table = ctx.view.catalog.table(name) ?? (yield* wait(tx.ensureTable(name)))
    if (table.kind.type === 'relation') throw queryErrors.NOT_EDGE_TABLE({ table: name })
    return table
  }
  const table = yield* wait(tx.ensureTable(name, { type: 'relation', from: [], to: [], enforced: false }))
  if (table.kind.type !== 'relation') throw queryErrors.EDGE_TABLE({ table: name })
  return table
}

/** A signed-in user's records in an undeclared table are the user's own. */
function withOwner(record: ValueObject, table: string, ctx: EvalContext): ValueObject {
  const { auth } = ctx.request.session
  const isDefault = ctx.access.kind === 'user' && ctx.view.catalog.table(table)?.permissions === undefined
  if (!isDefault || auth === undefined || record.owner !== undefined) return record
  const owned: Record<string, Value> = { ...record }
  setField(owned, 'owner', auth.id)
  return owned
}

/** Whether the rule of the action holds for the record as it stands. */
function* mayChange(action: Action, row: ValueObject, table: string, ctx: EvalContext): Task<boolean> {
  if (ctx.access.isUnrestricted) return true
  const guard = ctx.access.guard(ctx.view.catalog, table, action)
  if (guard.type !== 'where') return guard.type === 'allow'
  const inner = ctx.with({ document: { before: row, after: undefined, value: row } })
  return yield* wait(guard.passes(row, inner))
}

/** @throws ACCESS_DENIED unless the rule holds for the record as it would be */
function* demand(
  action: Action,
  before: ValueObject | undefined,
  after: ValueObject,
  ctx: EvalContext,
): Task<void> {
  if (ctx.access.isUnrestricted) return
  const table = (after.id as RecordId).table
  const guard = ctx.access.guard(ctx.view.catalog, table, action)
  if (guard.type === 'allow') return
  const inner = ctx.with({ document: documentOf({ before, after }) })
  const passes = guard.type === 'where' && (yield* wait(guard.passes(after, inner)))
  if (!passes) throw accessErrors.DENIED({ action, table })
}

/** @throws QUERY_RESERVED_NAME */
export function refuseReserved(table: string, ctx: EvalContext): void {
  if (isOutOfReach(table, ctx.access)) throw queryErrors.RESERVED_NAME({ name: table })
}
