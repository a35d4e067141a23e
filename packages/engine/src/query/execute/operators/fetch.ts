/**
 * FETCH: links in the fields that are named give way to the records behind them. A link that leads nowhere,
 * or to a record the session may not see, stays a link.
 */

import { RecordId, type Value } from '@dendrodb/protocol'
import type { EvalContext } from '../../compile/eval-context.ts'
import { changeAt, everyElement, type Place, type PlacePart, placeOf } from '../../compile/nested-fields.ts'
import { isPlainObject, ownField } from '../../compile/read-field.ts'
import type { Expression, PathPart } from '../../dql/ast.ts'
import { formatExpression } from '../../dql/format-ast.ts'
import type { FetchNode } from '../../plan/plan-node.ts'
import { mapBatches, type Operator } from '../operator.ts'
import { type Task, wait } from '../task.ts'

export function createFetch(node: FetchNode, input: Operator): Operator {
  const places = node.fields.flatMap(fetchPlaces)
  return mapBatches(node, input, function* (batch, ctx) {
    const rows: Value[] = []
    for (const row of batch) rows.push(yield* fetchInto(row, places, ctx))
    return rows
  })
}

/**
 * Edges in a path stand in the result under their text, so that `FETCH ->likes` finds what `SELECT ->likes`
 * gave.
 */
export function fetchPlaces(expression: Expression): readonly Place[] {
  if (expression.kind !== 'idiom') return placeOf(expression, 'FETCH')
  const parts = expression.parts.map((part): PathPart => {
    if (part.kind !== 'graph') return part
    const name = formatExpression({ kind: 'idiom', span: part.span, parts: [part] })
    return { kind: 'field', span: part.span, name }
  })
  return placeOf({ ...expression, parts }, 'FETCH')
}

export function* fetchInto(row: Value, places: readonly Place[], ctx: EvalContext): Task<Value> {
  let fetched = row
  for (const place of places) {
    yield* ctx.run.pause()
    fetched = yield* fetchAt(fetched, place, 0, ctx)
  }
  return fetched
}

function* fetchAt(value: Value, place: Place, at: number, ctx: EvalContext): Task<Value> {
  if (value instanceof RecordId) {
    const record = yield* wait(ctx.readRecord(value))
    if (record === undefined) return value
    return at === place.length ? record : yield* fetchAt(record, place, at, ctx)
  }
  if (Array.isArray(value)) return yield* fetchElements(value as readonly Value[], place, at, ctx)
  const part = place[at]
  if (part === undefined || !isPlainObject(value)) return value
  if (part === everyElement) {
    // `.*` after the last link asks for the whole record, which it already is.
    return value
  }
  const current = typeof part === 'string' ? ownField(value, part) : undefined
  if (current === undefined) return value
  const changed = yield* fetchAt(current, place, at + 1, ctx)
  return changed === current ? value : changeAt(value, [part as PlacePart], () => changed)
}

function* fetchElements(list: readonly Value[], place: Place, at: number, ctx: EvalContext): Task<Value> {
  const part = place[at]
  if (typeof part === 'number') {
    const index = part < 0 ? list.length + part : part
    if (index < 0 || index >= list.length) return list
    return list.toSpliced(index, 1, yield* fetchAt(list[index], place, at + 1, ctx))
  }
  const next = part === everyElement ? at + 1 : at
  const fetched: Value[] = []
  for (const element of list) fetched.push(yield* fetchAt(element, place, next, ctx))
  return fetched
}
