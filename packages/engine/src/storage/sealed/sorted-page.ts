/**
 * Entries in the order of their keys, laid out so that one is found without decoding the others. The leaves
 * and the index of a segment have this form.
 *
 * | part     | what                                                                       |
 * |----------|----------------------------------------------------------------------------|
 * | entries  | each: key length (varint), 4 · value length + type (varint), key, value    |
 * | offsets  | of each entry, 2 bytes little-endian                                       |
 * | count    | number of entries, 2 bytes little-endian                                   |
 *
 * Types: 0 value, 1 deleted, 2 the value lies in overflow pages (overflow.ts).
 */

import { assert } from '@dendrodb/protocol'

export const entryTypes = { value: 0, deleted: 1, overflow: 2 } as const
export type EntryType = (typeof entryTypes)[keyof typeof entryTypes]

const offsetMax = 0xffff

export class SortedPage {
  readonly bytes: Buffer
  readonly count: number
  readonly #offsets: number
  // Of the entry that was loaded last.
  type: EntryType = 0
  keyStart = 0
  keyEnd = 0
  valueEnd = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.count = bytes.readUInt16LE(bytes.length - 2)
    this.#offsets = bytes.length - 2 - 2 * this.count
  }

  /** Sets the fields to the entry at `at`; its value begins where its key ends. */
  load(at: number): void {
    const { bytes } = this
    const table = this.#offsets + 2 * at
    let offset = (bytes[table] as number) | ((bytes[table + 1] as number) << 8)
    let keyLength = bytes[offset++] as number
    if (keyLength > 0x7f) keyLength = (keyLength & 0x7f) | ((bytes[offset++] as number) << 7)
    let byte = bytes[offset++] as number
    let lengthAndType = byte & 0x7f
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = bytes[offset++] as number
      lengthAndType |= (byte & 0x7f) << shift
    }
    this.type = (lengthAndType & 3) as EntryType
    this.keyStart = offset
    this.keyEnd = offset + keyLength
    this.valueEnd = this.keyEnd + (lengthAndType >>> 2)
  }

  /** Index of the first entry whose key is not below `key`; that entry is loaded if there is one. */
  lowerBound(key: Uint8Array): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      this.load(middle)
      if (compareBytes(this.bytes, this.keyStart, this.keyEnd, key, 0, key.length) < 0) low = middle + 1
      else high = middle
    }
    if (low < this.count) this.load(low)
    return low
  }

  /** Of the entry that is loaded. */
  isKey(key: Uint8Array): boolean {
    return compareBytes(this.bytes, this.keyStart, this.keyEnd, key, 0, key.length) === 0
  }

  /** Views of the entry that is loaded. */
  key(): Buffer {
    return this.bytes.subarray(this.keyStart, this.keyEnd)
  }

  value(): Buffer {
    return this.bytes.subarray(this.keyEnd, this.valueEnd)
  }
}

/** Takes entries in ascending order. */
export class SortedPageBuilder {
  #bytes: Buffer = Buffer.allocUnsafe(16 * 1024)
  #offsets: number[] = []
  #end = 0
  #firstKeyStart = 0
  #firstKeyEnd = 0
  #lastKeyStart = 0
  #lastKeyEnd = 0

  get count(): number {
    return this.#offsets.length
  }

  /** Of the page, were it finished now. */
  get pageBytes(): number {
    return this.#end + 2 * this.#offsets.length + 2
  }

  add(key: Uint8Array, type: EntryType, value: Uint8Array): void {
    this.addFrom(key, 0, key.length, type, value, 0, value.length)
  }

  addFrom(
    keys: Uint8Array,
    keyStart: number,
    keyEnd: number,
    type: EntryType,
    values: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    assert(this.#end <= offsetMax && this.count < offsetMax, 'a page with more than its offsets can tell')
    const keyLength = keyEnd - keyStart
    const valueLength = valueEnd - valueStart
    this.#reserve(keyLength + valueLength + 12)
    const bytes = this.#bytes
    this.#offsets.push(this.#end)
    let at = writeVarint(bytes, this.#end, keyLength)
    at = writeVarint(bytes, at, valueLength * 4 + type)
    copyBytes(keys, keyStart, keyEnd, bytes, at)
    this.#lastKeyStart = at
    at += keyLength
    this.#lastKeyEnd = at
    if (this.count === 1) {
      this.#firstKeyStart = this.#lastKeyStart
      this.#firstKeyEnd = at
    }
    copyBytes(values, valueStart, valueEnd, bytes, at)
    this.#end = at + valueLength
  }

  /** Of the entries added so far, of which there are some. */
  firstKey(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#firstKeyStart, this.#firstKeyEnd))
  }

  lastKey(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#lastKeyStart, this.#lastKeyEnd))
  }

  /** The page; the builder is empty again. */
  finish(): Buffer {
    const page = Buffer.allocUnsafe(this.pageBytes)
    this.#bytes.copy(page, 0, 0, this.#end)
    let at = this.#end
    for (const offset of this.#offsets) {
      page[at] = offset & 0xff
      page[at + 1] = offset >>> 8
      at += 2
    }
    page.writeUInt16LE(this.#offsets.length, at)
    this.#offsets = []
    this.#end = 0
    return page
  }

  #reserve(room: number): void {
    if (this.#end + room <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.#end + room))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}

/** Negative, zero or positive, as `a` is below, equal to or above `b`, byte by byte. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart)
  for (let at = 0; at < length; at += 1) {
    const difference = (a[aStart + at] as number) - (b[bStart + at] as number)
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

/** Below this a call into native code costs more than the loop. */
const loopBytesMax = 32

function copyBytes(from: Uint8Array, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > loopBytesMax) to.set(from.subarray(start, end), at)
  else for (let offset = start; offset < end; offset += 1) to[at++] = from[offset] as number
}

function writeVarint(bytes: Buffer, start: number, value: number): number {
  let at = start
  let rest = value
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[at++] = rest
  return at
}
