/**
 * A sort of which only the first rows are wanted keeps only those while it reads.
 */

import { mapPlan, type PlanNode } from '../plan/plan-node.ts'

export function topRows(plan: PlanNode): PlanNode {
  return mapPlan(plan, (node) => {
    if (node.kind !== 'limit' || node.limit === undefined) return node
    const { input: sort, limit, skip } = node
    if (sort.kind !== 'sort' || sort.keys === undefined) return node
    const { input, keys, project } = sort
    return { kind: 'top_rows', input, keys, limit, ...(skip && { skip }), ...(project && { project }) }
  })
}
