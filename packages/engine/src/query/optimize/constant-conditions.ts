/**
 * Conditions that are known before any row is read: true ones are dropped, false ones leave nothing to read.
 */

import type { Expression } from '../dql/ast.ts'
import { isTruthy } from '../operators/truthiness.ts'
import { mapPlan, type PlanNode } from '../plan/plan-node.ts'

export function constantConditions(plan: PlanNode): PlanNode {
  return mapPlan(plan, (node) => {
    if (node.kind !== 'filter' || node.clause !== 'where') return node
    const known = knownTruth(node.condition)
    if (known === undefined) return node
    return known ? node.input : { kind: 'nothing', reason: 'the condition is never true' }
  })
}

function knownTruth(condition: Expression): boolean | undefined {
  if (condition.kind === 'literal') return isTruthy(condition.value)
  if (condition.kind !== 'binary') return undefined
  const left = knownTruth(condition.left)
  const right = knownTruth(condition.right)
  switch (condition.operator) {
    case '&&':
      // An error on the other side must still be met, unless the left side comes first and is false.
      return left === false ? false : left === true ? right : undefined
    case '||':
      return left === true ? true : left === false ? right : undefined
    default:
      return undefined
  }
}
