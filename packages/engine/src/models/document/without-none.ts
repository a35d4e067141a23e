/**
 * Values as records hold them: a field that is NONE is not there, however deep in objects and lists it
 * stands. In a list NONE is an element like others.
 * Why: `{ a: NONE }` and `{}` would otherwise be two stored values, with two hashes, that read the same.
 */

import { limits, setField, type Value, type ValueObject, ValueSet } from '@dendrodb/protocol'

/** The record without such fields; the same object where it has none. */
export function withoutNone(record: ValueObject): ValueObject {
  return ofObject(record, 0)
}

/** What lies too deep is left to the encoding, which refuses it. */
function strip(value: Value, depth: number): Value {
  if (typeof value !== 'object' || value === null || depth > limits.depthMax) return value
  if (Array.isArray(value)) return ofList(value as readonly Value[], depth)
  if (value instanceof ValueSet) {
    const kept = ofList(value.values, depth)
    return kept === value.values ? value : ValueSet.from(kept)
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? ofObject(value as ValueObject, depth) : value
}

function ofList(list: readonly Value[], depth: number): readonly Value[] {
  let kept: Value[] | undefined
  for (let i = 0; i < list.length; i += 1) {
    const value = list[i]
    const bare = strip(value, depth + 1)
    if (Object.is(bare, value)) continue
    kept ??= [...list]
    kept[i] = bare
  }
  return kept ?? list
}

function ofObject(object: ValueObject, depth: number): ValueObject {
  let kept: Record<string, Value> | undefined
  for (const name in object) {
    const value = object[name]
    const bare = strip(value, depth + 1)
    if (value !== undefined && Object.is(bare, value)) continue
    kept ??= { ...object }
    if (value === undefined) delete kept[name]
    else setField(kept, name, bare)
  }
  return kept ?? object
}
