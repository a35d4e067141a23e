/**
 * Reads keys: values in the exact form, and past values in either form. Layout: `key-layout.ts`.
 * Refuses encodings that the writer would not make, so that bytes and values are one to one.
 */

import { compareText, compareValues } from './compare-values.ts'
import { Datetime } from './datetime.ts'
import { Duration } from './duration.ts'
import { DbError } from './errors.ts'
import { setField } from './fields.ts'
import { Geometry } from './geometry.ts'
import { type Coordinates, coordinateNesting, geometryTypes } from './geometry-types.ts'
import { KeyCursor, keyErrors } from './key-cursor.ts'
import { keyBytes } from './key-layout.ts'
import { readNumber } from './key-number.ts'
import { skipValue } from './key-skip.ts'
import { limits } from './limits.ts'
import { Range } from './range.ts'
import { RecordId } from './record-id.ts'
import { Uuid } from './uuid.ts'
import { ValueSet } from './value-set.ts'
import type { RangeBound, RecordKey, Value } from './values.ts'

export class KeyReader {
  readonly #cursor: KeyCursor

  constructor(bytes: Uint8Array, offset = 0) {
    this.#cursor = new KeyCursor(bytes, offset)
  }

  get offset(): number {
    return this.#cursor.offset
  }

  get atEnd(): boolean {
    return this.#cursor.atEnd
  }

  /** @throws KEY_MALFORMED at the end, as all that follow */
  byte(): number {
    return this.#cursor.byte()
  }

  /** A view of the next `length` bytes. */
  raw(length: number): Uint8Array {
    return this.#cursor.raw(length)
  }

  /** 4 bytes. */
  uint32(): number {
    return this.#cursor.uint32()
  }

  /** 8 bytes, below 2^53. */
  uint64(): number {
    return this.#cursor.uint64()
  }

  /** Text with its end mark. */
  text(): string {
    return this.#cursor.text()
  }

  /** A value in the exact form. */
  exact(): Value {
    const start = this.#cursor.offset
    try {
      return readValue(this.#cursor, 0)
    } catch (error) {
      if (!(error instanceof DbError) || error.code === 'KEY_MALFORMED') throw error
      throw keyErrors.MALFORMED({ offset: start }, { cause: error })
    }
  }

  /** Moves past a value in the exact form. */
  skipExact(): void {
    skipValue(this.#cursor, true, 0)
  }

  /** Moves past a value in the collation form. */
  skipCollation(): void {
    skipValue(this.#cursor, false, 0)
  }
}

function readValue(cursor: KeyCursor, depth: number): Value {
  if (depth > limits.depthMax) throw cursor.malformed()
  const type = cursor.byte()
  switch (type) {
    case keyBytes.none:
      return undefined
    case keyBytes.null:
      return null
    case keyBytes.false:
      return false
    case keyBytes.true:
      return true
    case keyBytes.number:
      return readNumber(cursor)
    case keyBytes.string:
      return cursor.text()
    case keyBytes.bytes:
      return cursor.escapedBytes()
    case keyBytes.duration:
      return new Duration(readSeconds(cursor), cursor.uint32())
    case keyBytes.datetime:
      return new Datetime(readSeconds(cursor), cursor.uint32())
    case keyBytes.uuid:
      return Uuid.fromBytes(cursor.raw(16))
    case keyBytes.array:
      return readList(cursor, depth)
    case keyBytes.set:
      return readSet(cursor, depth)
    case keyBytes.object:
      return readObject(cursor, depth)
    case keyBytes.geometry:
      return readGeometry(cursor, depth)
    case keyBytes.vector:
      return readVector(cursor)
    case keyBytes.record:
      return new RecordId(cursor.text(), readValue(cursor, depth + 1) as RecordKey)
    case keyBytes.range:
      return new Range(readBegin(cursor, depth), readEnd(cursor, depth))
    default:
      throw cursor.malformed(cursor.offset - 1)
  }
}

function readSeconds(cursor: KeyCursor): number {
  const high = cursor.uint32() - 0x8000_0000
  return high * 2 ** 32 + cursor.uint32()
}

function readList(cursor: KeyCursor, depth: number): Value[] {
  const values: Value[] = []
  while (!cursor.accept(keyBytes.end)) values.push(readValue(cursor, depth + 1))
  return values
}

function readSet(cursor: KeyCursor, depth: number): ValueSet {
  const start = cursor.offset
  const values = readList(cursor, depth)
  for (let i = 1; i < values.length; i += 1) {
    if (compareValues(values[i - 1], values[i]) >= 0) throw cursor.malformed(start)
  }
  return ValueSet.from(values)
}

function readObject(cursor: KeyCursor, depth: number): Value {
  const object: Record<string, Value> = {}
  let previous: string | undefined
  while (!cursor.accept(keyBytes.end)) {
    const start = cursor.offset
    if (cursor.byte() !== keyBytes.string) throw cursor.malformed(start)
    const field = cursor.text()
    if (previous !== undefined && compareText(previous, field) >= 0) throw cursor.malformed(start)
    setField(object, field, readValue(cursor, depth + 1))
    previous = field
  }
  return object
}

function readGeometry(cursor: KeyCursor, depth: number): Geometry {
  if (depth > limits.depthMax) throw cursor.malformed()
  const type = geometryTypes[cursor.byte()]
  if (type === undefined) throw cursor.malformed(cursor.offset - 1)
  if (type !== 'GeometryCollection')
    return Geometry.of(type, readCoordinates(cursor, coordinateNesting[type]))
  const members: Geometry[] = []
  while (cursor.acceptItem()) members.push(readGeometry(cursor, depth + 1))
  return Geometry.collection(members)
}

function readCoordinates(cursor: KeyCursor, nesting: number): Coordinates {
  if (nesting === 0) return [cursor.float64(), cursor.float64()]
  const list: Coordinates[] = []
  while (cursor.acceptItem()) list.push(readCoordinates(cursor, nesting - 1))
  return list
}

function readVector(cursor: KeyCursor): Float32Array {
  const elements: number[] = []
  while (cursor.acceptItem()) elements.push(cursor.float32())
  return Float32Array.from(elements)
}

function readBegin(cursor: KeyCursor, depth: number): RangeBound | undefined {
  if (!readBoundMark(cursor, keyBytes.beginOpen)) return undefined
  const value = readValue(cursor, depth + 1)
  return { value, inclusive: readIsFirst(cursor) }
}

function readEnd(cursor: KeyCursor, depth: number): RangeBound | undefined {
  if (!readBoundMark(cursor, keyBytes.endOpen)) return undefined
  const value = readValue(cursor, depth + 1)
  return { value, inclusive: !readIsFirst(cursor) }
}

/** Whether there is a bound; the mark of an open end is the alternative. */
function readBoundMark(cursor: KeyCursor, open: number): boolean {
  const mark = cursor.byte()
  if (mark !== keyBytes.bound && mark !== open) throw cursor.malformed(cursor.offset - 1)
  return mark === keyBytes.bound
}

function readIsFirst(cursor: KeyCursor): boolean {
  const mark = cursor.byte()
  if (mark !== keyBytes.boundFirst && mark !== keyBytes.boundSecond) throw cursor.malformed(cursor.offset - 1)
  return mark === keyBytes.boundFirst
}
