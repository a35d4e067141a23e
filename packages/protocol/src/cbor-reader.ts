/**
 * Reads deterministic CBOR (RFC 8949 section 4.2.1) and refuses every other form, so that a value has exactly
 * one encoding and a hash over bytes is a hash over values.
 * Robust against any input: lengths are checked against what is left before anything is allocated.
 */

import { cborErrors } from './cbor-errors.ts'
import { type CborMajor, cborMajor } from './cbor-writer.ts'
import { decodeUtf8 } from './utf8.ts'

const majorNames = [
  'unsigned int',
  'negative int',
  'byte string',
  'text',
  'array',
  'map',
  'tag',
  'simple value',
] as const

/** Field names repeat from record to record; the cache hands out the same string for the same bytes. */
const keyCacheSlots = 2048
const keyCacheBytesMax = 32
const keyCache: (string | undefined)[] = new Array(keyCacheSlots).fill(undefined)

const floatBytes = new Uint8Array(8)
const floatView = new DataView(floatBytes.buffer)

export class CborReader {
  readonly #bytes: Uint8Array
  readonly #end: number
  readonly #copiesBytes: boolean
  #at: number

  /** @param copiesBytes whether `bytes` gives copies, or views of the input */
  constructor(bytes: Uint8Array, offset = 0, copiesBytes = true) {
    this.#bytes = bytes
    this.#copiesBytes = copiesBytes
    this.#end = bytes.length
    this.#at = offset
  }

  get offset(): number {
    return this.#at
  }

  get atEnd(): boolean {
    return this.#at >= this.#end
  }

  /** @throws CBOR_TRAILING unless everything was read */
  finish(): void {
    if (this.#at < this.#end) throw cborErrors.TRAILING({ offset: this.#at })
  }

  /** The next initial byte, without moving. @throws CBOR_TRUNCATED */
  peek(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw cborErrors.TRUNCATED({ offset: this.#at })
    return byte
  }

  peekMajor(): CborMajor {
    return (this.peek() >> 5) as CborMajor
  }

  /** Moves past the next initial byte if it is `byte`: for null (f6) and undefined (f7). */
  accept(byte: number): boolean {
    if (this.peek() !== byte) return false
    this.#at += 1
    return true
  }

  /** The argument of the next head, which must be of `major` and below 2^53. */
  head(major: CborMajor): number {
    const argument = this.wideHead(major)
    if (typeof argument === 'bigint')
      throw cborErrors.UNSUPPORTED({ item: 'an argument of 2^53 or more', offset: this.#at })
    return argument
  }

  /** The argument of the next head, which must be of `major`: a `bigint` from 2^53 on. */
  wideHead(major: CborMajor): number | bigint {
    const initial = this.peek()
    if (initial >> 5 !== major) throw cborErrors.UNEXPECTED({ expected: majorNames[major], offset: this.#at })
    this.#at += 1
    const info = initial & 31
    return info < 24 ? info : this.#argument(info)
  }

  uint(): number {
    return this.head(cborMajor.uint)
  }

  /** An integer of up to 64 bits: `number` when safe, else `bigint`. */
  int(): number | bigint {
    if (this.peekMajor() === cborMajor.uint) return this.wideHead(cborMajor.uint)
    const argument = this.wideHead(cborMajor.negative)
    if (typeof argument === 'bigint') return -1n - argument
    return argument === Number.MAX_SAFE_INTEGER ? -1n - BigInt(argument) : -1 - argument
  }

  bool(): boolean {
    if (this.accept(0xf5)) return true
    if (this.accept(0xf4)) return false
    throw cborErrors.UNEXPECTED({ expected: 'true or false', offset: this.#at })
  }

  /** The number of items in the array that begins here; at most as many as there are bytes. */
  array(): number {
    return this.#count(cborMajor.array, 1)
  }

  /** The number of pairs in the map that begins here. */
  map(): number {
    return this.#count(cborMajor.map, 2)
  }

  tag(): number {
    return this.head(cborMajor.tag)
  }

  /** A byte string, copied unless the reader gives views. */
  bytes(): Uint8Array {
    const view = this.bytesView()
    if (!this.#copiesBytes) return view
    const copy = new Uint8Array(view.length)
    copy.set(view)
    return copy
  }

  /** A byte string as a view of the input. */
  bytesView(): Uint8Array {
    const length = this.#count(cborMajor.bytes, 1)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    const length = this.#count(cborMajor.text, 1)
    const start = this.#at
    this.#at += length
    const text = decodeUtf8(this.#bytes, start, this.#at)
    if (text === undefined) throw cborErrors.UTF8({ offset: start })
    return text
  }

  /** A text that is likely to come again, such as a field name. */
  key(): string {
    const start = this.#at
    const initial = this.peek()
    const length = initial - 0x60
    const from = start + 1
    if (initial >> 5 !== cborMajor.text || length > 23 || from + length > this.#end || length === 0)
      return this.text()
    const bytes = this.#bytes
    const first = bytes[from] as number
    const last = bytes[from + length - 1] as number
    const middle = bytes[from + (length >> 1)] as number
    const slot = (first * 31 + middle * 131 + last * 997 + length * 7919) & (keyCacheSlots - 1)
    const cached = keyCache[slot]
    if (cached !== undefined && cached.length === length && equalsAscii(cached, bytes, from)) {
      this.#at = from + length
      return cached
    }
    const text = this.text()
    // Only ASCII has as many units as bytes, which is what the comparison above relies on.
    if (text.length === length && length <= keyCacheBytesMax) keyCache[slot] = text
    return text
  }

  /** Moves past a whole value, however deep, which is not checked further than to find its end. */
  skip(): void {
    for (let left = 1; left > 0; left -= 1) {
      const major = this.peekMajor()
      switch (major) {
        case cborMajor.uint:
        case cborMajor.negative:
          this.wideHead(major)
          break
        case cborMajor.bytes:
        case cborMajor.text: {
          const length = this.#count(major, 1)
          this.#at += length
          break
        }
        case cborMajor.array:
          left += this.array()
          break
        case cborMajor.map:
          left += 2 * this.map()
          break
        case cborMajor.tag:
          this.tag()
          left += 1
          break
        case cborMajor.simple:
          this.#skipSimple()
          break
        default:
          major satisfies never
      }
    }
  }

  #skipSimple(): void {
    const info = this.peek() & 31
    const isKnown = (info >= 20 && info <= 23) || (info >= 25 && info <= 27)
    if (!isKnown) throw cborErrors.UNSUPPORTED({ item: 'a simple value', offset: this.#at })
    const end = this.#at + 1 + (info < 24 ? 0 : 2 << (info - 25))
    if (end > this.#end) throw cborErrors.TRUNCATED({ offset: this.#end })
    this.#at = end
  }

  /**
   * @throws CBOR_KEY_ORDER unless the key at `from`…`to` comes after the one at `previousFrom`…`previousTo`
   */
  checkKeyOrder(previousFrom: number, previousTo: number, from: number, to: number): void {
    const bytes = this.#bytes
    const length = Math.min(previousTo - previousFrom, to - from)
    for (let i = 0; i < length; i += 1) {
      const difference = (bytes[from + i] as number) - (bytes[previousFrom + i] as number)
      if (difference > 0) return
      if (difference < 0) throw cborErrors.KEY_ORDER({ offset: from })
    }
    throw cborErrors.KEY_ORDER({ offset: from })
  }

  /** A float of any width, which must be the shortest for its value. */
  float(): number {
    const start = this.#at
    const initial = this.peek()
    if (initial < 0xf9 || initial > 0xfb) throw cborErrors.UNEXPECTED({ expected: 'a float', offset: start })
    const width = 2 << (initial - 0xf9)
    if (start + 1 + width > this.#end) throw cborErrors.TRUNCATED({ offset: this.#end })
    for (let i = 0; i < width; i += 1) floatBytes[i] = this.#bytes[start + 1 + i] as number
    this.#at = start + 1 + width
    if (width === 2) return this.#half(floatView.getUint16(0))
    const n = width === 4 ? floatView.getFloat32(0) : floatView.getFloat64(0)
    const isShorter = width === 4 ? fitsHalf(n) : Math.fround(n) === n
    if (isShorter || Number.isNaN(n))
      throw cborErrors.NOT_CANONICAL({ problem: 'a longer float than needed', offset: start })
    return n
  }

  #half(bits: number): number {
    const sign = bits >= 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const mantissa = bits & 0x3ff
    if (exponent === 0) return sign * mantissa * 2 ** -24
    if (exponent < 31) return sign * (1024 + mantissa) * 2 ** (exponent - 25)
    if (mantissa === 0) return sign * Number.POSITIVE_INFINITY
    if (bits !== 0x7e00)
      throw cborErrors.NOT_CANONICAL({ problem: 'a NaN with a payload', offset: this.#at - 3 })
    return Number.NaN
  }

  #count(major: CborMajor, itemBytesMin: number): number {
    const count = this.head(major)
    if (count * itemBytesMin > this.#end - this.#at) throw cborErrors.TRUNCATED({ offset: this.#end })
    return count
  }

  #argument(info: number): number | bigint {
    const start = this.#at
    if (info > 27)
      throw cborErrors.UNSUPPORTED({
        item: info === 31 ? 'an indefinite length' : 'a reserved head',
        offset: start,
      })
    const width = 1 << (info - 24)
    if (start + width > this.#end) throw cborErrors.TRUNCATED({ offset: this.#end })
    const bytes = this.#bytes
    this.#at = start + width
    let high = 0
    let low = 0
    for (let i = 0; i < width; i += 1) {
      high = (high * 256 + (low >>> 24)) >>> 0
      low = ((low << 8) | (bytes[start + i] as number)) >>> 0
    }
    const isShorter =
      width === 1 ? low < 24 : width === 2 ? low < 0x100 : width === 4 ? low < 0x1_0000 : high === 0
    if (isShorter) throw cborErrors.NOT_CANONICAL({ problem: 'a longer head than needed', offset: start - 1 })
    if (high < 0x20_0000) return high * 0x1_0000_0000 + low
    return (BigInt(high) << 32n) | BigInt(low)
  }
}

function equalsAscii(text: string, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (text.charCodeAt(i) !== bytes[from + i]) return false
  }
  return true
}

/** Whether half precision holds a number of single precision. */
function fitsHalf(n: number): boolean {
  if (n === 0 || !Number.isFinite(n)) return true
  const size = Math.abs(n)
  // Halves are multiples of 2^-24 with 11 significant bits, below 2^16.
  const unit = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(size)) - 10))
  return size < 65_520 && size % unit === 0
}
