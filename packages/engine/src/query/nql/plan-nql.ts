/**
 * A query of NQL as a plan: WHERE, SEARCH, and without GROUP BY then ORDER BY, TRAVERSE, TRACE, LIMIT; with
 * GROUP BY the groups are what is ordered and cut.
 * Rows get their metadata at the end, when they are fewest, unless something on the way looks at it.
 */

import type { Expression, OrderKey, ProjectedField } from '../dql/ast.ts'
import { fieldIdiom } from '../plan/output-names.ts'
import { GroupRewriter } from '../plan/plan-group.ts'
import type { PlanNode } from '../plan/plan-node.ts'
import { isMetadataField } from '../provenance/record-metadata.ts'
import { allOf, binary, call, conditionOf, idCondition, literal, when } from './conditions.ts'
import { nqlErrors } from './nql-errors.ts'
import type { FieldPath, NqlAggregate, NqlCondition, NqlGroup, NqlQuery } from './nql-query.ts'

const span = { start: 0, end: 0 }

export function planNql(query: NqlQuery): PlanNode {
  const { groupBy, orderBy } = query
  if (groupBy === undefined) {
    const source = planSource(query, orderBy && isMetadata(orderBy.field))
    const reached = planReached(query, { ...source, node: ordered(source.node, orderBy?.field, query) })
    return withMetadata({ ...reached, node: limited(query, reached.node) })
  }
  const reached = planReached(query, planSource(query, false))
  const fields = [groupBy.field, groupBy.aggregate?.field ?? []]
  const input = fields.some(isMetadata) ? withMetadata(reached) : reached.node
  const groups = planGroups(groupBy, input)
  return limited(query, ordered(groups, groupOrder(groupBy, orderBy?.field), query))
}

/** Rows, and whether they have their metadata already. */
interface Rows {
  readonly node: PlanNode
  readonly hasMetadata: boolean
}

function withMetadata({ node, hasMetadata }: Rows): PlanNode {
  return hasMetadata ? node : { kind: 'metadata', input: node }
}

/** The rows that WHERE and SEARCH leave; with their metadata if that is `wanted`, or WHERE looks at it. */
function planSource({ from, where = [], search }: NqlQuery, wanted = false): Rows {
  const [late, early] = partition(where.map(ofKey), (each) => isMetadata(each.field) && !isId(each))
  let node = filtered(
    { kind: 'table', table: from },
    early.map((each) => earlyCondition(from, each)),
  )
  if (search !== undefined) node = { kind: 'search', input: node, text: search }
  if (late.length === 0 && !wanted) return { node, hasMetadata: false }
  const known: PlanNode = { kind: 'metadata', input: node }
  return { node: filtered(known, late.map(conditionOf)), hasMetadata: true }
}

/** The order of ids within a table is that of their keys. */
function ofKey(condition: NqlCondition): NqlCondition {
  return isNamed(condition, 'id') && !isId(condition) ? { ...condition, field: ['_id'] } : condition
}

function earlyCondition(table: string, condition: NqlCondition): Expression {
  return isId(condition) ? idCondition(table, condition) : conditionOf(condition)
}

function isId(condition: NqlCondition): boolean {
  const isEquality = condition.operator === '=' || condition.operator === '!='
  return isEquality && (isNamed(condition, 'id') || isNamed(condition, '_id'))
}

function isNamed({ field }: NqlCondition, name: string): boolean {
  return field.length === 1 && field[0] === name
}

function isMetadata([name = '']: FieldPath): boolean {
  return isMetadataField(name)
}

function filtered(input: PlanNode, conditions: readonly Expression[]): PlanNode {
  const condition = allOf(conditions)
  return condition === undefined ? input : { kind: 'filter', clause: 'where', input, condition }
}

/** What TRAVERSE and TRACE make of the rows. */
function planReached({ traverse, trace }: NqlQuery, rows: Rows): Rows {
  const reached: Rows =
    traverse === undefined
      ? rows
      : { node: { kind: 'traverse', input: rows.node, relation: traverse }, hasMetadata: false }
  if (trace === undefined) return reached
  const { direction, depth } = trace
  const steps = depth === undefined ? {} : { depth: literal(depth) }
  const node: PlanNode = { kind: 'trace', input: reached.node, direction, rows: 'records', ...steps }
  return { node, hasMetadata: true }
}

function ordered(input: PlanNode, field: FieldPath | undefined, { orderBy }: NqlQuery): PlanNode {
  if (field === undefined) return input
  const descending = orderBy?.descending ?? false
  const key: OrderKey = { expression: fieldIdiom(field), descending, collate: false, numeric: false, span }
  return { kind: 'sort', input, keys: [{ key, fromOutput: false }] }
}

function limited({ limit }: NqlQuery, input: PlanNode): PlanNode {
  return limit === undefined ? input : { kind: 'limit', input, limit: literal(limit) }
}

function planGroups(groupBy: NqlGroup, input: PlanNode): PlanNode {
  const { key, columns } = columnsOf(groupBy)
  const rewriter = new GroupRewriter([key])
  const items = columns.map(([name, expression]): ProjectedField => {
    return { kind: 'field', span, expression: rewriter.rewrite(expression), alias: fieldIdiom([name]) }
  })
  const group = { type: 'by', keys: [key] } as const
  const { aggregates } = rewriter
  return {
    kind: 'project',
    input: { kind: 'aggregate', input, group, keys: [key], aggregates },
    projection: { value: false, items },
  }
}

interface GroupColumns {
  readonly key: Expression
  /**
   * The key, the number of rows and what is asked for besides; names have dots in them instead of objects.
   */
  readonly columns: readonly (readonly [name: string, expression: Expression])[]
}

function columnsOf({ field, aggregate }: NqlGroup): GroupColumns {
  // An absent field is null.
  const key = binary(fieldIdiom(field), '??', literal(null))
  const columns: [string, Expression][] = [
    [field.join('.'), key],
    ['count', call('count')],
  ]
  if (aggregate !== undefined) {
    const { name, field: of } = aggregate
    columns.push([`${name.toLowerCase()}_${of.join('.')}`, aggregateOf(name, of)])
  }
  return { key, columns }
}

/** @throws NQL_QUERY_INVALID for what is no column of the groups */
function groupOrder(group: NqlGroup, field: FieldPath = group.field): FieldPath {
  const name = field.join('.')
  const names = columnsOf(group).columns.map(([each]) => each)
  if (names.includes(name)) return [name]
  const reason = `names ${name}, which the groups do not have; their columns are ${names.join(', ')}`
  throw nqlErrors.QUERY_INVALID({ part: 'ORDER BY', reason })
}

/** Of the numbers among the values; of none the sum is 0, everything else null. */
function aggregateOf(name: NqlAggregate, field: FieldPath): Expression {
  const isNumber = call('type::is_number', fieldIdiom(field))
  const numbers = when(isNumber, fieldIdiom(field), literal(undefined))
  if (name === 'SUM') return call('math::sum', numbers)
  const result = call(name === 'AVG' ? 'math::mean' : `math::${name.toLowerCase()}`, numbers)
  return when(binary(call('count', isNumber), '>', literal(0)), result, literal(null))
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}
