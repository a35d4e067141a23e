/**
 * CONTAINS, INSIDE and their families.
 * What contains what: an array, set or vector its elements (by `=`), a string its substrings, an object its
 * field names, a range the values between its ends, a geometry the geometries within it. Everything else
 * contains nothing, so a missing field makes a condition false instead of failing the statement.
 * With ALL, ANY and NONE the other side is a list of things to look for; a string or geometry stands for
 * itself.
 */

import { Geometry, Range, type Value, ValueSet } from '@dendrodb/protocol'
import { containsEqual, isArray, isObject } from './collection-arithmetic.ts'
import { geometryContains, geometryIntersects } from './geometry-relations.ts'
import { isNumber } from './number-arithmetic.ts'

/** `container CONTAINS value`, the same as `value IN container`. @throws OPERATOR_GEOMETRY_TOO_COMPLEX */
export function contains(container: Value, value: Value): boolean {
  if (isArray(container)) return containsEqual(container, value)
  if (typeof container === 'string') return typeof value === 'string' && container.includes(value)
  if (container instanceof ValueSet) return container.has(value)
  if (container instanceof Range) return container.contains(value)
  if (container instanceof Geometry) return value instanceof Geometry && geometryContains(container, value)
  if (container instanceof Float32Array) return isNumber(value) && containsEqual([...container], value)
  return isObject(container) && typeof value === 'string' && Object.hasOwn(container, value)
}

/** `container CONTAINSALL values`, the same as `values ALLINSIDE container`. */
export function containsAll(container: Value, values: Value): boolean {
  const wanted = wantedOf(values)
  return wanted?.every(finderIn(container, wanted.length)) ?? false
}

/** `container CONTAINSANY values`, the same as `values ANYINSIDE container`. */
export function containsAny(container: Value, values: Value): boolean {
  const wanted = wantedOf(values)
  return wanted?.some(finderIn(container, wanted.length)) ?? false
}

/** `container CONTAINSNONE values`, the same as `values NONEINSIDE container`. */
export function containsNone(container: Value, values: Value): boolean {
  return !containsAny(container, values)
}

/** `value IN container`. */
export function inside(value: Value, container: Value): boolean {
  return contains(container, value)
}

/** `left INTERSECTS right`: two geometries that have a point in common; false for all else. */
export function intersects(left: Value, right: Value): boolean {
  return left instanceof Geometry && right instanceof Geometry && geometryIntersects(left, right)
}

/** `left OUTSIDE right`: not INTERSECTS. */
export function outside(left: Value, right: Value): boolean {
  return !intersects(left, right)
}

/** Above this many comparisons a sorted set pays for its making. */
const comparisonsMax = 256

function finderIn(container: Value, searches: number): (value: Value) => boolean {
  if (!isArray(container) || container.length * searches <= comparisonsMax) {
    return (value) => contains(container, value)
  }
  const set = ValueSet.from(container)
  return (value) => set.has(value)
}

/** `undefined`: nothing that could be looked for. */
function wantedOf(values: Value): readonly Value[] | undefined {
  if (isArray(values)) return values
  if (values instanceof ValueSet) return values.values
  return typeof values === 'string' || values instanceof Geometry ? [values] : undefined
}
