/**
 * `SELECT count() … GROUP ALL` without reading rows: from the table's counter, or from the entries of an
 * index that answers the whole condition.
 */

import { type AggregateNode, mapPlan, type PlanNode } from '../plan/plan-node.ts'
import { conjunctsOf, constraintsOf } from './constraints.ts'
import { matchIndex } from './index-match.ts'
import { type PlanContext, usableIndexes } from './plan-context.ts'

export function countShortcut(plan: PlanNode, context: PlanContext): PlanNode {
  return mapPlan(plan, (node) =>
    node.kind === 'aggregate' && countsRows(node) ? shortened(node, context) : node,
  )
}

function countsRows({ group, aggregates }: AggregateNode): boolean {
  const [only] = aggregates
  return group.type === 'all' && aggregates.length === 1 && only?.name === 'count' && only.args.length === 0
}

function shortened(node: AggregateNode, context: PlanContext): PlanNode {
  const { input } = node
  if (input.kind === 'scan_table') {
    const isWhole = input.range === undefined && input.bounds === undefined
    return isWhole ? { kind: 'count', table: input.table } : node
  }
  if (input.kind !== 'filter' || input.input.kind !== 'scan_index') return node
  const scan = input.input
  const index = usableIndexes(scan.table, context).find((each) => each.id === scan.indexId)
  const match = index && matchIndex(index, constraintsOf(input.condition, false))
  if (match === undefined || !conjunctsOf(input.condition).every((each) => match.answered.has(each)))
    return node
  return { ...node, input: { ...scan, countOnly: true, recheck: input.condition } }
}
