/**
 * The total order of values.
 * Types: none < null < bool < number < string < bytes < duration < datetime < uuid < array < set < object <
 * geometry < vector < record < range. Within a type:
 * - numbers by exact value across int, float and decimal; NaN first and equal to itself, -0 equal to 0;
 * - strings by Unicode code point, which is the order of their UTF-8 bytes; bytes as unsigned;
 * - arrays, sets and vectors element by element, then by length;
 * - objects as the sequence of their [field, value] pairs sorted by field;
 * - geometries by type, then coordinates; record ids by table, then key; ranges by begin, then end (an open
 *   begin comes first, an open end last).
 * `compareValues` lets equal numbers tie whatever their kind. `compareExact` orders them on the spot by kind,
 * -0 < int < float < decimal, so that it gives 0 for identical values only. Record ids are always compared
 * exactly: 1 and 1.0 inside a key are two records.
 * `key-layout.ts` writes bytes in these orders.
 */

import type { Datetime } from './datetime.ts'
import type { Duration } from './duration.ts'
import type { NumericValue } from './float.ts'
import type { Geometry } from './geometry.ts'
import { type Coordinates, geometryTypes } from './geometry-types.ts'
import { limits } from './limits.ts'
import { compareFloats, compareNumbers, numberKindOf } from './number-order.ts'
import { tagOf, tags } from './type-tag.ts'
import type { Uuid } from './uuid.ts'
import { valueErrors } from './value-errors.ts'
import type { RangeBound, RangeValue, RecordIdValue, Value, ValueObject, ValueSetValue } from './values.ts'

/** Negative, 0 or positive. Equal numbers of different kinds tie. @throws VALUE_TOO_DEEP */
export function compareValues(left: Value, right: Value): number {
  if (left === right) return 0
  if (typeof left === 'number' && typeof right === 'number') return compareFloats(left, right)
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  return compareAny(left, right, false, 0)
}

/** As `compareValues`, but 0 for identical values only. @throws VALUE_TOO_DEEP */
export function compareExact(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  return compareAny(left, right, true, 0)
}

/** Whether `compareValues` gives 0. @throws VALUE_TOO_DEEP */
export function equalValues(left: Value, right: Value): boolean {
  if (left === right) return true
  if (typeof left === 'string' && typeof right === 'string') return false
  if (typeof left === 'number' && typeof right === 'number') return Number.isNaN(left) && Number.isNaN(right)
  return compareAny(left, right, false, 0) === 0
}

/** Order of Unicode code points. JavaScript's `<` compares UTF-16 units, which puts U+10000 before U+FFFF. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i += 1) {
    const a = left.charCodeAt(i)
    const b = right.charCodeAt(i)
    if (a !== b) return codePointRank(a) - codePointRank(b)
  }
  return left.length - right.length
}

/** Moves surrogates, which stand for code points from U+10000, above U+E000 to U+FFFF. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}

export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i += 1) {
    const difference = (left[i] as number) - (right[i] as number)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** The fields of an object in the order of their names. */
export function sortedFields(object: ValueObject): readonly string[] {
  const fields = Object.keys(object)
  for (let i = 1; i < fields.length; i += 1) {
    if (compareText(fields[i - 1] as string, fields[i] as string) > 0) return fields.sort(compareText)
  }
  return fields
}

function compareAny(left: Value, right: Value, exact: boolean, depth: number): number {
  const tag = tagOf(left)
  const otherTag = tagOf(right)
  if (tag !== otherTag) return tag - otherTag
  if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
  switch (tag) {
    case tags.none:
    case tags.null:
      return 0
    case tags.bool:
      return Number(left) - Number(right)
    case tags.number:
      return compareAnyNumbers(left as NumericValue, right as NumericValue, exact)
    case tags.string:
      return compareText(left as string, right as string)
    case tags.bytes:
      return compareBytes(left as Uint8Array, right as Uint8Array)
    case tags.duration:
      return (left as Duration).compare(right as Duration)
    case tags.datetime:
      return (left as Datetime).compare(right as Datetime)
    case tags.uuid:
      return (left as Uuid).compare(right as Uuid)
    case tags.array:
      return compareLists(left as readonly Value[], right as readonly Value[], exact, depth)
    case tags.set:
      return compareLists((left as ValueSetValue).values, (right as ValueSetValue).values, exact, depth)
    case tags.object:
      return compareObjects(left as ValueObject, right as ValueObject, exact, depth)
    case tags.geometry:
      return compareGeometries(left as Geometry, right as Geometry, depth)
    case tags.vector:
      return compareVectors(left as Float32Array, right as Float32Array, exact)
    case tags.record:
      return compareRecordIds(left as RecordIdValue, right as RecordIdValue, depth)
    case tags.range:
      return compareRanges(left as RangeValue, right as RangeValue, exact, depth)
    default:
      return tag satisfies never
  }
}

function compareAnyNumbers(left: NumericValue, right: NumericValue, exact: boolean): number {
  const order = compareNumbers(left, right)
  return order !== 0 || !exact ? order : numberKindOf(left) - numberKindOf(right)
}

function compareLists(
  left: readonly Value[],
  right: readonly Value[],
  exact: boolean,
  depth: number,
): number {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i += 1) {
    const order = compareAny(left[i], right[i], exact, depth + 1)
    if (order !== 0) return order
  }
  return left.length - right.length
}

function compareObjects(left: ValueObject, right: ValueObject, exact: boolean, depth: number): number {
  const leftFields = sortedFields(left)
  const rightFields = sortedFields(right)
  const length = Math.min(leftFields.length, rightFields.length)
  for (let i = 0; i < length; i += 1) {
    const field = leftFields[i] as string
    const order =
      compareText(field, rightFields[i] as string) || compareAny(left[field], right[field], exact, depth + 1)
    if (order !== 0) return order
  }
  return leftFields.length - rightFields.length
}

function compareGeometries(left: Geometry, right: Geometry, depth: number): number {
  if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
  const order = geometryTypes.indexOf(left.type) - geometryTypes.indexOf(right.type)
  if (order !== 0) return order
  if (left.type !== 'GeometryCollection') return compareCoordinates(left.coordinates, right.coordinates)
  const length = Math.min(left.geometries.length, right.geometries.length)
  for (let i = 0; i < length; i += 1) {
    const members = compareGeometries(
      left.geometries[i] as Geometry,
      right.geometries[i] as Geometry,
      depth + 1,
    )
    if (members !== 0) return members
  }
  return left.geometries.length - right.geometries.length
}

/** Both have the nesting of one geometry type, so that a number meets a number. */
function compareCoordinates(left: Coordinates, right: Coordinates): number {
  if (typeof left === 'number' || typeof right === 'number')
    return compareFloats(left as number, right as number)
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i += 1) {
    const order = compareCoordinates(left[i] as Coordinates, right[i] as Coordinates)
    if (order !== 0) return order
  }
  return left.length - right.length
}

function compareVectors(left: Float32Array, right: Float32Array, exact: boolean): number {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i += 1) {
    const a = left[i] as number
    const b = right[i] as number
    const order = compareFloats(a, b)
    if (order !== 0) return order
    // The sign of a zero is all in which two equal floats can differ.
    if (exact && a === 0 && !Object.is(a, b)) return Object.is(a, -0) ? -1 : 1
  }
  return left.length - right.length
}

function compareRecordIds(left: RecordIdValue, right: RecordIdValue, depth: number): number {
  return compareText(left.table, right.table) || compareAny(left.key, right.key, true, depth + 1)
}

function compareRanges(left: RangeValue, right: RangeValue, exact: boolean, depth: number): number {
  return (
    compareBegins(left.begin, right.begin, exact, depth) || compareEnds(left.end, right.end, exact, depth)
  )
}

type Bound = RangeBound | undefined

function compareBegins(left: Bound, right: Bound, exact: boolean, depth: number): number {
  if (left === undefined || right === undefined)
    return Number(left !== undefined) - Number(right !== undefined)
  const order = compareAny(left.value, right.value, exact, depth + 1)
  return order || Number(right.inclusive) - Number(left.inclusive)
}

function compareEnds(left: Bound, right: Bound, exact: boolean, depth: number): number {
  if (left === undefined || right === undefined)
    return Number(left === undefined) - Number(right === undefined)
  const order = compareAny(left.value, right.value, exact, depth + 1)
  return order || Number(left.inclusive) - Number(right.inclusive)
}
