/**
 * SELECT as a plan, clause by clause in the order in which they take effect: FROM, WHERE, SPLIT, GROUP BY,
 * HAVING, ORDER BY, START and LIMIT, the projection, OMIT, FETCH.
 * Rows are projected after they have been sorted and cut, unless a key of the order is computed by the
 * projection at some cost: then it comes first, so that nothing is computed twice and a random number stays
 * what it was.
 */

import { plainFields } from '../compile/compile-path.ts'
import { isVolatileOrHeavy } from '../compile/independence.ts'
import type {
  Expression,
  OrderKey,
  ProjectedField,
  Projection,
  ProjectionItem,
  SelectStatement,
} from '../dql/ast.ts'
import { queryErrors } from '../query-errors.ts'
import { resolveAliases } from './aliases.ts'
import { aliasesOf, fieldIdiom, outputPath } from './output-names.ts'
import { GroupRewriter } from './plan-group.ts'
import type { PlanNode, SortKey } from './plan-node.ts'
import { planTargets } from './plan-source.ts'

export function planSelect(select: SelectStatement): PlanNode {
  const source = planTrace(select, planTargets(select.from, select.where))
  return select.group === undefined ? planRows(select, source) : planGroups(select, source)
}

/** What is traced are the rows that WHERE leaves; all other clauses see what the trace gives. */
function planTrace({ trace }: SelectStatement, input: PlanNode): PlanNode {
  return trace === undefined ? input : { kind: 'trace', input, rows: 'commits', ...trace }
}

function planRows(select: SelectStatement, source: PlanNode): PlanNode {
  const { projection, having } = select
  const aliases = aliasesOf(projection)
  const { early, late } = planSplit(select, aliases)
  let node: PlanNode = early.length > 0 ? { kind: 'split', input: source, fields: early } : source
  if (having !== undefined) {
    node = { kind: 'filter', clause: 'where', input: node, condition: resolveAliases(having, aliases) }
  }
  if (late.length > 0) {
    node = { kind: 'split', input: { kind: 'project', input: node, projection }, fields: late }
    return planTail(select, limited(select, planOrder(select, node, outputKeys(select)), undefined))
  }
  const keys = sortKeys(select, aliases)
  const isProjectedFirst = keys?.some((key) => key.fromOutput) === true
  const sorted = planOrder(select, node, keys, isProjectedFirst ? projection : undefined)
  return planTail(select, limited(select, sorted, isProjectedFirst ? undefined : projection))
}

function planGroups(select: SelectStatement, source: PlanNode): PlanNode {
  const { projection, group, having } = select
  if (group === undefined) return source
  const aliases = aliasesOf(projection)
  const { early } = planSplit(select, aliases)
  const input: PlanNode = early.length > 0 ? { kind: 'split', input: source, fields: early } : source
  const keys = group.type === 'by' ? group.keys.map((key) => resolveAliases(key, aliases)) : []
  const rewriter = new GroupRewriter(keys)
  const grouped = { ...projection, items: projection.items.map((item) => rewriteItem(item, rewriter)) }
  const outputs = aliasesOf(grouped)
  const condition = having && rewriter.rewrite(resolveAliases(having, outputs))
  const order = orderKeysOf(select)?.map((key) => ({
    key: { ...key, expression: rewriter.rewrite(resolveAliases(key.expression, outputs)) },
    fromOutput: false,
  }))
  let node: PlanNode = { kind: 'aggregate', input, group, keys, aggregates: rewriter.aggregates }
  if (condition !== undefined) node = { kind: 'filter', clause: 'having', input: node, condition }
  return planTail(select, limited(select, planOrder(select, node, order), grouped))
}

/** Its name must not change with its expression. */
function rewriteItem(item: ProjectionItem, rewriter: GroupRewriter): ProjectionItem {
  if (item.kind === 'all') {
    throw queryErrors.TYPE_EXPECTED({ clause: 'GROUP', expected: 'keys, aggregates and fields', found: '*' })
  }
  return {
    ...item,
    expression: rewriter.rewriteOutput(item.expression),
    alias: fieldIdiom(outputPath(item)),
  } satisfies ProjectedField
}

interface SplitFields {
  /** Of the source's rows. */
  readonly early: readonly (readonly string[])[]
  /** Of what the projection computes. */
  readonly late: readonly (readonly string[])[]
}

function planSplit(select: SelectStatement, aliases: ReadonlyMap<string, Expression>): SplitFields {
  const early: (readonly string[])[] = []
  const late: (readonly string[])[] = []
  for (const idiom of select.split ?? []) {
    const fields = splitFields(idiom)
    const alias = aliases.get(fields[0] ?? '')
    const source = alias === undefined ? fields : plainFields(alias)
    if (source === undefined) late.push(fields)
    else early.push(alias === undefined ? fields : [...source, ...fields.slice(1)])
  }
  if (late.length > 0) return { early: [], late: (select.split ?? []).map(splitFields) }
  return { early, late }
}

function splitFields(idiom: Expression): readonly string[] {
  const fields = plainFields(idiom)
  if (fields === undefined) {
    throw queryErrors.TYPE_EXPECTED({ clause: 'SPLIT', expected: 'the path of a field', found: idiom.kind })
  }
  return fields
}

function orderKeysOf(select: SelectStatement): readonly OrderKey[] | undefined {
  return select.order?.type === 'by' ? select.order.keys : undefined
}

/** Keys that read the projected rows. */
function outputKeys(select: SelectStatement): readonly SortKey[] | undefined {
  return orderKeysOf(select)?.map((key) => ({ key, fromOutput: true }))
}

function sortKeys(
  select: SelectStatement,
  aliases: ReadonlyMap<string, Expression>,
): readonly SortKey[] | undefined {
  const keys = orderKeysOf(select)
  if (keys === undefined) return undefined
  const resolved = keys.map((key) => ({ ...key, expression: resolveAliases(key.expression, aliases) }))
  const isCostly = (key: OrderKey, i: number) => {
    return key.expression !== keys[i]?.expression && isVolatileOrHeavy(key.expression)
  }
  const hasCostly = !select.projection.value && resolved.some(isCostly)
  return resolved.map((key, i) => {
    const original = keys[i] as OrderKey
    const usesAlias = key.expression !== original.expression
    return hasCostly && usesAlias ? { key: original, fromOutput: true } : { key, fromOutput: false }
  })
}

function planOrder(
  select: SelectStatement,
  input: PlanNode,
  keys: readonly SortKey[] | undefined,
  project?: Projection,
): PlanNode {
  if (select.order === undefined) return input
  if (select.order.type === 'rand') return { kind: 'sort', input, keys: undefined }
  return { kind: 'sort', input, keys, ...(project && { project }) }
}

function limited(select: SelectStatement, input: PlanNode, projection: Projection | undefined): PlanNode {
  const { limit, skip } = select
  let node = input
  if (limit !== undefined || skip !== undefined) {
    node = { kind: 'limit', input, ...(limit && { limit }), ...(skip && { skip }) }
  }
  return projection === undefined ? node : { kind: 'project', input: node, projection }
}

function planTail(select: SelectStatement, input: PlanNode): PlanNode {
  let node = input
  if (select.fetch !== undefined) node = { kind: 'fetch', input: node, fields: select.fetch }
  if (select.omit !== undefined) node = { kind: 'omit', input: node, fields: select.omit }
  return node
}
