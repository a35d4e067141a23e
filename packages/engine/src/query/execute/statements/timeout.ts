/**
 * TIMEOUT of a statement.
 */

import { Duration, typeOf, type Value } from '@dendrodb/protocol'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryErrors } from '../../query-errors.ts'
import { type Task, wait } from '../task.ts'

export function* applyTimeout(timeout: CompiledExpression, row: Value, ctx: EvalContext): Task<void> {
  const value = yield* wait(timeout.evaluate(row, ctx))
  ctx.run.shortenTimeout(millisOf(value, 'TIMEOUT'))
  ctx.run.check()
}

/** @throws QUERY_TYPE_EXPECTED */
export function millisOf(value: Value, clause: string): number {
  if (!(value instanceof Duration)) {
    throw queryErrors.TYPE_EXPECTED({ clause, expected: 'a duration', found: typeOf(value) })
  }
  return value.seconds * 1_000 + value.nanos / 1_000_000
}
