/**
 * Writes CBOR (RFC 8949) in its deterministic form (section 4.2.1): shortest heads, shortest floats, no
 * indefinite lengths. The caller writes map keys in canonical order and as many items as it has announced.
 * Why a writer of our own: this is the hottest code of the engine, and hashes depend on every byte of it.
 */

import { copyStart } from './byte-block.ts'
import { valueErrors } from './value-errors.ts'

export const cborMajor = {
  uint: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const

export type CborMajor = (typeof cborMajor)[keyof typeof cborMajor]

const headBytesMax = 9
/** From here on the platform's encoder is quicker. */
const shortUnitsMax = 64
/** A buffer that one large value has made longer than this is given up at the next reset. */
const keptBytesMax = 1 << 20
const twoTo64 = 1n << 64n
const textEncoder = new TextEncoder()

export class CborWriter {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(initialBytes = 1024) {
    this.#bytes = new Uint8Array(initialBytes)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get length(): number {
    return this.#length
  }

  /** Forgets all that was written. */
  reset(): this {
    this.#length = 0
    if (this.#bytes.length > keptBytesMax) {
      this.#bytes = new Uint8Array(1024)
      this.#view = new DataView(this.#bytes.buffer)
    }
    return this
  }

  /** Forgets what was written after the first `length` bytes. */
  truncate(length: number): this {
    this.#length = length
    return this
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return copyStart(this.#bytes, this.#length)
  }

  /** What was written, without a copy: valid until the next call. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** A major type with its argument, an integer from 0 to 2^53 - 1. */
  head(major: CborMajor, argument: number): this {
    this.#reserve(headBytesMax)
    this.#head(major, argument)
    return this
  }

  /** Announces `count` items. */
  array(count: number): this {
    return this.head(cborMajor.array, count)
  }

  /** Announces `count` pairs of key and value. */
  map(count: number): this {
    return this.head(cborMajor.map, count)
  }

  tag(tag: number): this {
    return this.head(cborMajor.tag, tag)
  }

  uint(n: number): this {
    return this.head(cborMajor.uint, n)
  }

  /** Any integer; beyond 64 bits as a bignum (tags 2 and 3). */
  int(n: number | bigint): this {
    if (typeof n === 'number')
      return n < 0 ? this.head(cborMajor.negative, -1 - n) : this.head(cborMajor.uint, n)
    return this.#bigInt(n < 0n ? cborMajor.negative : cborMajor.uint, n < 0n ? -1n - n : n)
  }

  bool(value: boolean): this {
    return this.#byte(value ? 0xf5 : 0xf4)
  }

  null(): this {
    return this.#byte(0xf6)
  }

  undefined(): this {
    return this.#byte(0xf7)
  }

  /** The shortest of the three formats that keeps the value; every NaN is the same. */
  float(n: number): this {
    this.#reserve(9)
    const at = this.#length
    if (Math.fround(n) !== n && !Number.isNaN(n)) {
      this.#bytes[at] = 0xfb
      this.#view.setFloat64(at + 1, n)
      this.#length = at + 9
      return this
    }
    this.#view.setFloat32(at + 1, n)
    const half = halfOfSingle(this.#view.getUint32(at + 1), n)
    if (half === undefined) {
      this.#bytes[at] = 0xfa
      this.#length = at + 5
    } else {
      this.#bytes[at] = 0xf9
      this.#view.setUint16(at + 1, half)
      this.#length = at + 3
    }
    return this
  }

  bytes(bytes: Uint8Array): this {
    this.#reserve(headBytesMax + bytes.length)
    this.#head(cborMajor.bytes, bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /** @throws VALUE_LONE_SURROGATE */
  text(text: string): this {
    if (!this.asciiText(text)) this.#wideText(text)
    return this
  }

  /** Writes a text if it is short and ASCII; otherwise writes nothing and gives false. */
  asciiText(text: string): boolean {
    const units = text.length
    if (units > shortUnitsMax) return false
    this.#reserve(units + 2)
    const start = this.#length
    const bytes = this.#bytes
    let at = start
    if (units < 24) {
      bytes[at] = 0x60 + units
      at += 1
    } else {
      bytes[at] = 0x78
      bytes[at + 1] = units
      at += 2
    }
    for (let i = 0; i < units; i += 1) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) return false
      bytes[at + i] = unit
    }
    this.#length = at + units
    return true
  }

  /** Bytes that are CBOR already. */
  raw(encoded: Uint8Array): this {
    this.#reserve(encoded.length)
    this.#bytes.set(encoded, this.#length)
    this.#length += encoded.length
    return this
  }

  #wideText(text: string): void {
    if (!text.isWellFormed()) throw valueErrors.LONE_SURROGATE({ path: 'a string' })
    // Written behind room for the longest head, then moved next to the head that it needs.
    this.#reserve(headBytesMax + text.length * 3)
    const roomEnd = this.#length + headBytesMax
    const { written } = textEncoder.encodeInto(text, this.#bytes.subarray(roomEnd))
    this.#head(cborMajor.text, written)
    this.#bytes.copyWithin(this.#length, roomEnd, roomEnd + written)
    this.#length += written
  }

  #bigInt(major: CborMajor, argument: bigint): this {
    if (argument <= 0xffff_ffffn) return this.head(major, Number(argument))
    if (argument < twoTo64) {
      this.#reserve(9)
      this.#bytes[this.#length] = (major << 5) | 27
      this.#view.setBigUint64(this.#length + 1, argument)
      this.#length += 9
      return this
    }
    const hex = argument.toString(16)
    const magnitude = new Uint8Array((hex.length + 1) >> 1)
    for (let i = magnitude.length - 1, rest = argument; i >= 0; i -= 1, rest >>= 8n)
      magnitude[i] = Number(rest & 0xffn)
    return this.tag(major === cborMajor.uint ? 2 : 3).bytes(magnitude)
  }

  #head(major: CborMajor, argument: number): void {
    const bytes = this.#bytes
    const at = this.#length
    const top = major << 5
    if (argument < 24) {
      bytes[at] = top | argument
      this.#length = at + 1
    } else if (argument < 0x100) {
      bytes[at] = top | 24
      bytes[at + 1] = argument
      this.#length = at + 2
    } else if (argument < 0x1_0000) {
      bytes[at] = top | 25
      this.#view.setUint16(at + 1, argument)
      this.#length = at + 3
    } else if (argument < 0x1_0000_0000) {
      bytes[at] = top | 26
      this.#view.setUint32(at + 1, argument)
      this.#length = at + 5
    } else {
      bytes[at] = top | 27
      this.#view.setUint32(at + 1, Math.floor(argument / 0x1_0000_0000))
      this.#view.setUint32(at + 5, argument % 0x1_0000_0000)
      this.#length = at + 9
    }
  }

  #byte(byte: number): this {
    this.#reserve(1)
    this.#bytes[this.#length] = byte
    this.#length += 1
    return this
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

/** The half-precision bits of a number that single precision holds, if half precision holds it too. */
function halfOfSingle(bits: number, n: number): number | undefined {
  if (Number.isNaN(n)) return 0x7e00
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 0xff) - 127
  const mantissa = bits & 0x7f_ffff
  if (n === 0) return sign
  if (exponent === 128) return sign | 0x7c00
  if (exponent >= -14 && exponent <= 15) {
    return (mantissa & 0x1fff) === 0 ? sign | ((exponent + 15) << 10) | (mantissa >> 13) : undefined
  }
  if (exponent < -24 || exponent > 15) return undefined
  // A subnormal half counts units of 2^-24.
  const shift = -1 - exponent
  const full = mantissa | 0x80_0000
  return (full & ((1 << shift) - 1)) === 0 ? sign | (full >> shift) : undefined
}
