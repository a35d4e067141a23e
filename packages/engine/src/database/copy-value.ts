/**
 * Copies of values for the library's user, who may change them.
 * Why: inside, values are shared by caches and never changed. Value classes are immutable and stay as they are.
 */

import { setField, type Value, type ValueObject } from '@dendrodb/protocol'

export function copyValue(value: Value): Value {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(copyValue)
  if (value instanceof Uint8Array || value instanceof Float32Array) return value.slice()
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const copy: Record<string, Value> = { ...(value as ValueObject) }
  for (const name of Object.keys(copy)) {
    const field = copy[name]
    if (field !== null && typeof field === 'object') setField(copy, name, copyValue(field))
  }
  return copy
}
