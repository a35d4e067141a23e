/**
 * A target that is known only when it is evaluated. Links become the records behind them, lists their
 * elements, any other value is a row itself; `type::table(…)` is the table of that name.
 */

import { Range, RecordId, typeOf, type Value, ValueSet } from '@dendrodb/protocol'
import { isOutOfReach } from '../../compile/access-scope.ts'
import { commitNumber, expectId, historyCallName } from '../../compile/compile-record-call.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { Expression } from '../../dql/ast.ts'
import { isNullish } from '../../operators/truthiness.ts'
import type { PlanNode, ValuesNode } from '../../plan/plan-node.ts'
import { HistoryCursor } from '../../provenance/record-history.ts'
import { queryErrors } from '../../query-errors.ts'
import { type Cursor, DeferredCursor, LoadedCursor, type Operator, openOperator } from '../operator.ts'
import { type Task, wait } from '../task.ts'

/** Makes the operator for a source found at run time, with the session's rules in it. */
export type SourceBuilder = (source: PlanNode, ctx: EvalContext) => Operator

export function createValues(node: ValuesNode, compiler: Compiler, build: SourceBuilder): Operator {
  const { expression } = node
  const target = compiler.expression(expression)
  const isTable = isTableCall(expression)
  const history = compileHistorySource(expression, compiler)
  return {
    node,
    inputs: [],
    ...(target.isPoint && {
      rowsNow(ctx: EvalContext, outer: Value) {
        const value = ctx.view.reads === 'sync' ? target.evaluate(outer, ctx) : undefined
        if (!(value instanceof RecordId)) return undefined
        refuseReserved(value, ctx)
        const record = ctx.readRecord(value)
        if (record instanceof Promise) return undefined
        return record === undefined ? [] : [record]
      },
    }),
    open: (ctx, outer) => new DeferredCursor(() => openSource(ctx, outer)),
  }
  function* openSource(ctx: EvalContext, outer: Value): Task<Cursor> {
    if (history !== undefined) return yield* history(outer, ctx)
    const value = yield* wait(target.evaluate(outer, ctx))
    const source = sourceOf(value, isTable)
    if (source !== undefined) return openOperator(build(source, ctx), ctx, outer)
    return new LoadedCursor(() => rowsOf(value, node, ctx))
  }
}

export function isTableCall(expression: Expression): boolean {
  return expression.kind === 'call' && expression.name === 'type::table'
}

type HistorySource = (outer: Value, ctx: EvalContext) => Task<Cursor>

/** `record::history(…)` as a source gives all versions, a few at a time; as a value, the newest ones. */
function compileHistorySource(expression: Expression, compiler: Compiler): HistorySource | undefined {
  if (expression.kind !== 'call' || expression.name !== historyCallName) return undefined
  const [record, before] = expression.args.map((arg) => compiler.expression(arg))
  if (record === undefined) return undefined
  return function* openHistory(outer, ctx) {
    const id = expectId(yield* wait(record.evaluate(outer, ctx)), historyCallName)
    const end = before && (yield* wait(before.evaluate(outer, ctx)))
    return new HistoryCursor(id, end === undefined ? undefined : commitNumber(end, historyCallName), ctx)
  }
}

/** A table or a range of its ids. */
function sourceOf(value: Value, isTable: boolean): PlanNode | undefined {
  if (isTable && typeof value === 'string') return { kind: 'table', table: value }
  if (!(value instanceof Range)) return undefined
  const { begin, end } = value
  const bound = begin?.value ?? end?.value
  if (!(bound instanceof RecordId)) return undefined
  return { kind: 'scan_table', table: bound.table, between: value }
}

function* rowsOf(value: Value, { changedBy }: ValuesNode, ctx: EvalContext): Task<readonly Value[]> {
  const list = value instanceof ValueSet ? value.values : value
  if (changedBy !== undefined) refuseNothing(Array.isArray(list) ? list : [list], changedBy)
  if (!Array.isArray(list)) return yield* rowOf(value, ctx)
  const elements = list as readonly Value[]
  if (elements.every((element) => element instanceof RecordId)) {
    return yield* recordsOf(elements as readonly RecordId[], ctx)
  }
  const rows: Value[] = []
  for (const element of elements) rows.push(...(yield* rowOf(element, ctx)))
  return rows
}

function* recordsOf(ids: readonly RecordId[], ctx: EvalContext): Task<readonly Value[]> {
  for (const id of ids) refuseReserved(id, ctx)
  const records = yield* wait(ctx.readRecords(ids))
  return records.filter((record) => record !== undefined)
}

function* rowOf(value: Value, ctx: EvalContext): Task<readonly Value[]> {
  if (value === undefined || value === null) return []
  if (!(value instanceof RecordId)) return [value]
  refuseReserved(value, ctx)
  const record = yield* wait(ctx.readRecord(value))
  return record === undefined ? [] : [record]
}

/** @throws QUERY_TARGET_INVALID: a parameter that is not set is more likely misspelt than meant */
function refuseNothing(targets: readonly Value[], statement: string): void {
  for (const target of targets) {
    if (isNullish(target)) throw queryErrors.TARGET_INVALID({ statement, found: typeOf(target) })
  }
}

function refuseReserved(id: RecordId, ctx: EvalContext): void {
  if (isOutOfReach(id.table, ctx.access)) throw queryErrors.RESERVED_NAME({ name: id.table })
}
