/**
 * Values as DQL literals, so that a person can read them and paste them back.
 * Why: record ids with array or object keys are text in answers, logs and queries; `parseLiteral` reads all
 * of it back to the identical value.
 *
 * | type | text | type | text |
 * |---|---|---|---|
 * | none, null, bool | `NONE` `NULL` `true` | uuid | `u'…'` |
 * | int | `42` | bytes | `b'c0ffee'` |
 * | float | `1.5` `1f` `-0f` `NaN` `Infinity` | array | `[1, 2]` |
 * | decimal | `1.5dec` | set | `{1, 2}` `{1,}` `{,}` |
 * | string | `'it\'s'` | object | `{ a: 1, 'b c': 2 }` |
 * | duration | `1h30m` | range | `1..5` `1>..=5` `..` |
 * | datetime | `d'2026-01-31T09:30:00Z'` | record | `user:alice` `user:⟨123⟩` `user:[1, 'a']` |
 * | geometry | `<geometry> { type: 'Point', … }` | vector | `<vector> [0.5, 1]` |
 *
 * Inside a set a record id stands in parentheses, as `{a:b}` is an object; so do record ids, ranges and
 * objects as bounds of a range, where the text would otherwise end in the wrong place.
 */

import { compareText } from './compare-values.ts'
import type { Decimal } from './decimal.ts'
import { type Float, isIntNumber, type NumericValue } from './float.ts'
import type { Geometry } from './geometry.ts'
import type { Coordinates } from './geometry-types.ts'
import { limits } from './limits.ts'
import { tagOf, tags } from './type-tag.ts'
import { valueErrors } from './value-errors.ts'
import type { RangeBound, RangeValue, RecordIdValue, Value, ValueObject, ValueSetValue } from './values.ts'

/** The DQL literal of a value. @throws VALUE_TOO_DEEP */
export function formatValue(value: Value): string {
  return format(value, 0)
}

/** `table:key`, escaped where needed. */
export function formatRecordId(id: RecordIdValue): string {
  return format(id, 0)
}

/** A name as it stands in a query: as it is, or between ⟨ and ⟩. */
export function formatIdentifier(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : escapeName(name)
}

function format(value: Value, depth: number): string {
  if (depth > limits.answerDepthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.answerDepthMax })
  const tag = tagOf(value)
  switch (tag) {
    case tags.none:
      return 'NONE'
    case tags.null:
      return 'NULL'
    case tags.bool:
      return String(value)
    case tags.number:
      return formatNumber(value as NumericValue)
    case tags.string:
      return formatString(value as string)
    case tags.bytes:
      return `b'${formatHex(value as Uint8Array)}'`
    case tags.duration:
      return String(value)
    case tags.datetime:
      return `d'${String(value)}'`
    case tags.uuid:
      return `u'${String(value)}'`
    case tags.array:
      return `[${(value as readonly Value[]).map((element) => format(element, depth + 1)).join(', ')}]`
    case tags.set:
      return formatSet(value as ValueSetValue, depth)
    case tags.object:
      return formatObject(value as ValueObject, depth)
    case tags.geometry:
      return `<geometry> ${formatGeometry(value as Geometry, depth)}`
    case tags.vector:
      return `<vector> [${Array.from(value as Float32Array, formatCoordinate).join(', ')}]`
    case tags.record:
      return `${formatIdentifier((value as RecordIdValue).table)}:${formatKey((value as RecordIdValue).key, depth)}`
    case tags.range:
      return formatRange(value as RangeValue, depth)
    default:
      return tag satisfies never
  }
}

function formatNumber(value: NumericValue): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'object') return formatBoxed(value)
  if (isIntNumber(value) || !Number.isInteger(value)) return String(value)
  return `${Object.is(value, -0) ? '-0' : value}f`
}

function formatBoxed(value: Float | Decimal): string {
  return 'coefficient' in value ? `${value.toString()}dec` : value.toString()
}

function formatKey(key: RecordIdValue['key'], depth: number): string {
  if (typeof key !== 'string') return format(key, depth + 1)
  // All digits would read as an int.
  return /^[A-Za-z0-9_]+$/.test(key) && /\D/.test(key) ? key : escapeName(key)
}

function escapeName(name: string): string {
  return `⟨${name.replace(/[\\⟩]/g, '\\$&')}⟩`
}

function formatSet(set: ValueSetValue, depth: number): string {
  const elements = set.values.map((element) => {
    const text = format(element, depth + 1)
    return tagOf(element) === tags.record ? `(${text})` : text
  })
  return elements.length < 2 ? `{${elements.join('')},}` : `{${elements.join(', ')}}`
}

function formatObject(object: ValueObject, depth: number): string {
  const fields = Object.keys(object)
    .sort(compareText)
    .map((field) => `${formatField(field)}: ${format(object[field], depth + 1)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

function formatField(field: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(field) ? field : formatString(field)
}

function formatRange(range: RangeValue, depth: number): string {
  const begin =
    range.begin === undefined ? '' : formatBound(range.begin, depth) + (range.begin.inclusive ? '' : '>')
  const end = range.end === undefined ? '' : (range.end.inclusive ? '=' : '') + formatBound(range.end, depth)
  return `${begin}..${end}`
}

function formatBound(bound: RangeBound, depth: number): string {
  const text = format(bound.value, depth + 1)
  const tag = tagOf(bound.value)
  return tag === tags.record || tag === tags.range || tag === tags.object ? `(${text})` : text
}

function formatGeometry(geometry: Geometry, depth: number): string {
  if (depth > limits.answerDepthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.answerDepthMax })
  const members =
    geometry.type === 'GeometryCollection'
      ? `geometries: [${geometry.geometries.map((member) => formatGeometry(member, depth + 1)).join(', ')}]`
      : `coordinates: ${formatCoordinates(geometry.coordinates)}`
  return `{ type: '${geometry.type}', ${members} }`
}

function formatCoordinates(coordinates: Coordinates): string {
  return typeof coordinates === 'number'
    ? formatCoordinate(coordinates)
    : `[${coordinates.map(formatCoordinates).join(', ')}]`
}

function formatCoordinate(n: number): string {
  return Object.is(n, -0) ? '-0f' : String(n)
}

const stringEscapes: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** Control characters are written by number, so that a terminal or a log shows them. */
const unsafeInString = /['\\\p{Cc}\u2028\u2029]/gu

function formatString(text: string): string {
  const escaped = text.replace(unsafeInString, (char) => {
    return stringEscapes[char] ?? `\\u{${char.charCodeAt(0).toString(16)}}`
  })
  return `'${escaped}'`
}

export function formatHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16)
  return text
}
