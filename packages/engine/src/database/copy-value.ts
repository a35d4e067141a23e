/**
 * Copies of values for the library's user, who may change them.
 * Why: inside, values are shared by caches and never changed. Of value classes only those that hold other
 * values can be changed, inside of those.
 */

import {
  fromUntrusted,
  limits,
  Range,
  RecordId,
  setField,
  type Value,
  type ValueObject,
  ValueSet,
} from '@dendrodb/protocol'

export function copyValue(value: Value): Value {
  if (value === null || typeof value !== 'object') return value
  if (value instanceof RecordId) return copyId(value)
  if (Array.isArray(value)) return value.map(copyValue)
  if (value instanceof Uint8Array || value instanceof Float32Array) return value.slice()
  if (value instanceof ValueSet || value instanceof Range) return fromUntrusted(value, limits.answerDepthMax)
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

/** The id itself where nothing in it can be changed. */
export function copyId(id: RecordId): RecordId {
  return typeof id.key === 'object' ? (fromUntrusted(id) as RecordId) : id
}
