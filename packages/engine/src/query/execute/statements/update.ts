/**
 * UPDATE: changes records that exist, meet the condition, and may be seen and changed by the session.
 * The records are found first and changed then, so that a change cannot bring a record into its own search.
 */

import { RecordId, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import type { CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { isPlainObject, ownField } from '../../compile/read-field.ts'
import type { Expression, UpdateStatement } from '../../dql/ast.ts'
import { queryLimits } from '../../limits.ts'
import { planTargets } from '../../plan/plan-source.ts'
import { queryErrors } from '../../query-errors.ts'
import { explainPrepared } from '../explain.ts'
import { PreparedPlan } from '../prepared-plan.ts'
import { type Task, wait } from '../task.ts'
import { compileData } from '../write/document.ts'
import { updateRecord, writableTx } from '../write/record-writer.ts'
import { compileTarget } from '../write/targets.ts'
import { compileClauses, WriteResult } from './write-clauses.ts'

export function compileUpdate(update: UpdateStatement, compiler: Compiler): CompiledStatement {
  const prepared = new PreparedPlan(planTargets(update.targets, update.where, 'UPDATE'), {
    compiler,
    hint: update.index,
    actions: ['select', 'update'],
  })
  const data = compileData(update.data, compiler)
  const clauses = compileClauses(update, 'after', compiler)
  const isPoint = pointTargets(update.targets, update.where, compiler)
  const statement: CompiledStatement = {
    isWrite: true,
    isPoint: (scope) => data.isPoint && clauses.isPoint && isPoint(scope),
    ...(clauses.meta && { meta: clauses.meta }),
    *run(row, ctx) {
      const put = yield* clauses.begin(row, ctx)
      const result = new WriteResult(clauses, ctx)
      for (const id of yield* matchedIds(prepared, 'UPDATE', row, ctx)) {
        yield* ctx.run.pause()
        const before = yield* currentRecord(id, ctx)
        if (before === undefined) continue
        const written = yield* updateRecord(id, before, { data, ctx, ...(put && { put }) })
        if (written !== undefined) yield* result.add(written)
      }
      return result.value()
    },
    *explain(row, ctx, analyze) {
      if (analyze) yield* statement.run(row, ctx)
      const input = yield* explainPrepared(prepared.for(ctx), ctx)
      return { operator: 'update', inputs: [input] }
    },
  }
  return statement
}

/** Whether the statement names few records by id and its condition reads no others. */
export function pointTargets(
  targets: readonly Expression[],
  where: Expression | undefined,
  compiler: Compiler,
) {
  const compiled = targets.map((target) => compileTarget(target, 'UPDATE', compiler))
  const mayBe =
    targets.length <= queryLimits.pointTargetsMax &&
    targets.every(
      (target) => target.kind !== 'table' && !(target.kind === 'call' && target.name === 'type::table'),
    ) &&
    (where === undefined || compiler.expression(where).isPoint)
  return (scope: Parameters<(typeof compiled)[number]['isPoint']>[0]) =>
    mayBe && compiled.every((target) => target.isPoint(scope))
}

/** Memory of an id that waits for its turn. */
const idBytes = 96

/** Ids of the rows of a plan. @throws QUERY_TARGET_INVALID for a row that is no record */
export function* matchedIds(
  prepared: PreparedPlan,
  statement: string,
  row: Value,
  ctx: EvalContext,
): Task<readonly RecordId[]> {
  const cursor = prepared.open(ctx, row)
  const ids: RecordId[] = []
  try {
    for (;;) {
      const batch = yield* cursor.next()
      if (batch === undefined) return ids
      ctx.run.retain(batch.length * idBytes)
      for (const each of batch) ids.push(idOf(each, statement))
    }
  } finally {
    yield* cursor.close()
  }
}

function idOf(row: Value, statement: string): RecordId {
  const id = isPlainObject(row) ? ownField(row, 'id') : undefined
  if (id instanceof RecordId) return id
  throw queryErrors.TARGET_INVALID({ statement, found: typeOf(row) })
}

/** The record as it stands now: the statement itself may have changed it. */
export function* currentRecord(id: RecordId, ctx: EvalContext): Task<ValueObject | undefined> {
  return (yield* wait(writableTx(ctx, 'UPDATE').getRecord(id)))?.value
}
