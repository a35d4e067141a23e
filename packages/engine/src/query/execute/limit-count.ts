/**
 * The numbers of LIMIT, START and DEPTH.
 */

import { typeOf, type Value } from '@dendrodb/protocol'
import type { CompiledExpression } from '../compile/compiled.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import { describeValue } from '../operators/describe-value.ts'
import { wholeNumber } from '../operators/value-text.ts'
import { queryErrors } from '../query-errors.ts'
import { type Task, wait } from './task.ts'

/** @throws QUERY_TYPE_EXPECTED for anything but an int of at least 0 */
export function* countOf(
  expression: CompiledExpression,
  clause: 'LIMIT' | 'START' | 'DEPTH',
  ctx: EvalContext,
  outer: Value,
): Task<number> {
  const value = yield* wait(expression.evaluate(outer, ctx))
  const count = wholeNumber(value)
  if (count === undefined || count < 0) {
    const found = `${typeOf(value)} ${describeValue(value)}`
    throw queryErrors.TYPE_EXPECTED({ clause, expected: 'an int of at least 0', found })
  }
  return Number(count)
}
