/**
 * Writes values as bytes in the order of the values. Layout and reasons: `key-layout.ts`.
 */

import { sortedFields } from './compare-values.ts'
import type { Datetime } from './datetime.ts'
import type { Decimal } from './decimal.ts'
import type { Duration } from './duration.ts'
import { isIntNumber, type NumericValue } from './float.ts'
import type { Geometry } from './geometry.ts'
import { type Coordinates, geometryTypes } from './geometry-types.ts'
import { keyBytes } from './key-layout.ts'
import { limits } from './limits.ts'
import { nearestFloat, numberKindOf, numberKinds } from './number-order.ts'
import { tagOf, tags } from './type-tag.ts'
import type { Uuid } from './uuid.ts'
import { valueErrors } from './value-errors.ts'
import type { RangeValue, RecordIdValue, Value, ValueObject, ValueSetValue } from './values.ts'

/** A buffer that one huge key has made longer than this is given up at the next reset. */
const keptBytesMax = 1 << 16

/**
 * Appends keys and parts of keys to a buffer that grows. Reuse one: `reset`, append, then `finish` or `view`.
 */
export class KeyWriter {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(initialBytes = 256) {
    this.#bytes = new Uint8Array(initialBytes)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get length(): number {
    return this.#length
  }

  /** Forgets all that was written, or all after the first `length` bytes, so that a prefix can be kept. */
  reset(length = 0): this {
    if (length === 0 && this.#bytes.length > keptBytesMax) {
      this.#bytes = new Uint8Array(256)
      this.#view = new DataView(this.#bytes.buffer)
    }
    this.#length = length
    return this
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  /** What was written, without a copy: valid until the next call. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  byte(byte: number): this {
    if (this.#length === this.#bytes.length) this.#grow(1)
    this.#bytes[this.#length] = byte
    this.#length += 1
    return this
  }

  /** Bytes as they are, without an end mark: for fixed lengths and prefixes. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /** An unsigned 32-bit number, 4 bytes. */
  uint32(n: number): this {
    this.#reserve(4)
    this.#view.setUint32(this.#length, n)
    this.#length += 4
    return this
  }

  /** An unsigned integer up to 2^53 - 1, 8 bytes. */
  uint64(n: number): this {
    return this.uint32(Math.floor(n / 2 ** 32)).uint32(n % 2 ** 32)
  }

  /** Text with its end mark, without a type byte. @throws VALUE_LONE_SURROGATE */
  text(text: string): this {
    const units = text.length
    this.#reserve(units * 3 + 1)
    const bytes = this.#bytes
    let at = this.#length
    for (let i = 0; i < units; i += 1) {
      const unit = text.charCodeAt(i)
      if (unit > 1 && unit < 0x80) {
        bytes[at] = unit
        at += 1
      } else if (unit <= 1) {
        bytes[at] = 1
        bytes[at + 1] = unit + 1
        at += 2
      } else if (unit < 0x800) {
        bytes[at] = 0xc0 | (unit >> 6)
        bytes[at + 1] = 0x80 | (unit & 0x3f)
        at += 2
      } else if (unit < 0xd800 || unit > 0xdfff) {
        bytes[at] = 0xe0 | (unit >> 12)
        bytes[at + 1] = 0x80 | ((unit >> 6) & 0x3f)
        bytes[at + 2] = 0x80 | (unit & 0x3f)
        at += 3
      } else {
        const point = text.codePointAt(i) as number
        if (point < 0x10000) throw valueErrors.LONE_SURROGATE({ path: 'a key' })
        bytes[at] = 0xf0 | (point >> 18)
        bytes[at + 1] = 0x80 | ((point >> 12) & 0x3f)
        bytes[at + 2] = 0x80 | ((point >> 6) & 0x3f)
        bytes[at + 3] = 0x80 | (point & 0x3f)
        at += 4
        i += 1
      }
    }
    bytes[at] = keyBytes.end
    this.#length = at + 1
    return this
  }

  /** A value in the order of `compareExact`. @throws VALUE_TOO_DEEP, VALUE_LONE_SURROGATE */
  exact(value: Value): this {
    this.#value(value, true, 0)
    return this
  }

  /** A value in the order of `compareValues`. @throws VALUE_TOO_DEEP, VALUE_LONE_SURROGATE */
  collation(value: Value): this {
    this.#value(value, false, 0)
    return this
  }

  #value(value: Value, exact: boolean, depth: number): void {
    if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
    const tag = tagOf(value)
    switch (tag) {
      case tags.none:
        this.byte(keyBytes.none)
        return
      case tags.null:
        this.byte(keyBytes.null)
        return
      case tags.bool:
        this.byte(value === true ? keyBytes.true : keyBytes.false)
        return
      case tags.number:
        this.#number(value as NumericValue, exact)
        return
      case tags.string:
        this.byte(keyBytes.string).text(value as string)
        return
      case tags.bytes:
        this.byte(keyBytes.bytes).#escaped(value as Uint8Array)
        return
      case tags.duration:
        this.byte(keyBytes.duration).#time(value as Duration)
        return
      case tags.datetime:
        this.byte(keyBytes.datetime).#time(value as Datetime)
        return
      case tags.uuid:
        this.byte(keyBytes.uuid).raw((value as Uuid).toBytes())
        return
      case tags.array:
        this.#list(keyBytes.array, value as readonly Value[], exact, depth)
        return
      case tags.set:
        this.#list(keyBytes.set, (value as ValueSetValue).values, exact, depth)
        return
      case tags.object:
        this.#object(value as ValueObject, exact, depth)
        return
      case tags.geometry:
        this.byte(keyBytes.geometry).#geometry(value as Geometry, depth)
        return
      case tags.vector:
        this.byte(keyBytes.vector).#vector(value as Float32Array, exact)
        return
      case tags.record:
        this.byte(keyBytes.record).text((value as RecordIdValue).table)
        this.#value((value as RecordIdValue).key, true, depth + 1)
        return
      case tags.range:
        this.#range(value as RangeValue, exact, depth)
        return
      default:
        tag satisfies never
    }
  }

  #number(value: NumericValue, exact: boolean): void {
    this.#reserve(11)
    this.#bytes[this.#length] = keyBytes.number
    this.#length += 1
    if (typeof value === 'number') {
      this.#sortableFloat64(value)
      this.#bytes[this.#length] = keyBytes.sideExact
      this.#length += 1
      if (exact) this.byte(isIntNumber(value) ? numberKinds.int : numberKindOf(value))
      return
    }
    const { float, side } = nearestFloat(value)
    this.#sortableFloat64(float)
    this.byte(side === 0 ? keyBytes.sideExact : side < 0 ? keyBytes.sideBelow : keyBytes.sideAbove)
    if (side !== 0) this.#digits(value as bigint | Decimal)
    if (exact) this.byte(numberKindOf(value))
  }

  #digits(value: bigint | Decimal): void {
    const coefficient = typeof value === 'bigint' ? value : value.coefficient
    const exponent = typeof value === 'bigint' ? 0 : value.exponent
    const flip = coefficient < 0n ? 0xff : 0
    const all = (coefficient < 0n ? -coefficient : coefficient).toString()
    const digits = all.replace(/0+$/, '')
    const leading = all.length - 1 + exponent + 0x8000
    this.byte((leading >> 8) ^ flip).byte((leading & 0xff) ^ flip)
    for (let i = 0; i < digits.length; i += 2) {
      const low = i + 1 < digits.length ? digits.charCodeAt(i + 1) - 0x30 : 0
      this.byte((1 + (digits.charCodeAt(i) - 0x30) * 10 + low) ^ flip)
    }
    this.byte(keyBytes.end ^ flip)
  }

  #sortableFloat64(n: number): void {
    this.#reserve(8)
    const at = this.#length
    const view = this.#view
    this.#length += 8
    if (Number.isNaN(n)) {
      view.setFloat64(at, 0)
    } else if (n < 0) {
      view.setFloat64(at, n)
      view.setUint32(at, ~view.getUint32(at))
      view.setUint32(at + 4, ~view.getUint32(at + 4))
    } else {
      // -0 is not less than 0 and loses its sign here.
      view.setFloat64(at, n + 0)
      this.#bytes[at] = (this.#bytes[at] as number) | 0x80
    }
  }

  #sortableFloat32(n: number, exact: boolean): void {
    this.#reserve(4)
    const at = this.#length
    const view = this.#view
    this.#length += 4
    if (Number.isNaN(n)) {
      view.setUint32(at, 0)
      return
    }
    view.setFloat32(at, exact ? n : n + 0)
    const bits = view.getUint32(at)
    view.setUint32(at, bits >= 0x8000_0000 ? ~bits : bits | 0x8000_0000)
  }

  #escaped(bytes: Uint8Array): void {
    this.#reserve(bytes.length * 2 + 1)
    let at = this.#length
    for (const byte of bytes) {
      if (byte <= 1) {
        this.#bytes[at] = 1
        at += 1
      }
      this.#bytes[at] = byte <= 1 ? byte + 1 : byte
      at += 1
    }
    this.#bytes[at] = keyBytes.end
    this.#length = at + 1
  }

  #time(time: { readonly seconds: number; readonly nanos: number }): void {
    const high = Math.floor(time.seconds / 2 ** 32)
    this.uint32(high + 0x8000_0000)
      .uint32(time.seconds - high * 2 ** 32)
      .uint32(time.nanos)
  }

  #list(type: number, values: readonly Value[], exact: boolean, depth: number): void {
    this.byte(type)
    for (const value of values) this.#value(value, exact, depth + 1)
    this.byte(keyBytes.end)
  }

  #object(object: ValueObject, exact: boolean, depth: number): void {
    this.byte(keyBytes.object)
    for (const field of sortedFields(object)) {
      this.byte(keyBytes.string).text(field)
      this.#value(object[field], exact, depth + 1)
    }
    this.byte(keyBytes.end)
  }

  #geometry(geometry: Geometry, depth: number): void {
    if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
    this.byte(geometryTypes.indexOf(geometry.type))
    if (geometry.type !== 'GeometryCollection') {
      this.#coordinates(geometry.coordinates)
      return
    }
    for (const member of geometry.geometries) this.byte(keyBytes.listItem).#geometry(member, depth + 1)
    this.byte(keyBytes.end)
  }

  #coordinates(coordinates: Coordinates): void {
    if (typeof coordinates === 'number') return
    const [first] = coordinates
    if (typeof first === 'number') {
      for (const n of coordinates) this.#sortableFloat64(n as number)
      return
    }
    for (const inner of coordinates) {
      this.byte(keyBytes.listItem)
      this.#coordinates(inner)
    }
    this.byte(keyBytes.end)
  }

  #vector(vector: Float32Array, exact: boolean): void {
    for (const element of vector) {
      this.byte(keyBytes.listItem)
      this.#sortableFloat32(element, exact)
    }
    this.byte(keyBytes.end)
  }

  #range(range: RangeValue, exact: boolean, depth: number): void {
    this.byte(keyBytes.range)
    if (range.begin === undefined) {
      this.byte(keyBytes.beginOpen)
    } else {
      this.byte(keyBytes.bound).#value(range.begin.value, exact, depth + 1)
      this.byte(range.begin.inclusive ? keyBytes.boundFirst : keyBytes.boundSecond)
    }
    if (range.end === undefined) {
      this.byte(keyBytes.endOpen)
    } else {
      this.byte(keyBytes.bound).#value(range.end.value, exact, depth + 1)
      this.byte(range.end.inclusive ? keyBytes.boundSecond : keyBytes.boundFirst)
    }
  }

  #reserve(count: number): void {
    if (this.#length + count > this.#bytes.length) this.#grow(count)
  }

  #grow(count: number): void {
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
