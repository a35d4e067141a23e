/**
 * LevelDB's log format, read to tell damage from the end that a crash leaves. Its logs and its MANIFEST have
 * it.
 * Why: when LevelDB meets a broken record at the start it drops it and what follows in its block, and goes on
 * behind it: commits that were acknowledged vanish without a word, and later ones are applied on top.
 *
 * A file is a sequence of blocks of 32 KiB; a record may span several, one fragment in each.
 *
 * | offset | bytes | fragment                                                                |
 * |--------|-------|-------------------------------------------------------------------------|
 * | 0      | 4     | CRC-32C over type and data, masked: rotated right by 15, plus a282ead8  |
 * | 4      | 2     | length of the data, little-endian                                       |
 * | 6      | 1     | type: 1 whole record, 2 its first fragment, 3 a middle one, 4 its last  |
 * | 7      | n     | data                                                                    |
 *
 * Fewer than 7 bytes at the end of a block are zeros.
 *
 * The rule: a broken fragment is the end of the file as a crash left it, unless a whole record comes behind
 * it, or one bit explains it: then it is damage. One exception: zeros with whole records behind them are
 * pages that never reached the disk when the power went ("hole"). The file was synced only before them, so
 * nothing behind was acknowledged as durable.
 */

import { createCrc } from './crc.ts'

export type LogState =
  | { readonly type: 'whole' }
  | { readonly type: 'torn' | 'hole' | 'damaged'; readonly offset: number }

const blockBytes = 32 * 1024
const headerBytes = 7
const whole = 1
const first = 2
const middle = 3
const last = 4

const crc32c = createCrc(0x82f63b78)

interface Fragment {
  readonly type: number
  readonly data: Buffer
  /** Where the next fragment begins. */
  readonly next: number
}

/** @param onRecord gets each whole record that comes before any broken one */
export function readLog(bytes: Buffer, onRecord: (record: Buffer) => void = () => undefined): LogState {
  let parts: Buffer[] = []
  for (let at = skipTrailer(bytes, 0); at < bytes.length; ) {
    const fragment = fragmentAt(bytes, at)
    const isOpen = parts.length > 0
    if (fragment === undefined || isOpen === (fragment.type === whole || fragment.type === first)) {
      return stateOfBroken(bytes, at)
    }
    parts.push(fragment.data)
    if (fragment.type === whole || fragment.type === last) {
      onRecord(Buffer.concat(parts))
      parts = []
    }
    at = fragment.next
  }
  return parts.length > 0 ? { type: 'torn', offset: bytes.length } : { type: 'whole' }
}

/** Records as a file of their own. */
export function encodeLog(records: readonly Buffer[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const record of records) {
    for (let from = 0; ; ) {
      const room = blockBytes - (at % blockBytes)
      if (room < headerBytes) {
        parts.push(Buffer.alloc(room))
        at += room
        continue
      }
      const to = Math.min(record.length, from + room - headerBytes)
      const fragment = encodeFragment(record.subarray(from, to), from === 0, to === record.length)
      parts.push(fragment)
      at += fragment.length
      from = to
      if (from === record.length) break
    }
  }
  return Buffer.concat(parts)
}

function encodeFragment(data: Buffer, isFirst: boolean, isLast: boolean): Buffer {
  const fragment = Buffer.alloc(headerBytes + data.length)
  fragment.writeUInt16LE(data.length, 4)
  fragment[6] = isFirst ? (isLast ? whole : first) : isLast ? last : middle
  fragment.set(data, headerBytes)
  fragment.writeUInt32LE(maskedCrc32c(fragment, 6, fragment.length), 0)
  return fragment
}

export function maskedCrc32c(bytes: Uint8Array, from: number, to: number): number {
  const crc = crc32c.of(bytes, from, to)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

function unmasked(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0
  return ((rotated >>> 17) | (rotated << 15)) >>> 0
}

/** `undefined` when there is no sound one. */
function fragmentAt(bytes: Buffer, at: number): Fragment | undefined {
  const end = at + headerBytes + lengthAt(bytes, at)
  if (end > endOfBlock(bytes, at)) return undefined
  const type = bytes[at + 6] as number
  if (type < whole || type > last || bytes.readUInt32LE(at) !== maskedCrc32c(bytes, at + 6, end))
    return undefined
  return { type, data: bytes.subarray(at + headerBytes, end), next: skipTrailer(bytes, end) }
}

/** As the header says; more than any block has where there is no whole header. */
function lengthAt(bytes: Buffer, at: number): number {
  return at + headerBytes > bytes.length ? blockBytes : bytes.readUInt16LE(at + 4)
}

function endOfBlock(bytes: Buffer, at: number): number {
  return Math.min(bytes.length, at - (at % blockBytes) + blockBytes)
}

function skipTrailer(bytes: Buffer, at: number): number {
  const end = at - (at % blockBytes) + blockBytes
  return end - at < headerBytes ? Math.min(end, bytes.length) : at
}

function stateOfBroken(bytes: Buffer, at: number): LogState {
  const offset = at
  if (isFlipped(bytes, at)) return { type: 'damaged', offset }
  if (!hasRecordBehind(bytes, at)) return { type: 'torn', offset }
  const header = bytes.subarray(at, at + headerBytes)
  return { type: header.every((byte) => byte === 0) ? 'hole' : 'damaged', offset }
}

/**
 * Looks at every place in the block, since the length of the broken fragment may be wrong, and at each block
 * behind.
 */
function hasRecordBehind(bytes: Buffer, at: number): boolean {
  if (isCutShort(bytes, at)) return false
  for (let place = at + 1; place < endOfBlock(bytes, at); place += 1) {
    if (hasRecordFrom(bytes, skipTrailer(bytes, place))) return true
  }
  for (let block = endOfBlock(bytes, at); block < bytes.length; block += blockBytes) {
    if (hasRecordFrom(bytes, block)) return true
  }
  return false
}

/**
 * The file ends inside the fragment: it was just being written. What looks like records in it is its data.
 */
function isCutShort(bytes: Buffer, at: number): boolean {
  if (at + headerBytes > bytes.length) return true
  const type = bytes[at + 6] as number
  return type >= whole && type <= last && at + headerBytes + lengthAt(bytes, at) > bytes.length
}

/** Whether a record begins in this run of sound fragments and ends there, too. */
function hasRecordFrom(bytes: Buffer, from: number): boolean {
  let hasBegun = false
  for (let at = from; at < bytes.length; ) {
    const fragment = fragmentAt(bytes, at)
    if (fragment === undefined) return false
    if (fragment.type === whole || (fragment.type === last && hasBegun)) return true
    if (fragment.type === first) hasBegun = true
    at = fragment.next
  }
  return false
}

/** Whether one bit of a fragment that was written whole would make it sound. */
function isFlipped(bytes: Buffer, at: number): boolean {
  const end = endOfBlock(bytes, at)
  if (at + headerBytes > end) return false
  const stored = unmasked(bytes.readUInt32LE(at))
  const length = lengthAt(bytes, at)
  const claimed = at + headerBytes + length
  if (claimed <= end) {
    const difference = (crc32c.of(bytes, at + 6, claimed) ^ stored) >>> 0
    if (difference === 0 || crc32c.isOneFlip(difference, 1 + length)) return true
    const masked = maskedCrc32c(bytes, at + 6, claimed)
    if (isPowerOfTwo((masked ^ bytes.readUInt32LE(at)) >>> 0)) return true
  }
  for (let bit = 1; bit < 0x10000; bit *= 2) {
    const to = at + headerBytes + (length ^ bit)
    if (to <= end && crc32c.of(bytes, at + 6, to) === stored) return true
  }
  return false
}

function isPowerOfTwo(number: number): boolean {
  return number !== 0 && (number & (number - 1)) === 0
}
