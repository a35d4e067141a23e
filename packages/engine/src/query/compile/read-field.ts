/**
 * Reading a field of a value: of an object its field, of an array each element's field, of a record link the
 * field of the record behind it, of a geometry its part as in GeoJSON; NONE of everything else.
 * Invariant: members that JavaScript objects inherit (`constructor`, `toString`, `__proto__` …) are never
 * fields. Only the handful of names that could be inherited pay for the check.
 */

import { float, Geometry, RecordId, type Value, type ValueObject, ValueSet } from '@dendrodb/protocol'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { EvalContext } from './eval-context.ts'

const inheritedNames: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

export type ObjectReader = (object: ValueObject) => Value

/** The own field of a plain object. */
function objectReader(name: string): ObjectReader {
  return inheritedNames.has(name)
    ? (object) => (Object.hasOwn(object, name) ? object[name] : undefined)
    : (object) => object[name]
}

export function ownField(object: ValueObject, name: string): Value {
  return inheritedNames.has(name) && !Object.hasOwn(object, name) ? undefined : object[name]
}

export function isPlainObject(value: Value): value is ValueObject {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A field of the current row, which is never a link, or of each element of one that is a list. */
export function rowReader(name: string): (row: Value) => Value {
  const read = objectReader(name)
  const readElements = (row: Value): Value => elementsOf(row)?.map(readRow)
  const readRow = (row: Value): Value => (isPlainObject(row) ? read(row) : readElements(row))
  return readRow
}

/** A field of any value; follows links. */
export function fieldReader(name: string): (value: Value, ctx: EvalContext) => MaybePromise<Value> {
  const read = objectReader(name)
  return function readField(value, ctx) {
    if (isPlainObject(value)) return read(value)
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value)) return readFromAll(value as readonly Value[], readField, ctx)
    if (value instanceof RecordId) {
      return chain(ctx.readRecord(value), (record) => (record === undefined ? undefined : read(record)))
    }
    if (value instanceof ValueSet) return readFromAll(value.values, readField, ctx)
    return value instanceof Geometry ? geometryPart(value, name) : undefined
  }
}

function geometryPart(geometry: Geometry, name: string): Value {
  const isCollection = geometry.type === 'GeometryCollection'
  switch (name) {
    case 'type':
      return geometry.type
    case 'coordinates':
      return isCollection ? undefined : floatsOf(geometry.coordinates)
    case 'geometries':
      return isCollection ? geometry.geometries : undefined
    default:
      return undefined
  }
}

function floatsOf(coordinates: Geometry['coordinates']): Value {
  return typeof coordinates === 'number' ? float(coordinates) : coordinates.map(floatsOf)
}

function readFromAll(
  values: readonly Value[],
  readField: (value: Value, ctx: EvalContext) => MaybePromise<Value>,
  ctx: EvalContext,
): MaybePromise<Value> {
  return mapValues(values, (value) => readField(value, ctx))
}

/** The elements of a list, which a set is here as well. */
export function elementsOf(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value as readonly Value[]
  return value instanceof ValueSet ? value.values : undefined
}

/** The results in the order of the values, all at once where none has to be waited for. */
export function mapValues<T>(
  values: readonly Value[],
  apply: (value: Value, index: number) => MaybePromise<T>,
): MaybePromise<T[]> {
  const results = new Array<MaybePromise<T>>(values.length)
  let waits = false
  for (let i = 0; i < values.length; i += 1) {
    const result = apply(values[i], i)
    if (result instanceof Promise) waits = true
    results[i] = result
  }
  return waits ? Promise.all(results) : (results as T[])
}

/** What stands for the value as the current row of a condition: of a link the record behind it. */
export function rowOf(value: Value, ctx: EvalContext): MaybePromise<Value> {
  return value instanceof RecordId ? ctx.readRecord(value) : value
}
