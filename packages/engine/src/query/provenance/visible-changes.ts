/**
 * What a session may know of the records that a commit wrote: today's rules on each as the commit left it, or
 * as it was before the commit deleted it.
 */

import type { ValueObject } from '@dendrodb/protocol'
import type { CommitChange, StoredRecord } from '../../models/model.ts'
import { isOutOfReach } from '../compile/access-scope.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import { type Task, wait } from '../execute/task.ts'

export interface VisibleChanges {
  readonly visible: readonly CommitChange[]
  /** Records looked at, seen or not. */
  readonly read: number
}

/** Of the first `limit` records of the commit, those that the session may see. */
export function* visibleChanges(seq: number, limit: number, ctx: EvalContext): Task<VisibleChanges> {
  const changes = (yield ctx.view.commits.changes(seq, limit)) as readonly CommitChange[]
  ctx.run.walk(changes.length)
  const visible: CommitChange[] = []
  for (const change of changes) {
    yield* ctx.run.pause()
    if (yield* maySee(change.id.table, change.record ?? change.replaced, ctx)) visible.push(change)
  }
  return { visible, read: changes.length }
}

/** Whether today's rules let the session see a version of a record. */
export function maySee(table: string, version: StoredRecord | undefined, ctx: EvalContext): Task<boolean> {
  return maySeeRow(table, version?.value, ctx)
}

/** The same of its fields. */
export function* maySeeRow(table: string, row: ValueObject | undefined, ctx: EvalContext): Task<boolean> {
  if (isOutOfReach(table, ctx.access)) return false
  if (ctx.access.isUnrestricted) return true
  const guard = ctx.access.guard(ctx.view.catalog, table, 'select')
  if (guard.type !== 'where') return guard.type === 'allow'
  return row !== undefined && (yield* wait(guard.passes(row, ctx)))
}
