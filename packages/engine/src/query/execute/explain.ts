/**
 * Plans as values: a tree of operators with what they do, what they are expected to read, and after EXPLAIN
 * ANALYZE what they have read. Permission predicates are shown with the rule they come from.
 */

import type { Value } from '@dendrodb/protocol'
import type { EvalContext } from '../compile/eval-context.ts'
import type { Expression } from '../dql/ast.ts'
import { formatExpression } from '../dql/format-ast.ts'
import type { BoundExpression, IndexLookup, LookupValue, PlanNode, SortKey } from '../plan/plan-node.ts'
import type { Prepared } from './prepared-plan.ts'
import { type Task, wait } from './task.ts'

export function* explainPrepared({ plan }: Prepared, ctx: EvalContext): Task<Value> {
  return yield* explainNode(plan, ctx, false)
}

/** `isHidden`: below a rule, where figures would tell of rows the session may not see. */
function* explainNode(node: PlanNode, ctx: EvalContext, isHidden: boolean): Task<Value> {
  const inputs: Value[] = []
  const hidesInputs = isHidden || node.kind === 'permission'
  for (const input of inputsOf(node)) inputs.push(yield* explainNode(input, ctx, hidesInputs))
  const figures = ctx.run.profile?.find(node)
  const estimate = isHidden ? undefined : yield* estimateOf(node, ctx)
  return withoutNone({
    operator: node.kind,
    ...detailsOf(node, ctx),
    estimated_rows: estimate,
    ...(ctx.run.profile !== undefined &&
      !isHidden && {
        rows: figures?.rows ?? 0,
        time_ms: Math.round((figures?.timeMs ?? 0) * 1000) / 1000,
      }),
    inputs: inputs.length > 0 ? inputs : undefined,
  })
}

function inputsOf(node: PlanNode): readonly PlanNode[] {
  if (node.kind === 'union') return node.inputs
  return 'input' in node ? [node.input] : []
}

function detailsOf(node: PlanNode, ctx: EvalContext): Record<string, Value> {
  switch (node.kind) {
    case 'table':
    case 'count':
      return { table: node.table }
    case 'scan_table':
      return {
        table: node.table,
        range: node.range && formatExpression(node.range),
        lower: boundText('>', node.bounds?.lower),
        upper: boundText('<', node.bounds?.upper),
        reverse: node.reverse === true ? true : undefined,
      }
    case 'scan_index':
      return {
        table: node.table,
        index: node.index,
        unique: node.unique ? true : undefined,
        lookups: node.lookups.map(lookupText),
        order: node.order && (node.order.reverse ? 'DESC' : 'ASC'),
        count_only: node.countOnly,
      }
    case 'get_records':
      return { table: node.table, ids: node.ids.map(valueText) }
    case 'values':
      return { target: formatExpression(node.expression) }
    case 'union':
    case 'metadata':
      return {}
    case 'nothing':
      return { reason: node.reason }
    case 'permission': {
      const guard = ctx.access.guard(ctx.view.catalog, node.table, node.action)
      const rule = guard.type === 'where' ? { predicate: guard.rule, rule: guard.origin } : {}
      return { table: node.table, action: node.action, ...rule }
    }
    case 'filter':
      return { condition: formatExpression(node.condition) }
    case 'split':
      return { fields: node.fields.map((path) => path.join('.')) }
    case 'aggregate':
      return {
        keys: texts(node.keys),
        aggregates: node.aggregates.map(({ name, args }) => `${name}(${texts(args).join(', ')})`),
      }
    case 'sort':
      return { keys: node.keys?.map(keyText) ?? ['RAND()'], projected: node.project && true }
    case 'top_rows':
      return { keys: node.keys.map(keyText), limit: formatExpression(node.limit), start: textOf(node.skip) }
    case 'limit':
      return { limit: textOf(node.limit), start: textOf(node.skip) }
    case 'project':
      return {
        fields: node.projection.items.map((item) => (item.kind === 'all' ? '*' : textOf(item.expression))),
      }
    case 'trace':
      return { direction: node.direction, depth: textOf(node.depth), rows: node.rows }
    case 'search':
      return { text: node.text }
    case 'traverse':
      return { relation: node.relation }
    case 'omit':
    case 'fetch':
      return { fields: texts(node.fields) }
    default:
      return node satisfies never
  }
}

/** Rows a source is expected to give. */
function* estimateOf(node: PlanNode, ctx: EvalContext): Task<Value> {
  const share = shareOf(node)
  if (typeof share !== 'object') return share
  const table = ctx.view.catalog.table(share.table)
  if (table === undefined) return 0
  const count = yield* wait(ctx.view.countTable(table))
  return Math.ceil(count * share.fraction)
}

function shareOf(node: PlanNode): number | undefined | { readonly table: string; readonly fraction: number } {
  switch (node.kind) {
    case 'scan_table':
      return node.range !== undefined || node.bounds !== undefined
        ? undefined
        : { table: node.table, fraction: 1 }
    case 'scan_index':
      return { table: node.table, fraction: node.fraction }
    case 'get_records':
      return node.ids.every((id) => id.take === 'one') ? node.ids.length : undefined
    case 'count':
      return 1
    case 'nothing':
      return 0
    default:
      return undefined
  }
}

function lookupText({ equals, lower, upper }: IndexLookup): string {
  const parts = [...equals.map(valueText), boundText('>', lower), boundText('<', upper)]
  return parts.filter((part) => part !== undefined).join(', ')
}

function valueText({ expression, take, alsoNone }: LookupValue): string {
  const text = formatExpression(expression)
  const taken = take === 'one' ? `= ${text}` : take === 'each' ? `IN ${text}` : `one of ${text}`
  return alsoNone === true ? `${taken} or NONE` : taken
}

function boundText(sign: '<' | '>', bound: BoundExpression | undefined): string | undefined {
  return bound && `${sign}${bound.inclusive ? '=' : ''} ${formatExpression(bound.expression)}`
}

function keyText({ key }: SortKey): string {
  return `${formatExpression(key.expression)}${key.descending ? ' DESC' : ''}`
}

function texts(expressions: readonly Expression[]): readonly string[] {
  return expressions.map(formatExpression)
}

function textOf(expression: Expression | undefined): string | undefined {
  return expression && formatExpression(expression)
}

function withoutNone(object: Record<string, Value>): Value {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
