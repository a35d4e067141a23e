/**
 * FETCH: links in the fields that are named give way to the records behind them. A link that leads nowhere,
 * or to a record the session may not see, gives way to NONE.
 */

import { RecordId, setField, type Value, type ValueObject } from '@dendrodb/protocol'
import type { Compiler } from '../../compile/compiler.ts'
import { compileFields, isFieldCall } from '../../compile/dynamic-fields.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { everyElement, type Place, placeOf } from '../../compile/nested-fields.ts'
import { isPlainObject, ownField } from '../../compile/read-field.ts'
import type { Expression, PathPart } from '../../dql/ast.ts'
import { formatExpression } from '../../dql/format-ast.ts'
import type { FetchNode } from '../../plan/plan-node.ts'
import { mapBatches, type Operator } from '../operator.ts'
import { done, type Task, wait } from '../task.ts'

export function createFetch(node: FetchNode, input: Operator, compiler: Compiler): Operator {
  const places = compileFetch(node.fields, compiler)
  return mapBatches(node, input, function* (batch, ctx) {
    const named = yield* places(ctx)
    const rows: Value[] = []
    for (const row of batch) rows.push(yield* fetchInto(row, named, ctx))
    return rows
  })
}

/** The places that FETCH names, as paths or as `type::field(…)`. */
export function compileFetch(
  fields: readonly Expression[],
  compiler: Compiler,
): (ctx: EvalContext) => Task<readonly Place[]> {
  if (!fields.some(isFieldCall)) {
    const places = fields.flatMap(fetchPlaces)
    return () => done(places)
  }
  const parts = fields.map((field) => {
    return isFieldCall(field) ? compileFields(field, compiler) : fetchPlaces(field)
  })
  return function* (ctx) {
    const places: Place[] = []
    for (const part of parts) {
      if (!('fields' in part)) places.push(...part)
      else
        for (const { idiom } of yield* wait(part.fields(undefined, ctx))) places.push(...fetchPlaces(idiom))
    }
    return places
  }
}

/**
 * Edges in a path stand in the result under their text, so that `FETCH ->likes` finds what `SELECT ->likes`
 * gave.
 */
function fetchPlaces(expression: Expression): readonly Place[] {
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
    return record === undefined || at === place.length ? record : yield* fetchAt(record, place, at, ctx)
  }
  if (Array.isArray(value)) return yield* fetchElements(value as readonly Value[], place, at, ctx)
  const part = place[at]
  if (part === undefined || !isPlainObject(value)) return value
  if (part === everyElement) return yield* fetchFields(value, place, at, ctx)
  const current = typeof part === 'string' ? ownField(value, part) : undefined
  if (current === undefined) return value
  return withFields(value, [[part as string, yield* fetchAt(current, place, at + 1, ctx)]])
}

/** All links of a record or object; its own id stays what it is. */
function* fetchFields(object: ValueObject, place: Place, at: number, ctx: EvalContext): Task<Value> {
  const fetched: [string, Value][] = []
  for (const [name, value] of Object.entries(object)) {
    if (name !== 'id') fetched.push([name, yield* fetchAt(value, place, at + 1, ctx)])
  }
  return withFields(object, fetched)
}

/** NONE is shown where a link was, while setting it would leave the field out. */
function withFields(object: ValueObject, fields: readonly (readonly [string, Value])[]): ValueObject {
  const copy: Record<string, Value> = { ...object }
  for (const [name, value] of fields) setField(copy, name, value)
  return copy
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
