/**
 * A HAVING that asks for keys of the group alone is a condition on rows, which then need not be grouped
 * first.
 */

import { rewriteTree, someNode } from '../compile/walk.ts'
import type { Expression, ParamExpression } from '../dql/ast.ts'
import { slotPrefix } from '../plan/plan-group.ts'
import { type AggregateNode, mapPlan, type PlanNode } from '../plan/plan-node.ts'

export function pushDownHaving(plan: PlanNode): PlanNode {
  return mapPlan(plan, (node) => {
    if (node.kind !== 'filter' || node.clause !== 'having' || node.input.kind !== 'aggregate') return node
    const condition = onKeys(node.condition, node.input)
    if (condition === undefined) return node
    const input: PlanNode = { kind: 'filter', clause: 'where', input: node.input.input, condition }
    return { ...node.input, input }
  })
}

/** The condition in terms of rows; `undefined` when it asks for anything but keys. */
function onKeys(condition: Expression, { keys }: AggregateNode): Expression | undefined {
  const asksForMore = someNode(condition, (node) => {
    if (node.kind === 'param') {
      const { name } = node as ParamExpression
      return name === 'this' || (name.startsWith(slotPrefix) && Number(name.slice(1)) >= keys.length)
    }
    if (node.kind === 'idiom') return (node as { readonly start?: Expression }).start === undefined
    return node.kind === 'subquery' || node.kind === 'block'
  })
  const hasKey = someNode(condition, (node) => {
    return node.kind === 'param' && (node as ParamExpression).name.startsWith(slotPrefix)
  })
  if (asksForMore || !hasKey) return undefined
  return rewriteTree(condition, (node) => {
    const name = node.kind === 'param' ? (node as ParamExpression).name : ''
    return name.startsWith(slotPrefix) ? keys[Number(name.slice(1))] : undefined
  })
}
