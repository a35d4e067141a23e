/**
 * `+` and `-` on arrays, sets and objects. `undefined`: these operands have no such operation.
 * The left side decides the type of the result. NONE and NULL are no elements here: `tags + NONE` is more
 * likely a missing field than the wish to store NONE.
 */

import { equalValues, typeOf, type Value, type ValueObject, ValueSet } from '@dendrodb/protocol'
import { operatorLimits } from './limits.ts'
import { operatorErrors } from './operator-errors.ts'
import { isNullish } from './truthiness.ts'

/** @throws OPERATOR_RESULT_TOO_LARGE */
export function addCollections(left: Value, right: Value): Value {
  if (isNullish(right)) return undefined
  if (isArray(left)) return limited([...left, ...elementsOf(right)])
  if (left instanceof ValueSet) return ValueSet.from(limited([...left.values, ...elementsOf(right)]))
  return isObject(left) && isObject(right) ? mergeObjects(left, right) : undefined
}

/** Every element equal to one of the right side is left out. */
export function subtractCollections(left: Value, right: Value): Value {
  if (isNullish(right)) return undefined
  if (!isArray(left) && !(left instanceof ValueSet)) return undefined
  const gone = right instanceof ValueSet ? right : ValueSet.from(elementsOf(right))
  const kept = (isArray(left) ? left : left.values).filter((value) => !gone.has(value))
  return isArray(left) ? kept : ValueSet.from(kept)
}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isObject(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && typeOf(value) === 'object'
}

/** A field of its own; `constructor` and its like are not fields of every object. */
export function fieldOf(object: ValueObject, field: string): Value {
  return Object.hasOwn(object, field) ? object[field] : undefined
}

/** Fields of both; where both have one, the right one's. */
export function mergeObjects(left: ValueObject, right: ValueObject): ValueObject {
  // Spreading, unlike assigning, makes a field called __proto__ one like any other.
  return { ...left, ...right }
}

export function containsEqual(values: readonly Value[], wanted: Value): boolean {
  for (const value of values) {
    if (equalValues(value, wanted)) return true
  }
  return false
}

function elementsOf(value: Value): readonly Value[] {
  if (isArray(value)) return value
  return value instanceof ValueSet ? value.values : [value]
}

function limited(values: readonly Value[]): readonly Value[] {
  if (values.length <= operatorLimits.elementsMax) return values
  throw operatorErrors.RESULT_TOO_LARGE({
    operator: '+',
    maximum: operatorLimits.elementsMax,
    unit: 'elements',
  })
}
