/**
 * Values as plain JSON for people and programs that do not know our types. Types are lost; `typed-json.ts`
 * keeps them.
 *
 * | type | JSON |
 * |---|---|
 * | none | left out of objects, null elsewhere |
 * | int | number; string beyond ±(2^53 - 1) |
 * | float | number (`stringifyJson` writes 1.0 with its point); `"NaN"`, `"Infinity"`, `"-Infinity"` |
 * | decimal, datetime, duration, uuid, record, range | their text |
 * | bytes | base64 |
 * | set, vector | array |
 * | geometry | GeoJSON |
 */

import { encodeBase64 } from './base64.ts'
import { setField } from './fields.ts'
import type { Float, NumericValue } from './float.ts'
import type { GeoJson, Geometry } from './geometry.ts'
import { limits } from './limits.ts'
import { tagOf, tags } from './type-tag.ts'
import { valueErrors } from './value-errors.ts'
import type { Value, ValueObject, ValueSetValue } from './values.ts'

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [field: string]: JsonValue }

/** A tree that `JSON.stringify` accepts. @throws VALUE_TOO_DEEP */
export function toJson(value: Value): JsonValue {
  return convert(value, 0)
}

/** JSON text, without a tree in between. @throws VALUE_TOO_DEEP */
export function stringifyJson(value: Value): string {
  return print(value, 0)
}

function convert(value: Value, depth: number): JsonValue {
  if (depth > limits.answerDepthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.answerDepthMax })
  const tag = tagOf(value)
  switch (tag) {
    case tags.none:
    case tags.null:
      return null
    case tags.bool:
      return value as boolean
    case tags.number:
      return convertNumber(value as NumericValue)
    case tags.string:
      return value as string
    case tags.bytes:
      return encodeBase64(value as Uint8Array)
    case tags.duration:
    case tags.datetime:
    case tags.uuid:
    case tags.record:
    case tags.range:
      return String(value)
    case tags.array:
      return (value as readonly Value[]).map((element) => convert(element, depth + 1))
    case tags.set:
      return (value as ValueSetValue).values.map((element) => convert(element, depth + 1))
    case tags.object:
      return convertObject(value as ValueObject, depth)
    case tags.geometry:
      return (value as Geometry).toGeoJson() as GeoJson as unknown as JsonValue
    case tags.vector:
      return Array.from(value as Float32Array, convertFloat)
    default:
      return tag satisfies never
  }
}

function convertObject(object: ValueObject, depth: number): JsonValue {
  const converted: Record<string, JsonValue> = {}
  for (const field of Object.keys(object)) {
    const value = object[field]
    if (value !== undefined) setField(converted, field, convert(value, depth + 1))
  }
  return converted
}

function convertNumber(value: NumericValue): JsonValue {
  if (typeof value === 'number') return convertFloat(value)
  if (typeof value === 'bigint') return value.toString()
  return 'coefficient' in value ? value.toString() : value.value
}

/** JSON has no word for NaN and the infinities. */
function convertFloat(n: number): JsonValue {
  return Number.isFinite(n) ? n : String(n)
}

function print(value: Value, depth: number): string {
  if (depth > limits.answerDepthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.answerDepthMax })
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      return printNumber(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return `"${value}"`
    case 'undefined':
      return 'null'
    default:
      return value === null ? 'null' : printObjectLike(value, depth)
  }
}

function printObjectLike(value: Value & object, depth: number): string {
  switch (tagOf(value)) {
    case tags.object:
      return printObject(value as ValueObject, depth)
    case tags.array:
      return printArray(value as readonly Value[], depth)
    case tags.set:
      return printArray((value as ValueSetValue).values, depth)
    case tags.number:
      return 'coefficient' in value ? `"${value.toString()}"` : printFloat((value as Float).value)
    case tags.datetime:
    case tags.duration:
    case tags.uuid:
      return `"${value.toString()}"`
    case tags.record:
    case tags.range:
      return quote(value.toString())
    default:
      return JSON.stringify(convert(value, depth))
  }
}

function printArray(values: readonly Value[], depth: number): string {
  let text = '['
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) text += ','
    text += print(values[i], depth + 1)
  }
  return `${text}]`
}

function printObject(object: ValueObject, depth: number): string {
  let text = ''
  for (const field of Object.keys(object)) {
    const value = object[field]
    if (value === undefined) continue
    text += `${text === '' ? '{' : ','}${quote(field)}:${print(value, depth + 1)}`
  }
  return text === '' ? '{}' : `${text}}`
}

function printNumber(n: number): string {
  return Number.isFinite(n) ? String(n) : `"${n}"`
}

/** An integer value keeps its point, so that a reader sees a float. */
function printFloat(n: number): string {
  const text = Object.is(n, -0) ? '-0' : String(n)
  return text.includes('e') ? text : `${text}.0`
}

const needsEscape = /["\\\p{Cc}\p{Cs}]/u

function quote(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`
}
