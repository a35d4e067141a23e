/**
 * One record brought back to an earlier version: what the session may see of its history, and the write.
 * Invariant: whoever may not see a version can neither bring it back nor learn that it exists.
 */

import { RecordId, type ValueObject } from '@dendrodb/protocol'
import {
  type BringingBack,
  hasTable,
  newestStep,
  type RecordStep,
  recordUnknown,
  versionToWrite,
  versionUnknown,
} from '../../../models/history/earlier-version.ts'
import type { PutOptions, StoredRecord } from '../../../models/model.ts'
import { accessErrors } from '../../access-errors.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { maySee } from '../../provenance/visible-changes.ts'
import { done, type Task, wait } from '../task.ts'
import { type CompiledData, noData } from './document.ts'
import type { EdgeEnds } from './edge.ts'
import type { WrittenRecord } from './output.ts'
import { createNew, deleteRecord, refuseReserved, updateRecord, writableTx } from './record-writer.ts'

export interface BringBack extends BringingBack {
  /** Whether the record as it stands meets the condition of the statement. */
  readonly isWanted: (row: ValueObject, ctx: EvalContext) => Task<boolean>
}

/**
 * `undefined`: the record does not meet the condition.
 * @throws HISTORY_*, ACCESS_DENIED, and what a write of that record may
 */
export function* bringBackRecord(
  id: RecordId,
  asked: BringBack,
  ctx: EvalContext,
): Task<WrittenRecord | undefined> {
  const tx = writableTx(ctx, asked.kind.toUpperCase())
  refuseReserved(id.table, ctx)
  const step = (yield newestStep(tx, id)) as RecordStep | undefined
  if (step === undefined || !(yield* maySee(id.table, step.after ?? step.before, ctx))) {
    // Who may not see the record must not learn more than that.
    throw recordUnknown(id, !ctx.access.isUnrestricted || hasTable(tx, id))
  }
  if (!(yield* asked.isWanted(step.after?.value ?? { id }, ctx))) return undefined
  const version = (yield versionToWrite(tx, id, step, asked)) as StoredRecord | undefined
  if (version !== undefined && !(yield* maySee(id.table, version, ctx))) {
    const { then } = asked
    const when = then === undefined ? 'before its newest change' : `as of commit ${then.seq}`
    throw versionUnknown(id, when)
  }
  return yield* write(id, step.after?.value, version, ctx)
}

function* write(
  id: RecordId,
  before: ValueObject | undefined,
  version: StoredRecord | undefined,
  ctx: EvalContext,
): Task<WrittenRecord | undefined> {
  if (version === undefined) {
    if (before === undefined) return undefined
    return (yield* deleteRecord(id, before, ctx)) ?? denied('delete', id)
  }
  const { value, validFrom, validTo } = version
  const put: PutOptions = { validFrom, validTo }
  const change = { data: exactly(value), ctx, put }
  if (before !== undefined) return (yield* updateRecord(id, before, change)) ?? denied('update', id)
  const ends = yield* edgeEndsOf(version, ctx)
  return yield* createNew(id, { ...change, ...(ends && { ends }) })
}

/** The record is there to be seen, so that it can be said why it stays as it is. */
function denied(action: 'update' | 'delete', { table }: RecordId): never {
  throw accessErrors.DENIED({ action, table })
}

function exactly(record: ValueObject): CompiledData {
  return { ...noData, apply: () => done(record) }
}

/** Of a record whose table holds edges. */
function* edgeEndsOf({ id, value }: StoredRecord, ctx: EvalContext): Task<EdgeEnds | undefined> {
  const table = yield* wait(ctx.view.catalog.table(id.table))
  const { in: from, out: to } = value
  const isEdge = table?.kind.type === 'relation' && from instanceof RecordId && to instanceof RecordId
  return isEdge ? { in: from, out: to } : undefined
}
