/**
 * SELECT and COUNT.
 */

import { Datetime, typeOf, type Value } from '@dendrodb/protocol'
import type { CompiledExpression, CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { hasWrite } from '../../compile/walk.ts'
import type { CallExpression, CountStatement, SelectStatement } from '../../dql/ast.ts'
import type { AsOf } from '../../host.ts'
import { describeValue } from '../../operators/describe-value.ts'
import { planSelect } from '../../plan/plan-select.ts'
import { queryErrors } from '../../query-errors.ts'
import { collectOnly, collectRows, kept, onlyOf } from '../collect-rows.ts'
import { explainPrepared } from '../explain.ts'
import { PreparedPlan } from '../prepared-plan.ts'
import { type Task, wait } from '../task.ts'
import { applyTimeout } from './timeout.ts'

export function compileSelect(select: SelectStatement, compiler: Compiler): CompiledStatement {
  const isWrite = hasWrite(select)
  const prepared = new PreparedPlan(planSelect(select), {
    compiler,
    hint: select.index,
    actions: ['select'],
    isBuffered: isWrite,
  })
  const asOf = select.asOf && compiler.expression(select.asOf)
  const timeout = select.timeout && compiler.expression(select.timeout)
  function* run(row: Value, ctx: EvalContext): Task<Value> {
    const rows = prepared.rowsNow(ctx, row)
    if (rows !== undefined) return select.only ? onlyOf(rows) : kept(rows, ctx)
    const cursor = prepared.open(ctx, row)
    return select.only ? yield* collectOnly(cursor) : yield* collectRows(cursor, ctx)
  }
  function* explain(row: Value, ctx: EvalContext, analyze: boolean): Task<Value> {
    if (analyze) yield* run(row, ctx)
    return yield* explainPrepared(prepared.for(ctx), ctx)
  }
  const statement: CompiledStatement = {
    isWrite,
    run: asOf === undefined ? run : (row, ctx) => atTime(asOf, row, ctx, (at) => run(row, at)),
    explain:
      asOf === undefined
        ? explain
        : (row, ctx, analyze) => atTime(asOf, row, ctx, (at) => explain(row, at, analyze)),
  }
  return timeout === undefined ? statement : withTimeout(statement, timeout)
}

function withTimeout(statement: CompiledStatement, timeout: CompiledExpression): CompiledStatement {
  return {
    ...statement,
    *run(row, ctx) {
      yield* applyTimeout(timeout, row, ctx)
      return yield* statement.run(row, ctx)
    },
  }
}

/** `COUNT t WHERE … ` is the number itself; with GROUP BY a row per group. */
export function compileCount(count: CountStatement, compiler: Compiler): CompiledStatement {
  const { span, target, where, group, asOf, validAsOf } = count
  const call: CallExpression = { kind: 'call', span, name: 'count', args: [] }
  const keys = group ?? []
  const items = [...keys, call].map((expression) => ({ kind: 'field', span, expression }) as const)
  return compileSelect(
    {
      kind: 'select',
      span,
      projection: { value: group === undefined, items },
      only: group === undefined,
      from: [target],
      group: group === undefined ? { type: 'all' } : { type: 'by', keys },
      parallel: false,
      tempfiles: false,
      ...(where && { where }),
      ...(asOf && { asOf }),
      ...(validAsOf && { validAsOf }),
    },
    compiler,
  )
}

/** Runs on a view of the past. */
function* atTime(
  asOf: CompiledExpression,
  row: Value,
  ctx: EvalContext,
  run: (ctx: EvalContext) => Task<Value>,
): Task<Value> {
  const time = asOfTime(yield* wait(asOf.evaluate(row, ctx)))
  const view = yield* wait(ctx.database.view(time))
  try {
    return yield* run(ctx.with({ view, tx: undefined }))
  } finally {
    view.close()
  }
}

/** @throws QUERY_TYPE_EXPECTED */
function asOfTime(value: Value): AsOf {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return { seq: value }
  if (value instanceof Datetime) return { instant: value }
  throw queryErrors.TYPE_EXPECTED({
    clause: 'AS OF',
    expected: 'the number of a commit or a datetime',
    found: `${typeOf(value)} ${describeValue(value)}`,
  })
}
