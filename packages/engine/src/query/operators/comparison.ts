/**
 * The comparisons `=` `==` `!=` `?=` `*=` `<` `<=` `>` `>=`.
 * As in SurrealQL 3 every value can be compared with every other: the total order of values decides, in which
 * types follow one another (`'a' > 999` holds, `NONE` is least). Numbers compare by value whatever their
 * kind, so 1 = 1.0 and 1 == 1.0. NaN equals itself and is the least number, so that sorting and grouping
 * agree with `=`.
 */

import { compareExact, compareValues, equalValues, type Value, ValueSet } from '@dendrodb/protocol'
import { isArray } from './collection-arithmetic.ts'

export function equal(left: Value, right: Value): boolean {
  return equalValues(left, right)
}

export function notEqual(left: Value, right: Value): boolean {
  return !equalValues(left, right)
}

/** Equal and of one type, in depth. No operator: writers and diffs ask so. */
export function exactEqual(left: Value, right: Value): boolean {
  return compareExact(left, right) === 0
}

/** `?=`: some element equals; a value that is no collection is compared itself. */
export function anyEqual(left: Value, right: Value): boolean {
  return elementsToCompare(left).some((element) => equalValues(element, right))
}

/** `*=`: every element equals. */
export function allEqual(left: Value, right: Value): boolean {
  return elementsToCompare(left).every((element) => equalValues(element, right))
}

export function less(left: Value, right: Value): boolean {
  return compareValues(left, right) < 0
}

export function lessOrEqual(left: Value, right: Value): boolean {
  return compareValues(left, right) <= 0
}

export function greater(left: Value, right: Value): boolean {
  return compareValues(left, right) > 0
}

export function greaterOrEqual(left: Value, right: Value): boolean {
  return compareValues(left, right) >= 0
}

/** `BETWEEN lower AND upper`, both ends included. */
export function isBetween(value: Value, lower: Value, upper: Value): boolean {
  return compareValues(value, lower) >= 0 && compareValues(value, upper) <= 0
}

function elementsToCompare(value: Value): readonly Value[] {
  if (isArray(value)) return value
  return value instanceof ValueSet ? value.values : [value]
}
