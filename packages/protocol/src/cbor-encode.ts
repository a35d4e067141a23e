/**
 * Values to deterministic CBOR. The table of types is in `cbor.ts`.
 */

import { cborTags } from './cbor-tags.ts'
import type { CborWriter } from './cbor-writer.ts'
import { compareText } from './compare-values.ts'
import type { Datetime } from './datetime.ts'
import { Decimal } from './decimal.ts'
import type { Duration } from './duration.ts'
import { type Float, isIntNumber } from './float.ts'
import type { Geometry } from './geometry.ts'
import { type Coordinates, geometryTypes } from './geometry-types.ts'
import { limits } from './limits.ts'
import { tagOf, tags } from './type-tag.ts'
import type { Uuid } from './uuid.ts'
import { valueErrors } from './value-errors.ts'
import type { RangeBound, RangeValue, RecordIdValue, Value, ValueObject, ValueSetValue } from './values.ts'

/** Appends the canonical bytes of a value. @throws VALUE_TOO_DEEP, VALUE_LONE_SURROGATE */
export function writeCanonical(writer: CborWriter, value: Value): void {
  writeValue(writer, value, 0)
}

/** The same of an answer, which may have more levels. @throws VALUE_TOO_DEEP, VALUE_LONE_SURROGATE */
export function writeCanonicalAnswer(writer: CborWriter, value: Value): void {
  writeValue(writer, value, answerTop)
}

/** The levels that an answer may have on top of those of a value are counted off before its first. */
export const answerTop = limits.depthMax - limits.answerDepthMax

/** The four bytes of the only NaN that a vector holds. */
export const vectorNanBits = 0x7fc0_0000

const textEncoder = new TextEncoder()

function writeValue(writer: CborWriter, value: Value, depth: number): void {
  if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
  switch (typeof value) {
    case 'string':
      writer.text(value)
      return
    case 'number':
      if (isIntNumber(value)) writer.int(value)
      else writer.float(value)
      return
    case 'boolean':
      writer.bool(value)
      return
    case 'bigint':
      writer.int(value)
      return
    case 'undefined':
      writer.undefined()
      return
    default:
      if (value === null) writer.null()
      else writeObjectLike(writer, value, depth)
  }
}

function writeObjectLike(writer: CborWriter, value: Value & object, depth: number): void {
  switch (tagOf(value)) {
    case tags.object:
      return writeMap(writer, value as ValueObject, depth)
    case tags.array:
      return writeArray(writer, value as readonly Value[], depth)
    case tags.number:
      return writeBoxedNumber(writer, value as Float | Decimal)
    case tags.record:
      writer
        .tag(cborTags.record)
        .array(2)
        .text((value as RecordIdValue).table)
      return writeValue(writer, (value as RecordIdValue).key, depth + 1)
    case tags.datetime:
      return writeTime(writer, cborTags.datetime, value as Datetime)
    case tags.duration:
      return writeTime(writer, cborTags.duration, value as Duration)
    case tags.uuid:
      writer.tag(cborTags.uuid).bytes((value as Uuid).toBytes())
      return
    case tags.bytes:
      writer.bytes(value as Uint8Array)
      return
    case tags.vector:
      writer.tag(cborTags.vector).bytes(vectorBytes(value as Float32Array))
      return
    case tags.set:
      writer.tag(cborTags.set)
      return writeArray(writer, (value as ValueSetValue).values, depth)
    case tags.range:
      writer.tag(cborTags.range).array(2)
      writeBound(writer, (value as RangeValue).begin, depth)
      return writeBound(writer, (value as RangeValue).end, depth)
    case tags.geometry:
      writer.tag(cborTags.geometry)
      return writeGeometry(writer, value as Geometry, depth)
  }
}

function writeArray(writer: CborWriter, values: readonly Value[], depth: number): void {
  writer.array(values.length)
  for (const value of values) writeValue(writer, value, depth + 1)
}

/**
 * Field names are almost always short and ASCII: then their canonical order is by length, then by characters.
 */
function writeMap(writer: CborWriter, object: ValueObject, depth: number): void {
  const start = writer.length
  const fields = Object.keys(object)
  sortAsAscii(fields)
  writer.map(fields.length)
  for (const field of fields) {
    if (!writer.asciiText(field)) {
      writer.truncate(start)
      return writeWideMap(writer, object, fields, depth)
    }
    writeValue(writer, object[field], depth + 1)
  }
}

function writeWideMap(writer: CborWriter, object: ValueObject, fields: string[], depth: number): void {
  const lengths = new Map(fields.map((field) => [field, textEncoder.encode(field).length]))
  const lengthOf = (field: string): number => lengths.get(field) ?? 0
  fields.sort((a, b) => lengthOf(a) - lengthOf(b) || compareText(a, b))
  writer.map(fields.length)
  for (const field of fields) {
    writer.text(field)
    writeValue(writer, object[field], depth + 1)
  }
}

/** In place; a few fields by insertion, which does nothing when they are sorted already. */
function sortAsAscii(fields: string[]): void {
  if (fields.length > 24) {
    fields.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    return
  }
  for (let i = 1; i < fields.length; i += 1) {
    const field = fields[i] as string
    let at = i
    for (; at > 0; at -= 1) {
      const before = fields[at - 1] as string
      if (before.length < field.length || (before.length === field.length && before < field)) break
      fields[at] = before
    }
    fields[at] = field
  }
}

function writeBoxedNumber(writer: CborWriter, value: Float | Decimal): void {
  if (value instanceof Decimal)
    writer.tag(cborTags.decimal).array(2).int(value.exponent).int(value.coefficient)
  else writer.float(value.value)
}

function writeTime(writer: CborWriter, tag: number, time: Datetime | Duration): void {
  writer
    .tag(tag)
    .map(time.nanos === 0 ? 1 : 2)
    .uint(1)
    .int(time.seconds)
  if (time.nanos !== 0) writer.int(-9).uint(time.nanos)
}

function writeBound(writer: CborWriter, bound: RangeBound | undefined, depth: number): void {
  if (bound === undefined) {
    writer.null()
    return
  }
  writeValue(writer.array(2), bound.value, depth + 1)
  writer.bool(bound.inclusive)
}

function writeGeometry(writer: CborWriter, geometry: Geometry, depth: number): void {
  if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
  writer.array(2).uint(geometryTypes.indexOf(geometry.type))
  if (geometry.type !== 'GeometryCollection') return writeCoordinates(writer, geometry.coordinates)
  writer.array(geometry.geometries.length)
  for (const member of geometry.geometries) writeGeometry(writer, member, depth + 1)
}

function writeCoordinates(writer: CborWriter, coordinates: Coordinates): void {
  if (typeof coordinates === 'number') {
    writer.float(coordinates)
    return
  }
  writer.array(coordinates.length)
  for (const inner of coordinates) writeCoordinates(writer, inner)
}

/** Little endian whatever the machine; every NaN is the same. */
function vectorBytes(vector: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(vector.length * 4))
  for (let i = 0; i < vector.length; i += 1) {
    const element = vector[i] as number
    if (Number.isNaN(element)) view.setUint32(i * 4, vectorNanBits, true)
    else view.setFloat32(i * 4, element, true)
  }
  return new Uint8Array(view.buffer)
}
