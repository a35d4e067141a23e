/**
 * Copies of values for the library's user, who may change them.
 * Why: inside, values are shared by caches and never changed. Value classes are immutable and stay as they
 * are.
 */

import { RecordId, setField, type Value, type ValueObject } from '@dendrodb/protocol'

export function copyValue(value: Value): Value {
  if (value === null || typeof value !== 'object' || value instanceof RecordId) return value
  if (Array.isArray(value)) return value.map(copyValue)
  if (value instanceof Uint8Array || value instanceof Float32Array) return value.slice()
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const copy: Record<string, Value> = { ...(value as ValueObject) }
  for (const name in copy) {
    const field = copy[name]
    if (field === null || typeof field !== 'object') continue
    const own = copyValue(field)
    if (own !== field) setField(copy, name, own)
  }
  return copy
}
