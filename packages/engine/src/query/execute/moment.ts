/**
 * Moments of a database that statements name: commits, instants, snapshots.
 */

import { typeOf, type Value } from '@dendrodb/protocol'
import { toInstant } from '../../ledger/valid-time.ts'
import type { CompiledExpression } from '../compile/compiled.ts'
import type { Compiler } from '../compile/compiler.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import type { Expression, MomentOf } from '../dql/ast.ts'
import type { AsOf, DatabaseHost, SnapshotHost } from '../host.ts'
import { describeValue } from '../operators/describe-value.ts'
import { queryErrors } from '../query-errors.ts'
import { requireAdmin } from './admin.ts'
import { type Task, wait } from './task.ts'

/** @throws QUERY_TYPE_EXPECTED */
export function momentOf(value: Value, clause: string): AsOf {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return { seq: value }
  const instant = toInstant(value)
  if (instant !== undefined) return { instant }
  throw queryErrors.TYPE_EXPECTED({
    clause,
    expected: 'the number of a commit, or a date or datetime, as text too',
    found: `${typeOf(value)} ${describeValue(value)}`,
  })
}

export type CompiledMoment = (row: Value, ctx: EvalContext) => Task<AsOf>

export function compileMoment(
  moment: MomentOf<Expression>,
  clause: string,
  compiler: Compiler,
): CompiledMoment {
  if (moment.type === 'snapshot') {
    return function* snapshotMoment(_row, ctx) {
      // Names of snapshots are for those who may list them.
      requireAdmin(ctx, 'SNAPSHOT')
      return { seq: (yield* wait(snapshotsOf(ctx.database).info(moment.name))).at }
    }
  }
  return compileTime(compiler.expression(moment.time), clause)
}

export function compileTime(time: CompiledExpression, clause: string): CompiledMoment {
  return function* timeMoment(row, ctx) {
    return momentOf(yield* wait(time.evaluate(row, ctx)), clause)
  }
}

/** @throws QUERY_NOT_SUPPORTED where the host has no snapshots */
export function snapshotsOf({ snapshots }: DatabaseHost): SnapshotHost {
  if (snapshots === undefined) throw queryErrors.NOT_SUPPORTED({ construct: 'SNAPSHOT' })
  return snapshots
}
