/**
 * Reads the parts of which keys are made: fixed-width numbers, text with its end mark, sortable floats.
 * Robust against any input. Layout: `key-layout.ts`.
 */

import { type DbError, defineErrors } from './errors.ts'
import { keyBytes } from './key-layout.ts'
import { decodeUtf8 } from './utf8.ts'

export const keyErrors = defineErrors('KEY', {
  MALFORMED: { status: 'corrupt', message: 'a stored key is malformed at byte {offset}' },
})

const scratch = new DataView(new ArrayBuffer(8))

export class KeyCursor {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes
    this.#at = offset
  }

  get offset(): number {
    return this.#at
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** @throws KEY_MALFORMED at the end */
  byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw this.malformed()
    this.#at += 1
    return byte
  }

  /** Moves past `byte` if it is next. */
  accept(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false
    this.#at += 1
    return true
  }

  /** Whether a list goes on: an item mark is next rather than the end mark. Moves past either. */
  acceptItem(): boolean {
    const mark = this.byte()
    if (mark !== keyBytes.listItem && mark !== keyBytes.end) throw this.malformed(this.#at - 1)
    return mark === keyBytes.listItem
  }

  /** A view of the next `length` bytes. */
  raw(length: number): Uint8Array {
    const start = this.#at
    if (start + length > this.#bytes.length) throw this.malformed()
    this.#at = start + length
    return this.#bytes.subarray(start, this.#at)
  }

  uint32(): number {
    const bytes = this.#bytes
    const at = this.#at
    if (at + 4 > bytes.length) throw this.malformed()
    this.#at = at + 4
    const high = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
    const low = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
    return high * 0x1_0000 + low
  }

  /** @throws KEY_MALFORMED also for 2^53 and more */
  uint64(): number {
    const high = this.uint32()
    if (high >= 2 ** 21) throw this.malformed()
    return high * 2 ** 32 + this.uint32()
  }

  /** Text with its end mark. */
  text(): string {
    const start = this.#at
    const end = this.#findEnd()
    const plain = this.#unescape(start, end)
    const text =
      plain === undefined ? decodeUtf8(this.#bytes, start, end) : decodeUtf8(plain, 0, plain.length)
    if (text === undefined) throw this.malformed(start)
    return text
  }

  /** Escaped bytes with their end mark, copied. */
  escapedBytes(): Uint8Array {
    const start = this.#at
    const end = this.#findEnd()
    return Uint8Array.from(this.#unescape(start, end) ?? this.#bytes.subarray(start, end))
  }

  /** Moves past text or escaped bytes. */
  skipText(): void {
    this.#findEnd()
  }

  float64(): number {
    let high = this.uint32()
    let low = this.uint32()
    if (high === 0 && low === 0) return Number.NaN
    if (high >= 0x8000_0000) {
      high -= 0x8000_0000
    } else {
      high = ~high
      low = ~low
    }
    scratch.setUint32(0, high)
    scratch.setUint32(4, low)
    const n = scratch.getFloat64(0)
    // NaN is written as zeros, and -0 as 0.
    if (Number.isNaN(n) || Object.is(n, -0)) throw this.malformed(this.#at - 8)
    return n
  }

  float32(): number {
    const bits = this.uint32()
    if (bits === 0) return Number.NaN
    scratch.setUint32(0, bits >= 0x8000_0000 ? bits - 0x8000_0000 : ~bits)
    const n = scratch.getFloat32(0)
    if (Number.isNaN(n)) throw this.malformed(this.#at - 4)
    return n
  }

  malformed(offset: number = this.#at): DbError {
    return keyErrors.MALFORMED({ offset })
  }

  #findEnd(): number {
    const end = this.#bytes.indexOf(keyBytes.end, this.#at)
    if (end < 0) throw this.malformed()
    this.#at = end + 1
    return end
  }

  /** The bytes without escapes, or `undefined` if there are none. */
  #unescape(start: number, end: number): Uint8Array | undefined {
    const bytes = this.#bytes
    let firstEscape = start
    while (firstEscape < end && bytes[firstEscape] !== keyBytes.escape) firstEscape += 1
    if (firstEscape === end) return undefined
    const plain = new Uint8Array(end - start)
    let length = 0
    for (let i = start; i < end; i += 1) {
      let byte = bytes[i] as number
      if (byte === keyBytes.escape) {
        i += 1
        byte = (bytes[i] as number) - 1
        if (byte !== 0 && byte !== 1) throw this.malformed(i)
      }
      plain[length] = byte
      length += 1
    }
    return plain.subarray(0, length)
  }
}
