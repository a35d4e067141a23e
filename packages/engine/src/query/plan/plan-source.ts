/**
 * The targets of a statement as sources of rows, each under the statement's condition.
 * The condition is put above every single target, so that each finds its own way to its rows.
 */

import type { Expression } from '../dql/ast.ts'
import type { PlanNode } from './plan-node.ts'

/** `changedBy`: the statement, where it changes its targets. */
export function planTargets(
  targets: readonly Expression[],
  where: Expression | undefined,
  changedBy?: string,
): PlanNode {
  const inputs = targets.map((target) => filtered(planTarget(target, changedBy), where))
  const [only] = inputs
  return only !== undefined && inputs.length === 1 ? only : { kind: 'union', inputs }
}

function planTarget(target: Expression, changedBy: string | undefined): PlanNode {
  switch (target.kind) {
    case 'table':
      return { kind: 'table', table: target.name }
    case 'record_id':
      return target.key.kind === 'key_range'
        ? { kind: 'scan_table', table: target.table, range: target }
        : { kind: 'get_records', table: target.table, ids: [{ expression: target, take: 'one' }] }
    default:
      return { kind: 'values', expression: target, ...(changedBy !== undefined && { changedBy }) }
  }
}

function filtered(input: PlanNode, condition: Expression | undefined): PlanNode {
  return condition === undefined ? input : { kind: 'filter', clause: 'where', input, condition }
}
