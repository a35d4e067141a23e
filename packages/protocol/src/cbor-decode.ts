/**
 * Deterministic CBOR to values; everything else is refused. The table of types is in `cbor.ts`.
 */

import { answerTop, vectorNanBits } from './cbor-encode.ts'
import { cborErrors } from './cbor-errors.ts'
import type { CborReader } from './cbor-reader.ts'
import { cborTags } from './cbor-tags.ts'
import { cborMajor } from './cbor-writer.ts'
import { compareValues } from './compare-values.ts'
import { Datetime } from './datetime.ts'
import { Decimal } from './decimal.ts'
import { Duration } from './duration.ts'
import { DbError } from './errors.ts'
import { setField } from './fields.ts'
import { float, int } from './float.ts'
import { Geometry } from './geometry.ts'
import { type Coordinates, coordinateNesting, geometryTypes } from './geometry-types.ts'
import { limits } from './limits.ts'
import { Range } from './range.ts'
import { RecordId } from './record-id.ts'
import { Uuid } from './uuid.ts'
import { valueErrors } from './value-errors.ts'
import { ValueSet } from './value-set.ts'
import type { RangeBound, RecordKey, Value, ValueObject } from './values.ts'

/** Reads one value and leaves the reader behind it. @throws CBOR_* */
export function readCanonical(reader: CborReader): Value {
  return readFrom(reader, 0)
}

/** The same of an answer, which may have more levels. @throws CBOR_* */
export function readCanonicalAnswer(reader: CborReader): Value {
  return readFrom(reader, answerTop)
}

function readFrom(reader: CborReader, top: number): Value {
  try {
    return readValue(reader, top)
  } catch (error) {
    throw malformed(reader, error)
  }
}

/** Reads a map, puts its fields behind those of `object`, and leaves the reader behind it. @throws CBOR_* */
export function readCanonicalFields(reader: CborReader, object: Record<string, Value>): void {
  try {
    readFields(reader, 0, object)
  } catch (error) {
    throw malformed(reader, error)
  }
}

/** A tag's content made no value: a date out of range, an open ring. The bytes are wrong, not an argument. */
function malformed(reader: CborReader, error: unknown): unknown {
  if (!(error instanceof DbError) || error.code.startsWith('CBOR_')) return error
  return cborErrors.VALUE({ problem: error.message, offset: reader.offset }, { cause: error })
}

function readValue(reader: CborReader, depth: number): Value {
  checkDepth(reader, depth)
  const initial = reader.peek()
  switch (initial >> 5) {
    case cborMajor.uint:
    case cborMajor.negative:
      return reader.int()
    case cborMajor.bytes:
      return reader.bytes()
    case cborMajor.text:
      return reader.text()
    case cborMajor.array:
      return readArray(reader, depth)
    case cborMajor.map:
      return readMap(reader, depth)
    case cborMajor.tag:
      return readTagged(reader, depth)
    default:
      return readSimple(reader, initial)
  }
}

function readSimple(reader: CborReader, initial: number): Value {
  if (initial === 0xf4 || initial === 0xf5) return reader.bool()
  if (reader.accept(0xf6)) return null
  if (reader.accept(0xf7)) return undefined
  if (initial >= 0xf9 && initial <= 0xfb) return float(reader.float())
  throw cborErrors.UNSUPPORTED({ item: 'a simple value', offset: reader.offset })
}

function checkDepth(reader: CborReader, depth: number): void {
  if (depth > limits.depthMax) throw cborErrors.DEPTH({ offset: reader.offset })
}

function readArray(reader: CborReader, depth: number): Value[] {
  const count = reader.array()
  // An array that grows has room for seventeen elements, be there one.
  const values = new Array<Value>(count)
  for (let i = 0; i < count; i += 1) values[i] = readValue(reader, depth + 1)
  return values
}

function readMap(reader: CborReader, depth: number): ValueObject {
  const object: Record<string, Value> = {}
  readFields(reader, depth, object)
  return object
}

function readFields(reader: CborReader, depth: number, object: Record<string, Value>): void {
  const count = reader.map()
  let previousFrom = 0
  let previousTo = 0
  for (let i = 0; i < count; i += 1) {
    const from = reader.offset
    const field = reader.key()
    const to = reader.offset
    if (i > 0) reader.checkKeyOrder(previousFrom, previousTo, from, to)
    previousFrom = from
    previousTo = to
    setField(object, field, readValue(reader, depth + 1))
  }
}

function readTagged(reader: CborReader, depth: number): Value {
  const start = reader.offset
  const tag = reader.tag()
  switch (tag) {
    case cborTags.bigUint:
    case cborTags.bigNegative:
      return readBigInt(reader, tag)
    case cborTags.decimal:
      return readDecimal(reader)
    case cborTags.uuid:
      return readUuid(reader)
    case cborTags.vector:
      return readVector(reader)
    case cborTags.set:
      return readSet(reader, depth)
    case cborTags.datetime: {
      const { seconds, nanos } = readTime(reader)
      return new Datetime(seconds, nanos)
    }
    case cborTags.duration: {
      const { seconds, nanos } = readTime(reader)
      return new Duration(seconds, nanos)
    }
    case cborTags.record:
      expectItems(reader, 2)
      return new RecordId(reader.key(), readValue(reader, depth + 1) as RecordKey)
    case cborTags.range:
      expectItems(reader, 2)
      return new Range(readBound(reader, depth), readBound(reader, depth))
    case cborTags.geometry:
      return readGeometry(reader, depth)
    default:
      throw cborErrors.UNSUPPORTED({ item: `tag ${tag}`, offset: start })
  }
}

function expectItems(reader: CborReader, count: number): void {
  const start = reader.offset
  if (reader.array() !== count)
    throw cborErrors.UNEXPECTED({ expected: `an array of ${count}`, offset: start })
}

function readBigInt(reader: CborReader, tag: number): bigint {
  const start = reader.offset
  const bytes = reader.bytesView()
  if (bytes.length <= 8 || bytes[0] === 0) {
    throw cborErrors.NOT_CANONICAL({ problem: 'a bignum of up to 64 bits', offset: start })
  }
  if (bytes.length * 8 > limits.intBitsMax) throw valueErrors.INT_RANGE()
  let magnitude = 0n
  for (const byte of bytes) magnitude = (magnitude << 8n) | BigInt(byte)
  return int(tag === cborTags.bigUint ? magnitude : -1n - magnitude) as bigint
}

function readDecimal(reader: CborReader): Decimal {
  const start = reader.offset
  expectItems(reader, 2)
  const exponent = Number(reader.int())
  const coefficient = BigInt(readInteger(reader))
  const decimal = Decimal.of(coefficient, exponent)
  if (decimal.exponent !== exponent || decimal.coefficient !== coefficient) {
    throw cborErrors.NOT_CANONICAL({
      problem: 'a decimal with trailing zeros or too many digits',
      offset: start,
    })
  }
  return decimal
}

function readInteger(reader: CborReader): number | bigint {
  if (reader.peekMajor() !== cborMajor.tag) return reader.int()
  const start = reader.offset
  const tag = reader.tag()
  if (tag === cborTags.bigUint || tag === cborTags.bigNegative) return readBigInt(reader, tag)
  throw cborErrors.UNEXPECTED({ expected: 'an integer', offset: start })
}

function readUuid(reader: CborReader): Uuid {
  const start = reader.offset
  const bytes = reader.bytesView()
  if (bytes.length !== 16) throw cborErrors.UNEXPECTED({ expected: '16 bytes', offset: start })
  return Uuid.fromBytes(bytes)
}

function readVector(reader: CborReader): Float32Array {
  const start = reader.offset
  const bytes = reader.bytesView()
  if (bytes.length % 4 !== 0)
    throw cborErrors.UNEXPECTED({ expected: 'a multiple of 4 bytes', offset: start })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const vector = new Float32Array(bytes.length / 4)
  for (let i = 0; i < vector.length; i += 1) {
    const element = view.getFloat32(i * 4, true)
    if (Number.isNaN(element) && view.getUint32(i * 4, true) !== vectorNanBits) {
      throw cborErrors.NOT_CANONICAL({ problem: 'a NaN with a payload', offset: start })
    }
    vector[i] = element
  }
  return vector
}

function readSet(reader: CborReader, depth: number): ValueSet {
  const start = reader.offset
  const values = readArray(reader, depth)
  for (let i = 1; i < values.length; i += 1) {
    if (compareValues(values[i - 1], values[i]) >= 0) {
      throw cborErrors.NOT_CANONICAL({ problem: 'a set that is unsorted or has duplicates', offset: start })
    }
  }
  return ValueSet.from(values)
}

function readTime(reader: CborReader): { readonly seconds: number; readonly nanos: number } {
  const start = reader.offset
  const count = reader.map()
  if (count < 1 || count > 2 || reader.int() !== 1) throw unexpectedTime(start)
  const seconds = Number(reader.int())
  if (count === 1) return { seconds, nanos: 0 }
  if (reader.int() !== -9) throw unexpectedTime(start)
  const nanos = reader.uint()
  if (nanos === 0) throw cborErrors.NOT_CANONICAL({ problem: 'a time with 0 nanoseconds', offset: start })
  return { seconds, nanos }
}

function unexpectedTime(offset: number): DbError {
  return cborErrors.UNEXPECTED({ expected: 'a map of seconds (1) and nanoseconds (-9)', offset })
}

function readBound(reader: CborReader, depth: number): RangeBound | undefined {
  if (reader.accept(0xf6)) return undefined
  expectItems(reader, 2)
  const value = readValue(reader, depth + 1)
  return { value, inclusive: reader.bool() }
}

function readGeometry(reader: CborReader, depth: number): Geometry {
  checkDepth(reader, depth)
  expectItems(reader, 2)
  const start = reader.offset
  const type = geometryTypes[reader.uint()]
  if (type === undefined) throw cborErrors.UNEXPECTED({ expected: 'a geometry type', offset: start })
  if (type !== 'GeometryCollection')
    return Geometry.of(type, readCoordinates(reader, coordinateNesting[type] + 1))
  const count = reader.array()
  const members: Geometry[] = []
  for (let i = 0; i < count; i += 1) members.push(readGeometry(reader, depth + 1))
  return Geometry.collection(members)
}

function readCoordinates(reader: CborReader, nesting: number): Coordinates {
  if (nesting === 0) return readCoordinate(reader)
  const count = reader.array()
  const list: Coordinates[] = []
  for (let i = 0; i < count; i += 1) list.push(readCoordinates(reader, nesting - 1))
  return list
}

function readCoordinate(reader: CborReader): number {
  const start = reader.offset
  const n = reader.float()
  if (Object.is(n, -0)) throw cborErrors.NOT_CANONICAL({ problem: 'a coordinate of -0', offset: start })
  return n
}
