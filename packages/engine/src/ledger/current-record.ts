/**
 * The value under an `R` key: the current version of a record, whole, so that a read is one get, and where
 * the versions before it are, so that one of the recent past is two.
 * Format: docs/formats.md#current-record
 *
 * | offset | bytes | what                                                                               |
 * |--------|-------|------------------------------------------------------------------------------------|
 * | 0      | 1     | flags: 1 has valid-from, 2 has valid-to, 4 has periodBefore, 8 has earlier versions |
 * | 1      | 1–8   | seq, uvarint: the commit that wrote it                                             |
 * | …      | 1–8   | n, uvarint: its place in that commit                                               |
 * | …      | 1–8   | periodBefore, uvarint, if set (valid-time.ts)                                      |
 * | …      | …     | length (1 byte) and list of earlier versions, if set (earlier-versions.ts)         |
 * | …      | …     | length (uvarint) and canonical bytes of valid-from, if set                         |
 * | …      | …     | the same for valid-to                                                              |
 * | …      | rest  | canonical bytes of the record                                                      |
 */

import { decodeCanonical, encodeCanonical, type Value } from '@dendrodb/protocol'
import { asBuffer } from '../storage/as-buffer.ts'
import { noEarlierVersions } from './earlier-versions.ts'
import { lengthOfUvarint, readUvarint, uvarintBytes, writeUvarint } from './uvarint.ts'

const hasValidFrom = 1
const hasValidTo = 2
const hasPeriodBefore = 4
const hasEarlier = 8

export interface CurrentRecord {
  readonly seq: number
  readonly n: number
  /** See `Period`; 0: none. */
  readonly periodBefore: number
  readonly validFrom: Value
  readonly validTo: Value
  readonly bytes: Uint8Array
}

/** @param earlier the list of the versions before it (earlier-versions.ts) */
export function encodeCurrentRecord(record: CurrentRecord, earlier = noEarlierVersions): Buffer {
  const { seq, n, periodBefore, validFrom, validTo, bytes } = record
  const from = validFrom === undefined ? undefined : encodeCanonical(validFrom)
  const to = validTo === undefined ? undefined : encodeCanonical(validTo)
  const periodBytes = periodBefore === 0 ? 0 : uvarintBytes(periodBefore)
  const earlierBytes = earlier === noEarlierVersions ? 0 : 1 + earlier.length
  const headBytes = 1 + uvarintBytes(seq) + uvarintBytes(n) + periodBytes + earlierBytes
  const target = Buffer.allocUnsafe(headBytes + boundBytes(from) + boundBytes(to) + bytes.length)
  const boundFlags = (from ? hasValidFrom : 0) | (to ? hasValidTo : 0)
  const linkFlags = (periodBefore === 0 ? 0 : hasPeriodBefore) | (earlierBytes === 0 ? 0 : hasEarlier)
  target[0] = boundFlags | linkFlags
  let end = writeUvarint(target, 1, seq)
  end = writeUvarint(target, end, n)
  if (periodBefore !== 0) end = writeUvarint(target, end, periodBefore)
  if (earlierBytes !== 0) {
    target[end++] = earlier.length
    // A call into native code would cost more than so few bytes.
    for (let at = 0; at < earlier.length; at += 1) target[end++] = earlier.charCodeAt(at)
  }
  for (const bound of [from, to]) {
    if (bound === undefined) continue
    end = writeUvarint(target, end, bound.length)
    target.set(bound, end)
    end += bound.length
  }
  target.set(bytes, end)
  return target
}

/** Without the versions before it, which few ask for. */
export function decodeCurrentRecord(stored: Uint8Array): CurrentRecord {
  const flags = stored[0] as number
  const seq = readUvarint(stored, 1)
  const n = readUvarint(stored, seq.end)
  let end = n.end
  let periodBefore = 0
  if ((flags & hasPeriodBefore) !== 0) {
    const before = readUvarint(stored, end)
    end = before.end
    periodBefore = before.value
  }
  if ((flags & hasEarlier) !== 0) end += 1 + (stored[end] as number)
  let validFrom: Value
  let validTo: Value
  if ((flags & hasValidFrom) !== 0) {
    const length = readUvarint(stored, end)
    end = length.end + length.value
    validFrom = decodeCanonical(stored.subarray(length.end, end))
  }
  if ((flags & hasValidTo) !== 0) {
    const length = readUvarint(stored, end)
    end = length.end + length.value
    validTo = decodeCanonical(stored.subarray(length.end, end))
  }
  return { seq: seq.value, n: n.value, periodBefore, validFrom, validTo, bytes: stored.subarray(end) }
}

function boundBytes(bound: Uint8Array | undefined): number {
  return bound === undefined ? 0 : uvarintBytes(bound.length) + bound.length
}

/** The versions before it, as the record lists them. */
export function earlierVersionsIn(stored: Uint8Array): string {
  if (!listsEarlier(stored)) return noEarlierVersions
  const at = earlierOffset(stored)
  return asBuffer(stored).toString('latin1', at + 1, at + 1 + (stored[at] as number))
}

/** The same value without that list. */
export function withoutEarlierVersions(stored: Buffer): Buffer {
  if (!listsEarlier(stored)) return stored
  const at = earlierOffset(stored)
  const end = at + 1 + (stored[at] as number)
  const bare = Buffer.concat([stored.subarray(0, at), stored.subarray(end)])
  bare[0] = (bare[0] as number) & ~hasEarlier
  return bare
}

export function listsEarlier(stored: Uint8Array): boolean {
  return ((stored[0] as number) & hasEarlier) !== 0
}

/** Behind `periodBefore`. */
function earlierOffset(stored: Uint8Array): number {
  const numbers = ((stored[0] as number) & hasPeriodBefore) === 0 ? 2 : 3
  let at = 1
  for (let passed = 0; passed < numbers; passed += 1) at += lengthOfUvarint(stored[at] as number)
  return at
}

/** The commit that wrote the record, without reading the rest. */
export function seqOfCurrentRecord(stored: Uint8Array): number {
  return readUvarint(stored, 1).value
}
