/**
 * ORDER BY with LIMIT: rows in the order of an index, or of the ids, as far as the limit needs them, instead
 * of all rows sorted.
 * Only for fields of the record itself: what a path through a link leads to is not what the index holds.
 * Ties are put in the order of the ids, as a sort of the table's rows leaves them.
 */

import type { IndexDefinition } from '../../catalog/definitions.ts'
import { plainFields } from '../compile/compile-path.ts'
import type { OrderKey } from '../dql/ast.ts'
import {
  mapInput,
  mapPlan,
  type PlanNode,
  type ScanIndexNode,
  type ScanTableNode,
  type SortKey,
  type SortNode,
  type SourceNode,
} from '../plan/plan-node.ts'
import { ruleConstraints } from './choose-access-path.ts'
import { type Constraint, constraintsOf } from './constraints.ts'
import { costModel } from './cost-model.ts'
import { type IndexMatch, matchIndex } from './index-match.ts'
import { type PlanContext, usableIndexes } from './plan-context.ts'

export function orderFromIndex(plan: PlanNode, context: PlanContext): PlanNode {
  return mapPlan(plan, (node) => {
    if (node.kind !== 'limit' || node.limit === undefined || node.input.kind !== 'sort') return node
    const ordered = sortedInput(node.input, context)
    return ordered === undefined ? node : { ...node, input: ordered }
  })
}

/** The input of the sort in its order already. */
function sortedInput(sort: SortNode, context: PlanContext): PlanNode | undefined {
  const keys = sort.keys?.every((each) => !each.fromOutput) === true ? sort.keys : undefined
  if (keys === undefined || sort.project !== undefined) return undefined
  const chain = chainAbove(sort.input, context)
  if (chain === undefined) return undefined
  const source = orderById(keys, chain.source) ?? orderByIndex(keys, chain, context)
  return source && replaceSource(sort.input, source)
}

interface Chain {
  readonly source: ScanTableNode | ScanIndexNode
  readonly constraints: readonly Constraint[]
  readonly conditions: number
}

/** Conditions over one source of a single table; nothing else. */
function chainAbove(node: PlanNode, context: PlanContext): Chain | undefined {
  const constraints: Constraint[] = []
  let conditions = 0
  let below = node
  while (below.kind === 'filter' || below.kind === 'permission') {
    const found =
      below.kind === 'filter' ? constraintsOf(below.condition, false) : ruleConstraints(below, context)
    constraints.push(...found)
    conditions += 1
    below = below.input
  }
  if (below.kind !== 'scan_table' && below.kind !== 'scan_index') return undefined
  return { source: below, constraints, conditions }
}

/** A table's rows are in the order of their ids as they are. */
function orderById(keys: readonly SortKey[], source: SourceNode): SourceNode | undefined {
  const [first] = keys
  if (first === undefined || !isField(first.key, 'id')) return undefined
  if (source.kind === 'scan_table') return first.key.descending ? { ...source, reverse: true } : source
  return first.key.descending ? undefined : source
}

function orderByIndex(
  keys: readonly SortKey[],
  { source, constraints, conditions }: Chain,
  context: PlanContext,
): SourceNode | undefined {
  if (source.kind === 'scan_table' && (source.range !== undefined || source.bounds !== undefined)) {
    return undefined
  }
  const { table } = source
  const current = source.kind === 'scan_index' ? source.fraction * costModel.pointReadCost : 1
  let best: { readonly node: SourceNode; readonly cost: number } | undefined
  for (const index of usableIndexes(table, context)) {
    const match = matchIndex(index, constraints)
    const order = orderOf(keys, index, match)
    if (order === undefined) continue
    const isFiltered = conditions > (match?.answered.size ?? 0)
    const share = isFiltered ? costModel.orderedFilteredFraction : costModel.orderedFraction
    const fraction = Math.min(share, match?.fraction ?? 1)
    const cost = fraction * costModel.pointReadCost
    if (cost >= current || (best !== undefined && cost >= best.cost)) continue
    const lookups = [match?.lookup ?? { equals: [] }]
    const { name, id, unique } = index
    const base = { kind: 'scan_index', table, index: name, indexId: id, unique } as const
    best = { node: { ...base, lookups, order, fraction }, cost }
  }
  return best?.node
}

/** How the entries of the index, or of the part of it that is looked at, are in the order of the keys. */
function orderOf(keys: readonly SortKey[], index: IndexDefinition, match: IndexMatch | undefined) {
  const equals = match?.lookup.equals ?? []
  const isPlain = equals.every((value) => value.take === 'one' && value.alsoNone !== true)
  if (!isPlain || match?.lookup.boundsAlsoNone === true) return undefined
  const rest = index.fields.slice(equals.length)
  const orderKeys = keys.map(({ key }) => key)
  const reverse = orderKeys[0]?.descending ?? false
  const fits = orderKeys.every((key, i) => {
    const path = rest[i]
    const isStep = path !== undefined && path.length === 1 && typeof path[0] === 'string'
    return isStep && key.descending === reverse && isField(key, path[0] as string)
  })
  if (!fits) return undefined
  return { reverse, keys: orderKeys, isTotal: !reverse && orderKeys.length === rest.length }
}

function isField(key: OrderKey, field: string): boolean {
  const fields = plainFields(key.expression)
  return !key.collate && !key.numeric && fields?.length === 1 && fields[0] === field
}

function replaceSource(node: PlanNode, source: SourceNode): PlanNode {
  return 'input' in node ? mapInput(node, (input) => replaceSource(input, source)) : source
}
