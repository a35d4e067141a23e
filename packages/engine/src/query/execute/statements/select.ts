/**
 * SELECT and COUNT.
 */

import type { Value } from '@dendrodb/protocol'
import type { CompiledExpression, CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { hasWrite } from '../../compile/walk.ts'
import type { CallExpression, CountStatement, SelectStatement } from '../../dql/ast.ts'
import { planSelect } from '../../plan/plan-select.ts'
import { collectOnly, collectRows, kept, onlyOf } from '../collect-rows.ts'
import { explainPrepared } from '../explain.ts'
import { PreparedPlan } from '../prepared-plan.ts'
import type { Task } from '../task.ts'
import { applyTimeout } from './timeout.ts'
import { compileTimes } from './times.ts'

export function compileSelect(select: SelectStatement, compiler: Compiler): CompiledStatement {
  const isWrite = hasWrite(select)
  const prepared = new PreparedPlan(planSelect(select), {
    compiler,
    hint: select.index,
    actions: ['select'],
    isBuffered: isWrite,
  })
  const times = compileTimes(select, compiler)
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
    run: times === undefined ? run : (row, ctx) => times(row, ctx, (at) => run(row, at)),
    explain:
      times === undefined
        ? explain
        : (row, ctx, analyze) => times(row, ctx, (at) => explain(row, at, analyze)),
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
