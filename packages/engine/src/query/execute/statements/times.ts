/**
 * AS OF and VALID AS OF: the view that a read is run on.
 * Each replaces its own kind of time and leaves the other as the statement around it has it.
 */

import { type Datetime, typeOf, type Value } from '@dendrodb/protocol'
import { toInstant } from '../../../ledger/valid-time.ts'
import { instantOf, viewAt } from '../../../models/valid-time/valid-view.ts'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { Expression } from '../../dql/ast.ts'
import { describeValue } from '../../operators/describe-value.ts'
import { queryErrors } from '../../query-errors.ts'
import { momentOf } from '../moment.ts'
import { type Task, wait } from '../task.ts'

interface TimeClauses {
  readonly asOf?: Expression
  readonly validAsOf?: Expression
}

/** Runs a read as of the times it names. */
export type AtTimes = (row: Value, ctx: EvalContext, run: (ctx: EvalContext) => Task<Value>) => Task<Value>

/** `undefined`: the read names no time. */
export function compileTimes({ asOf, validAsOf }: TimeClauses, compiler: Compiler): AtTimes | undefined {
  const past = asOf && compiler.expression(asOf)
  const valid = validAsOf && compiler.expression(validAsOf)
  if (past === undefined && valid === undefined) return undefined
  return function* atTimes(row, ctx, run) {
    const instant = valid === undefined ? instantOf(ctx.view) : yield* validTime(valid, row, ctx)
    if (past === undefined) return yield* run(atInstant(ctx, instant))
    const time = momentOf(yield* wait(past.evaluate(row, ctx)), 'AS OF')
    const view = yield* wait(ctx.database.view(time))
    try {
      return yield* run(atInstant(ctx.with({ view, tx: undefined }), instant))
    } finally {
      view.close()
    }
  }
}

function atInstant(ctx: EvalContext, instant: Datetime | undefined): EvalContext {
  return instant === undefined ? ctx : ctx.with({ view: viewAt(ctx.view, instant), tx: undefined })
}

/** @throws QUERY_TYPE_EXPECTED */
function* validTime(expression: CompiledExpression, row: Value, ctx: EvalContext): Task<Datetime> {
  const value = yield* wait(expression.evaluate(row, ctx))
  const instant = toInstant(value)
  if (instant !== undefined) return instant
  throw queryErrors.TYPE_EXPECTED({
    clause: 'VALID AS OF',
    expected: 'a datetime, or a date or datetime as text',
    found: `${typeOf(value)} ${describeValue(value)}`,
  })
}
