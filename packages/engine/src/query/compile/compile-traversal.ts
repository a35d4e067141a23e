/**
 * Walking along edges: `->knows->person` and its like.
 * A hop goes from a node to its edges, or from an edge to its end. Two hops of one direction, node to edge to
 * node, are walked as one where nothing is asked of the edges in between: the store names the far end, so no
 * edge is read.
 * Records the session may not see are left out, edges and nodes alike. Every node of a path counts once per
 * way it was reached, as in SurrealQL.
 */

import { RecordId, type Value } from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import type { EdgeRef } from '../../models/model.ts'
import type { GraphPart, GraphTarget, SelectStatement } from '../dql/ast.ts'
import { runTask, type Task, wait } from '../execute/task.ts'
import { isTruthy } from '../operators/truthiness.ts'
import { compileRecordId } from './compile-collections.ts'
import type { CompiledExpression, CompiledStatement } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import type { EvalContext } from './eval-context.ts'
import { parentOf } from './group-row.ts'
import type { PathStep } from './path-step.ts'
import { elementsOf, isPlainObject, ownField } from './read-field.ts'

interface Hop {
  readonly direction: GraphPart['direction']
  /** `undefined`: any table. */
  readonly targets: readonly HopTarget[] | undefined
  readonly where: CompiledExpression | undefined
  /** Set when the hop has clauses of SELECT; it then holds the condition too. */
  readonly select: CompiledStatement | undefined
}

interface HopTarget {
  readonly table: string
  /** A record id or a range of them. */
  readonly ids: CompiledExpression | undefined
}

/** Parameter under which a hop with clauses hands its records to its SELECT. No text can name it. */
const reachedParam = '->'

export function compileTraversal(parts: readonly GraphPart[], compiler: Compiler): PathStep {
  const hops = parts.map((part) => compileHop(part, compiler))
  return { isPoint: false, apply: (value, row, ctx) => runTask(walk(hops, value, row, ctx)) }
}

function compileHop(part: GraphPart, compiler: Compiler): Hop {
  const { fields, split, group, order, limit, skip } = part
  const hasClauses = [fields, split, group, order, limit, skip].some((clause) => clause !== undefined)
  return {
    direction: part.direction,
    targets: part.targets?.map((target) => compileTarget(target, compiler)),
    where: part.where === undefined || hasClauses ? undefined : compiler.expression(part.where),
    select: hasClauses ? compiler.statement(selectOf(part)) : undefined,
  }
}

function compileTarget(target: GraphTarget, compiler: Compiler): HopTarget {
  return target.kind === 'table'
    ? { table: target.name, ids: undefined }
    : { table: target.table, ids: compileRecordId(target, compiler) }
}

/** `->(knows WHERE … ORDER BY … LIMIT 3)` as the SELECT over the records reached that it stands for. */
function selectOf(part: GraphPart): SelectStatement {
  const { span, fields, where, split, group, order, limit, skip } = part
  const id = { kind: 'idiom', span, parts: [{ kind: 'field', span, name: 'id' }] } as const
  return {
    kind: 'select',
    span,
    projection: fields ?? { value: true, items: [{ kind: 'field', span, expression: id }] },
    only: false,
    from: [{ kind: 'param', span, name: reachedParam }],
    parallel: false,
    tempfiles: false,
    ...(where && { where }),
    ...(split && { split }),
    ...(group && { group }),
    ...(order && { order }),
    ...(limit && { limit }),
    ...(skip && { skip }),
  }
}

/** From a list one list, in which an element that can be no record is NONE. */
function* walk(hops: readonly Hop[], from: Value, row: Value, ctx: EvalContext): Task<Value> {
  if (!Array.isArray(from) || from.every(isRecord)) return yield* walkFrom(hops, from, row, ctx)
  const reached: Value[] = []
  for (const element of from as readonly Value[]) {
    const found = yield* walk(hops, element, row, ctx)
    if (Array.isArray(found)) for (const each of found as readonly Value[]) reached.push(each)
    else reached.push(found)
  }
  return reached
}

function isRecord(value: Value): boolean {
  return value instanceof RecordId
}

function* walkFrom(hops: readonly Hop[], from: Value, row: Value, ctx: EvalContext): Task<Value> {
  if (!isRecord(from) && !isComposite(from)) return undefined
  let reached: Value[] = nodesOf(from)
  for (let i = 0; i < hops.length; i += 1) {
    const hop = hops[i] as Hop
    const next = hops[i + 1]
    const canPass = next !== undefined && canPassThrough(hop, next, ctx)
    const found: Value[] = []
    let passed: Value[] | undefined
    for (const node of reached.flatMap(nodesOf)) {
      yield* ctx.run.pause()
      if (canPass && !isEdge(node, ctx)) {
        passed ??= []
        passed.push(...(yield* passThrough(node, hop, next as Hop, row, ctx)))
      } else {
        found.push(...(yield* step(node, hop, row, ctx)))
      }
    }
    if (passed !== undefined) {
      // Edges among the nodes took one hop only and now take the second.
      for (const edge of found.flatMap(nodesOf)) passed.push(...(yield* step(edge, next as Hop, row, ctx)))
      reached = passed
      i += 1
    } else {
      reached = found
    }
  }
  return reached
}

function isComposite(value: Value): boolean {
  return elementsOf(value) !== undefined || isPlainObject(value)
}

/** The record ids a value stands for: a link, a record, or a list of these. */
export function nodesOf(value: Value): RecordId[] {
  if (value instanceof RecordId) return [value]
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(nodesOf)
  const id = isPlainObject(value) ? ownField(value, 'id') : undefined
  return id instanceof RecordId ? [id] : []
}

/** Whether nothing is asked of the edges between the two hops. */
function canPassThrough(hop: Hop, next: Hop, ctx: EvalContext): boolean {
  const isPlain = hop.where === undefined && hop.select === undefined
  if (!isPlain || hop.direction === 'both' || hop.direction !== next.direction) return false
  if (hop.targets?.some((target) => target.ids !== undefined) === true) return false
  if (ctx.access.isUnrestricted) return true
  return edgeTables(hop, ctx).every(
    (table) => ctx.access.guard(ctx.view.catalog, table.name, 'select').type === 'allow',
  )
}

function* passThrough(node: RecordId, hop: Hop, next: Hop, row: Value, ctx: EvalContext): Task<Value[]> {
  const edges = yield* readEdges(node, hop, ctx)
  const nodes = edges.map((edge) => edge.node)
  return yield* select(next, yield* wanted(nodes, next, row, ctx), row, ctx)
}

/** One hop: the edges of a node, and where the node is an edge itself, its ends. */
function* step(node: RecordId, hop: Hop, row: Value, ctx: EvalContext): Task<Value[]> {
  const ends = isEdge(node, ctx) ? yield* endsOf(node, hop, ctx) : []
  const edges = yield* readEdges(node, hop, ctx)
  const found = [...ends, ...edges.map((edge) => edge.edge)]
  return yield* select(hop, yield* wanted(found, hop, row, ctx), row, ctx)
}

function* readEdges(node: RecordId, hop: Hop, ctx: EvalContext): Task<readonly EdgeRef[]> {
  const tables = edgeTables(hop, ctx)
  if (tables.length === 0) return []
  const edges = yield* wait(ctx.view.edges(node, hop.direction, tables))
  ctx.run.walk(edges.length + 1)
  return edges
}

function edgeTables(hop: Hop, ctx: EvalContext): readonly TableDefinition[] {
  const { catalog } = ctx.view
  const tables =
    hop.targets === undefined
      ? [...catalog.tables()]
      : [...new Set(hop.targets.map((target) => target.table))].map((name) => catalog.table(name))
  return tables.filter((table) => table?.kind.type === 'relation') as TableDefinition[]
}

function isEdge(node: RecordId, ctx: EvalContext): boolean {
  return ctx.view.catalog.table(node.table)?.kind.type === 'relation'
}

function* endsOf(edge: RecordId, hop: Hop, ctx: EvalContext): Task<RecordId[]> {
  const record = yield* wait(ctx.readRecord(edge))
  if (record === undefined) return []
  ctx.run.walk(1)
  const ends: Value[] = []
  if (hop.direction !== 'out') ends.push(record.in)
  if (hop.direction !== 'in') ends.push(record.out)
  return ends.filter((end) => end instanceof RecordId)
}

/**
 * Of the records reached those in the hop's tables and ranges that the session may see and the condition
 * holds for.
 */
function* wanted(ids: readonly RecordId[], hop: Hop, row: Value, ctx: EvalContext): Task<RecordId[]> {
  const inTables = hop.targets === undefined ? ids : yield* inTargets(ids, hop.targets, row, ctx)
  const kept: RecordId[] = []
  const inner = hop.where === undefined ? ctx : ctx.with({ parent: parentOf(row) })
  for (const id of inTables) {
    if (hop.where === undefined) {
      if (yield* wait(ctx.canSee(id))) kept.push(id)
      continue
    }
    const record = yield* wait(ctx.readRecord(id))
    if (record !== undefined && isTruthy(yield* wait(hop.where.evaluate(record, inner)))) kept.push(id)
  }
  return kept
}

function* inTargets(
  ids: readonly RecordId[],
  targets: readonly HopTarget[],
  row: Value,
  ctx: EvalContext,
): Task<RecordId[]> {
  const matchers: ((id: RecordId) => boolean)[] = []
  for (const { table, ids: wantedIds } of targets) {
    if (wantedIds === undefined) {
      matchers.push((id) => id.table === table)
      continue
    }
    const range = yield* wait(wantedIds.evaluate(row, ctx))
    matchers.push((id) => id.table === table && matchesId(range, id))
  }
  return ids.filter((id) => matchers.some((matches) => matches(id)))
}

function matchesId(wantedIds: Value, id: RecordId): boolean {
  if (wantedIds instanceof RecordId) return wantedIds.equals(id)
  return isRange(wantedIds) && wantedIds.contains(id)
}

function isRange(value: Value): value is Value & { contains(value: Value): boolean } {
  return (
    typeof value === 'object' && value !== null && 'contains' in value && typeof value.contains === 'function'
  )
}

function* select(hop: Hop, ids: readonly RecordId[], row: Value, ctx: EvalContext): Task<Value[]> {
  if (hop.select === undefined) return [...ids]
  const inner = ctx.nested()
  inner.scope.set(reachedParam, ids)
  return [...((yield* hop.select.run(row, inner)) as readonly Value[])]
}
