/**
 * What the data clauses make of a record: SET, UNSET, CONTENT, REPLACE, MERGE and PATCH.
 * Assignments take effect one after the other, but their right sides are all evaluated on the record as it
 * was before the statement: `SET a = b, b = a` swaps. Of a new record that is its id, and an edge's ends.
 */

import { Duration, setField, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { changeAt, type Place, removePart, writeAt } from '../../compile/nested-fields.ts'
import { isPlainObject } from '../../compile/read-field.ts'
import type { Assignment, DataClause } from '../../dql/ast.ts'
import { add, sub } from '../../operators/arithmetic.ts'
import { containsEqual } from '../../operators/collection-arithmetic.ts'
import { isNumber } from '../../operators/number-arithmetic.ts'
import { queryErrors } from '../../query-errors.ts'
import { done, type Task, wait } from '../task.ts'
import { applyPatch } from './patch.ts'
import { type CompiledPlace, compilePlace } from './place.ts'

export interface CompiledData {
  readonly isPoint: boolean
  /** The record after the change. `base` holds its id, and for an edge its ends. */
  apply(base: ValueObject, ctx: EvalContext): Task<ValueObject>
  /** The id that the data names for a new record; NONE where it names none. */
  newId(ctx: EvalContext): Task<Value>
}

export const noData: CompiledData = {
  isPoint: true,
  apply: (base) => done(base),
  newId: () => done(undefined),
}

/** Fields that the data cannot take away: what makes the record what it is. */
const fixedFields = ['id', 'in', 'out'] as const

export function compileData(data: DataClause | undefined, compiler: Compiler): CompiledData {
  if (data === undefined) return noData
  switch (data.type) {
    case 'set':
      return compileSet(data.assignments, compiler)
    case 'unset':
      return compileUnset(data.fields.map((field) => compilePlace(field, compiler)))
    case 'content':
    case 'replace':
      return compileContent(compiler.expression(data.value))
    case 'merge':
      return compileMerge(compiler.expression(data.value))
    case 'patch': {
      const patch = compiler.expression(data.value)
      return {
        isPoint: patch.isPoint,
        *apply(base, ctx) {
          return expectObject(applyPatch(base, yield* wait(patch.evaluate(base, ctx))), 'PATCH')
        },
        newId: noData.newId,
      }
    }
    default:
      return data satisfies never
  }
}

interface CompiledAssignment {
  readonly place: CompiledPlace
  readonly operator: Assignment['operator']
  readonly value: CompiledExpression
}

export function compileSet(assignments: readonly Assignment[], compiler: Compiler): CompiledData {
  const compiled = assignments.map(({ place, operator, value }) => ({
    place: compilePlace(place, compiler),
    operator,
    value: compiler.expression(value),
  }))
  const ofId = compiled.find((each) => each.operator === '=' && isIdPlace(each.place))
  const others = compiled.filter((each) => each !== ofId)
  return {
    isPoint: compiled.every((each) => each.value.isPoint && each.place.isPoint),
    *apply(base, ctx) {
      let record = base
      for (const each of others) record = yield* assign(record, each, base, ctx)
      return ofId === undefined ? record : yield* assign(record, ofId, base, ctx)
    },
    *newId(ctx) {
      return ofId && (yield* wait(ofId.value.evaluate({}, ctx)))
    },
  }
}

function* assign(
  record: ValueObject,
  { place, operator, value }: CompiledAssignment,
  before: ValueObject,
  ctx: EvalContext,
): Task<ValueObject> {
  const places = place.constant ?? (yield* place.resolve(before, record, ctx))
  const given = value.evaluate(before, ctx)
  const right = given instanceof Promise ? ((yield given) as Value) : given
  let changed = record
  // From the last one on, so that an element that goes away moves none that is still to be changed.
  for (let i = places.length - 1; i >= 0; i -= 1)
    changed = assignAt(changed, places[i] as Place, operator, right)
  return changed
}

function assignAt(
  record: ValueObject,
  at: Place,
  operator: Assignment['operator'],
  right: Value,
): ValueObject {
  if (operator === '=') {
    const [name] = at
    if (at.length === 1 && typeof name === 'string' && right !== undefined) {
      const copy: Record<string, Value> = { ...record }
      setField(copy, name, right)
      return copy
    }
    return writeAt(record, at, right) as ValueObject
  }
  return changeAt(record, at, (left) => combine(operator, left, right)) as ValueObject
}

function combine(operator: '+=' | '-=' | '+?=', left: Value, right: Value): Value {
  if (operator === '+?=') return withElements(left, right)
  const isUnset = left === undefined || left === null
  if (operator === '+=') return isUnset ? firstOf(right) : add(left, right)
  // Nothing can be taken out of what is not there.
  if (isUnset) return isNumber(right) ? sub(0, right) : left
  return sub(left, right)
}

/** A counter starts at the first number or duration, any other field becomes a list. */
function firstOf(value: Value): Value {
  if (isNumber(value) || value instanceof Duration || value === undefined || value === null) {
    return value ?? undefined
  }
  return Array.isArray(value) ? value : [value]
}

function withElements(left: Value, right: Value): Value {
  const list = left === undefined || left === null ? [] : left
  if (!Array.isArray(list)) {
    throw queryErrors.TYPE_EXPECTED({ clause: '+?=', expected: 'an array on the left', found: typeOf(left) })
  }
  const elements = list as readonly Value[]
  const given = Array.isArray(right) ? (right as readonly Value[]) : [right]
  const fresh: Value[] = []
  for (const element of given) {
    if (!containsEqual(elements, element) && !containsEqual(fresh, element)) fresh.push(element)
  }
  return [...elements, ...fresh]
}

function compileUnset(places: readonly CompiledPlace[]): CompiledData {
  return {
    isPoint: places.every((place) => place.isPoint),
    *apply(base, ctx) {
      let record: Value = base
      for (const place of places) {
        const current = record as ValueObject
        const places: readonly Place[] = place.constant ?? (yield* place.resolve(base, current, ctx))
        record = places.reduceRight(removePart, record)
      }
      return keepFixed(record as ValueObject, base)
    },
    newId: noData.newId,
  }
}

function compileContent(content: CompiledExpression): CompiledData {
  return {
    isPoint: content.isPoint,
    *apply(base, ctx) {
      const given = yield* wait(content.evaluate(base, ctx))
      return keepFixed(expectObject(given, 'CONTENT'), base)
    },
    *newId(ctx) {
      return expectObject(yield* wait(content.evaluate({}, ctx)), 'CONTENT').id
    },
  }
}

function compileMerge(merge: CompiledExpression): CompiledData {
  return {
    isPoint: merge.isPoint,
    *apply(base, ctx) {
      const given = expectObject(yield* wait(merge.evaluate(base, ctx)), 'MERGE')
      return keepFixed(mergeDeep(base, given), base)
    },
    *newId(ctx) {
      return expectObject(yield* wait(merge.evaluate({}, ctx)), 'MERGE').id
    },
  }
}

/** Objects are merged field by field, NONE removes a field, everything else is replaced. */
function mergeDeep(base: ValueObject, change: ValueObject): ValueObject {
  const merged: Record<string, Value> = { ...base }
  for (const [name, value] of Object.entries(change)) {
    const current = Object.hasOwn(merged, name) ? merged[name] : undefined
    if (value === undefined) delete merged[name]
    else
      setField(
        merged,
        name,
        isPlainObject(current) && isPlainObject(value) ? mergeDeep(current, value) : value,
      )
  }
  return merged
}

/** What the data leaves out of the fixed fields comes from the record. */
function keepFixed(record: ValueObject, base: ValueObject): ValueObject {
  const missing = fixedFields.filter((name) => base[name] !== undefined && record[name] === undefined)
  if (missing.length === 0) return record
  const kept: Record<string, Value> = { ...record }
  for (const name of missing) kept[name] = base[name]
  return kept
}

/** @throws QUERY_TYPE_EXPECTED */
export function expectObject(value: Value, clause: string): ValueObject {
  if (isPlainObject(value)) return value
  throw queryErrors.TYPE_EXPECTED({ clause, expected: 'an object', found: typeOf(value) })
}

function isIdPlace({ constant }: CompiledPlace): boolean {
  const [place, ...others] = constant ?? []
  return others.length === 0 && place?.length === 1 && place[0] === 'id'
}
