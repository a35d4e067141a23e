/**
 * The value under an `R` key: the current version of a record, whole, so that a read is one get.
 * Format: docs/formats.md#current-record
 *
 * | offset | bytes | what                                                        |
 * |--------|-------|-------------------------------------------------------------|
 * | 0      | 1     | flags: 1 has valid-from, 2 has valid-to, 4 has periodBefore |
 * | 1      | 1–8   | seq, uvarint: the commit that wrote it                      |
 * | …      | 1–8   | n, uvarint: its place in that commit                        |
 * | …      | 1–8   | periodBefore, uvarint, if set (valid-time.ts)               |
 * | …      | …     | length (uvarint) and canonical bytes of valid-from, if set  |
 * | …      | …     | the same for valid-to                                       |
 * | …      | rest  | canonical bytes of the record                               |
 */

import { decodeCanonical, encodeCanonical, type Value } from '@dendrodb/protocol'
import { readUvarint, uvarintBytes, writeUvarint } from './uvarint.ts'

const hasValidFrom = 1
const hasValidTo = 2
const hasPeriodBefore = 4

export interface CurrentRecord {
  readonly seq: number
  readonly n: number
  /** See `Period`; 0: none. */
  readonly periodBefore: number
  readonly validFrom: Value
  readonly validTo: Value
  readonly bytes: Uint8Array
}

export function encodeCurrentRecord(record: CurrentRecord): Buffer {
  const { seq, n, periodBefore, validFrom, validTo, bytes } = record
  const from = validFrom === undefined ? undefined : encodeCanonical(validFrom)
  const to = validTo === undefined ? undefined : encodeCanonical(validTo)
  const periodBytes = periodBefore === 0 ? 0 : uvarintBytes(periodBefore)
  const headBytes = 1 + uvarintBytes(seq) + uvarintBytes(n) + periodBytes
  const target = Buffer.allocUnsafe(headBytes + boundBytes(from) + boundBytes(to) + bytes.length)
  const boundFlags = (from ? hasValidFrom : 0) | (to ? hasValidTo : 0)
  target[0] = boundFlags | (periodBefore === 0 ? 0 : hasPeriodBefore)
  let end = writeUvarint(target, 1, seq)
  end = writeUvarint(target, end, n)
  if (periodBefore !== 0) end = writeUvarint(target, end, periodBefore)
  for (const bound of [from, to]) {
    if (bound === undefined) continue
    end = writeUvarint(target, end, bound.length)
    target.set(bound, end)
    end += bound.length
  }
  target.set(bytes, end)
  return target
}

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

/** The commit that wrote the record, without reading the rest. */
export function seqOfCurrentRecord(stored: Uint8Array): number {
  return readUvarint(stored, 1).value
}
