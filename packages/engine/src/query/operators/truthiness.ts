/**
 * Truthiness: what `&&`, `||`, `!`, WHERE and IF take for true.
 * False are NONE, NULL, false, every zero, the empty string, empty bytes, arrays, sets, objects and vectors,
 * and the duration of no time. NaN and all other values are true.
 */

import { Decimal, Duration, Float, typeOf, type Value, ValueSet } from '@dendrodb/protocol'

export function isTruthy(value: Value): boolean {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'undefined':
      return false
    case 'string':
      return value !== ''
    case 'number':
      return value !== 0
    case 'bigint':
      return value !== 0n
    default:
      return value !== null && isTruthyObject(value)
  }
}

/** What `??` skips: NONE and NULL, but not false, 0 and the empty string. */
export function isNullish(value: Value): value is undefined | null {
  return value === undefined || value === null
}

function isTruthyObject(value: Value & object): boolean {
  if (Array.isArray(value) || value instanceof Uint8Array || value instanceof Float32Array) {
    return value.length > 0
  }
  if (value instanceof Float) return value.value !== 0
  if (value instanceof Decimal) return !value.isZero
  if (value instanceof Duration) return value.seconds !== 0 || value.nanos !== 0
  if (value instanceof ValueSet) return value.size > 0
  return typeOf(value) !== 'object' || hasFields(value)
}

function hasFields(object: object): boolean {
  for (const _ in object) return true
  return false
}
