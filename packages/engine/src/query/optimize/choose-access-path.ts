/**
 * Chooses how to get at a table's rows under the conditions above it: by id, by a range of ids, by an index,
 * or by reading them all.
 * Conditions stay where they are and are checked on every row, so that whatever way is taken gives the same
 * rows, in the same order: that of the ids.
 */

import type { IndexDefinition } from '../../catalog/definitions.ts'
import type { PermissionNode, PlanNode, SourceNode } from '../plan/plan-node.ts'
import { mapInput } from '../plan/plan-node.ts'
import { type Constraint, constraintsOf } from './constraints.ts'
import { costModel, listFraction } from './cost-model.ts'
import { matchIndex } from './index-match.ts'
import { type PlanContext, usableIndexes } from './plan-context.ts'

export function chooseAccessPaths(plan: PlanNode, context: PlanContext): PlanNode {
  return choose(plan, [], context)
}

/** `constraints`: what conditions between here and above say, with nothing in between that changes rows. */
function choose(node: PlanNode, constraints: readonly Constraint[], context: PlanContext): PlanNode {
  switch (node.kind) {
    case 'filter': {
      const found = node.clause === 'where' ? constraintsOf(node.condition, false) : []
      return mapInput(node, (input) => choose(input, [...constraints, ...found], context))
    }
    case 'permission': {
      const found = ruleConstraints(node, context)
      return mapInput(node, (input) => choose(input, [...constraints, ...found], context))
    }
    case 'table':
      return bestPath(node.table, constraints, context)
    default:
      return mapInput(node, (input) => choose(input, [], context))
  }
}

export function ruleConstraints(
  { table, action }: PermissionNode,
  { catalog, access }: PlanContext,
): readonly Constraint[] {
  const guard = access.guard(catalog, table, action)
  return guard.type === 'where' ? constraintsOf(guard.condition, true) : []
}

interface Candidate {
  readonly node: SourceNode
  readonly cost: number
}

function bestPath(table: string, constraints: readonly Constraint[], context: PlanContext): SourceNode {
  const scan: Candidate = { node: { kind: 'scan_table', table }, cost: 1 }
  const candidates = [
    scan,
    ...(context.hint?.type === 'noindex' ? [] : idCandidates(table, constraints)),
    ...usableIndexes(table, context).flatMap((index) => indexCandidates(index, constraints)),
  ]
  return candidates.reduce((best, each) => (each.cost < best.cost ? each : best)).node
}

function idCandidates(table: string, constraints: readonly Constraint[]): readonly Candidate[] {
  const onId = constraints.filter(({ path }) => path.length === 1 && path[0] === 'id')
  const candidates: Candidate[] = []
  const equal = onId.find((each) => each.kind === 'equal')
  if (equal !== undefined) {
    const { expression, take, isRule } = equal
    const items = expression.kind === 'array' ? expression.items.length : costModel.listLength
    const fraction = costModel.pointFraction * (take === 'one' ? 1 : items)
    const ids = [{ expression, take, ...(isRule && { isRule }) }]
    candidates.push({ node: { kind: 'get_records', table, ids, isLookup: true }, cost: fraction })
  }
  const lower = onId.find((each) => each.kind === 'lower')
  const upper = onId.find((each) => each.kind === 'upper')
  if (lower !== undefined || upper !== undefined) {
    const bounds = { ...(lower && { lower }), ...(upper && { upper }) }
    const isBetween = lower !== undefined && upper !== undefined
    const cost = isBetween ? costModel.betweenFraction : costModel.sideFraction
    candidates.push({ node: { kind: 'scan_table', table, bounds }, cost })
  }
  return candidates
}

function indexCandidates(index: IndexDefinition, constraints: readonly Constraint[]): readonly Candidate[] {
  const match = matchIndex(index, constraints)
  if (match === undefined) return []
  const fraction = Math.min(match.fraction, listFraction(1 / costModel.equalFraction))
  const node: SourceNode = {
    kind: 'scan_index',
    table: index.table,
    index: index.name,
    indexId: index.id,
    unique: index.unique,
    lookups: [match.lookup],
    fraction,
  }
  // Of two indexes that promise the same, the one with fewer fields beside those asked for is denser.
  const spare = index.fields.length - match.lookup.equals.length
  return [{ node, cost: fraction * costModel.pointReadCost + spare * 1e-9 }]
}
