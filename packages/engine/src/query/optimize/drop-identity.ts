/**
 * `SELECT *` of rows as they are needs no projection: records are handed on uncopied.
 */

import { mapPlan, type PlanNode, seesGroups } from '../plan/plan-node.ts'

export function dropIdentity(plan: PlanNode): PlanNode {
  return mapPlan(plan, (node) => {
    if (node.kind !== 'project' || node.projection.value || seesGroups(node)) return node
    const [only] = node.projection.items
    return node.projection.items.length === 1 && only?.kind === 'all' ? node.input : node
  })
}
