/**
 * A query of NQL as a statement, run like those of DQL.
 */

import type { Value } from '@dendrodb/protocol'
import type { CompiledStatement } from '../compile/compiled.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import { collectRows } from '../execute/collect-rows.ts'
import { createStatementCompiler } from '../execute/compile-statement.ts'
import { explainPrepared } from '../execute/explain.ts'
import { PreparedPlan } from '../execute/prepared-plan.ts'
import { explained } from '../execute/statements/explain.ts'
import { compileTimes } from '../execute/statements/times.ts'
import type { Task } from '../execute/task.ts'
import { literal } from './conditions.ts'
import type { NqlQuery } from './nql-query.ts'
import { planNql } from './plan-nql.ts'

export function compileNql(query: NqlQuery): CompiledStatement {
  const compiler = createStatementCompiler()
  const prepared = new PreparedPlan(planNql(query), { compiler, hint: undefined, actions: ['select'] })
  const { asOf, validAsOf, explain } = query
  const times = compileTimes(
    {
      ...(asOf !== undefined && { asOf: literal(asOf) }),
      ...(validAsOf && { validAsOf: literal(validAsOf) }),
    },
    compiler,
  )
  const atTimes: NonNullable<typeof times> = times ?? ((_, ctx, run) => run(ctx))
  const run = (row: Value, ctx: EvalContext) => collectRows(prepared.open(ctx, row), ctx)
  function* explainRun(row: Value, ctx: EvalContext, analyze: boolean): Task<Value> {
    if (analyze) yield* run(row, ctx)
    return yield* explainPrepared(prepared.for(ctx), ctx)
  }
  const statement: CompiledStatement = {
    isWrite: false,
    run: (row, ctx) => atTimes(row, ctx, (at) => run(row, at)),
    explain: (row, ctx, analyze) => atTimes(row, ctx, (at) => explainRun(row, at, analyze)),
  }
  return explain === undefined ? statement : explained(statement, 'nql', explain === 'analyze')
}
