/**
 * Values as JSON without loss: what JSON cannot say stands in an object with one key that begins with `$`.
 *
 * | type | JSON |
 * |---|---|
 * | null, bool, string, array, object | themselves |
 * | int, float | number if JSON says the same; else `{"$int": "…"}`, `{"$float": 1}`, `{"$float": "NaN"}` |
 * | none | `{"$none": true}` |
 * | decimal, datetime, duration, uuid | `{"$decimal": "…"}` and so on: their text |
 * | bytes | `{"$bytes": "<base64>"}` |
 * | record | `{"$record": [table, key]}` |
 * | set, vector | `{"$set": […]}`, `{"$vector": […]}` |
 * | range | `{"$range": [begin, end]}`, each `[value, inclusive]` or null where open |
 * | geometry | `{"$geometry": <GeoJSON>}` |
 * | object with one field whose name begins with `$` | `{"$object": {…}}` |
 *
 * In `$float` and `$vector`, NaN, the infinities and -0 are strings.
 */

import { decodeBase64, encodeBase64 } from './base64.ts'
import { Datetime } from './datetime.ts'
import { Decimal } from './decimal.ts'
import { Duration } from './duration.ts'
import { setField } from './fields.ts'
import { Float, float, int, isIntNumber, type NumericValue } from './float.ts'
import { Geometry } from './geometry.ts'
import { jsonErrors } from './json-errors.ts'
import { limits } from './limits.ts'
import { Range } from './range.ts'
import { RecordId } from './record-id.ts'
import type { JsonValue } from './to-json.ts'
import { isPlainObject, tagOf, tags } from './type-tag.ts'
import { Uuid } from './uuid.ts'
import { valueErrors } from './value-errors.ts'
import { ValueSet } from './value-set.ts'
import type { RangeBound, RecordKey, Value, ValueObject } from './values.ts'

/** @throws VALUE_TOO_DEEP */
export function toTypedJson(value: Value): JsonValue {
  return wrap(value, 0)
}

/** The inverse of `toTypedJson`. @throws JSON_TYPED, VALUE_* */
export function fromTypedJson(json: unknown): Value {
  return unwrap(json, 0)
}

function wrap(value: Value, depth: number): JsonValue {
  if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
  const tag = tagOf(value)
  switch (tag) {
    case tags.none:
      return { $none: true }
    case tags.null:
    case tags.bool:
    case tags.string:
      return value as null | boolean | string
    case tags.number:
      return wrapNumber(value as NumericValue)
    case tags.bytes:
      return { $bytes: encodeBase64(value as Uint8Array) }
    case tags.duration:
      return { $duration: String(value) }
    case tags.datetime:
      return { $datetime: String(value) }
    case tags.uuid:
      return { $uuid: String(value) }
    case tags.array:
      return wrapAll(value as readonly Value[], depth)
    case tags.set:
      return { $set: wrapAll((value as ValueSet).values, depth) }
    case tags.object:
      return wrapObject(value as ValueObject, depth)
    case tags.geometry:
      return { $geometry: (value as Geometry).toGeoJson() as unknown as JsonValue }
    case tags.vector:
      return { $vector: Array.from(value as Float32Array, wrapFloat) }
    case tags.record:
      return { $record: [(value as RecordId).table, wrap((value as RecordId).key, depth + 1)] }
    case tags.range:
      return { $range: [wrapBound((value as Range).begin, depth), wrapBound((value as Range).end, depth)] }
    default:
      return tag satisfies never
  }
}

function wrapAll(values: readonly Value[], depth: number): JsonValue[] {
  return values.map((value) => wrap(value, depth + 1))
}

function wrapNumber(value: NumericValue): JsonValue {
  if (typeof value === 'bigint') return { $int: value.toString() }
  if (value instanceof Decimal) return { $decimal: value.toString() }
  if (value instanceof Float) return { $float: wrapFloat(value.value) }
  return isIntNumber(value) || isPlainFloat(value) ? value : { $float: wrapFloat(value) }
}

function isPlainFloat(n: number): boolean {
  return Number.isFinite(n) && !Number.isInteger(n)
}

function wrapFloat(n: number): JsonValue {
  if (Object.is(n, -0)) return '-0'
  return Number.isFinite(n) ? n : String(n)
}

function wrapBound(bound: RangeBound | undefined, depth: number): JsonValue {
  return bound === undefined ? null : [wrap(bound.value, depth + 1), bound.inclusive]
}

function wrapObject(object: ValueObject, depth: number): JsonValue {
  const fields = Object.keys(object)
  const wrapped: Record<string, JsonValue> = {}
  for (const field of fields) setField(wrapped, field, wrap(object[field], depth + 1))
  return fields.length === 1 && fields[0]?.startsWith('$') ? { $object: wrapped } : wrapped
}

function unwrap(json: unknown, depth: number): Value {
  if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
  if (typeof json === 'string') return wellFormed(json)
  if (typeof json === 'number') return isIntNumber(json) ? json : float(json)
  if (typeof json === 'boolean' || json === null) return json
  if (Array.isArray(json)) return unwrapAll(json, depth)
  if (!isPlainObject(json)) throw problem('only what JSON has is allowed')
  const [field, second] = Object.keys(json)
  if (field === undefined || second !== undefined || !field.startsWith('$')) return unwrapFields(json, depth)
  return unwrapTagged(field, json[field], depth)
}

function unwrapAll(list: readonly unknown[], depth: number): Value[] {
  return list.map((element) => unwrap(element, depth + 1))
}

function unwrapFields(object: Readonly<Record<string, unknown>>, depth: number): ValueObject {
  const fields: Record<string, Value> = {}
  for (const [field, value] of Object.entries(object))
    setField(fields, wellFormed(field), unwrap(value, depth + 1))
  return fields
}

function unwrapTagged(type: string, content: unknown, depth: number): Value {
  switch (type) {
    case '$none':
      if (content !== true) throw problem('$none is true')
      return undefined
    case '$int':
      return unwrapInt(textOf(type, content))
    case '$float':
      return float(unwrapFloat(content))
    case '$decimal':
      return Decimal.parse(textOf(type, content))
    case '$bytes': {
      const bytes = decodeBase64(textOf(type, content))
      if (bytes === undefined) throw problem('$bytes is base64')
      return bytes
    }
    case '$datetime':
      return Datetime.parse(textOf(type, content))
    case '$duration':
      return Duration.parse(textOf(type, content))
    case '$uuid':
      return Uuid.parse(textOf(type, content))
    case '$record': {
      const [table, key] = listOf(type, content, 2)
      return new RecordId(textOf(type, table), unwrap(key, depth + 1) as RecordKey)
    }
    case '$set':
      return ValueSet.from(unwrapAll(listOf(type, content), depth))
    case '$vector':
      return Float32Array.from(listOf(type, content), unwrapFloat)
    case '$range': {
      const [begin, end] = listOf(type, content, 2)
      return new Range(unwrapBound(begin, depth), unwrapBound(end, depth))
    }
    case '$geometry':
      return Geometry.fromGeoJson(content)
    case '$object':
      if (!isPlainObject(content)) throw problem('$object is an object')
      return unwrapFields(content, depth)
    default:
      throw problem(`${type} is not a type`)
  }
}

function unwrapInt(text: string): number | bigint {
  if (text.length > limits.numberTextCharsMax || !/^-?\d+$/.test(text)) throw problem('$int is digits')
  return int(BigInt(text))
}

const floatWords: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
])

function unwrapFloat(content: unknown): number {
  const n = typeof content === 'number' ? content : floatWords.get(content)
  if (n === undefined) throw problem('a float is a number, "NaN", "Infinity", "-Infinity" or "-0"')
  return n
}

function unwrapBound(content: unknown, depth: number): RangeBound | undefined {
  if (content === null) return undefined
  const [value, inclusive] = listOf('$range', content, 2)
  if (typeof inclusive !== 'boolean') throw problem('a bound of $range is [value, inclusive] or null')
  return { value: unwrap(value, depth + 1), inclusive }
}

function textOf(type: string, content: unknown): string {
  if (typeof content !== 'string') throw problem(`${type} is a string`)
  return wellFormed(content)
}

function listOf(type: string, content: unknown, length?: number): readonly unknown[] {
  if (!Array.isArray(content) || (length !== undefined && content.length !== length)) {
    throw problem(`${type} is a list${length === undefined ? '' : ` of ${length}`}`)
  }
  return content
}

function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw valueErrors.LONE_SURROGATE({ path: 'a string of typed JSON' })
  return text
}

function problem(text: string): Error {
  return jsonErrors.TYPED({ problem: text })
}
