/**
 * Values under `I` and `X` keys, and the cutting of entries that are too long for a key.
 * Format: docs/formats.md#index-entry
 *
 * | offset | bytes | value under `I`                                                             |
 * |--------|-------|-----------------------------------------------------------------------------|
 * | 0      | 1     | flags: 1 unique form (the key has no id), 2 cut                             |
 * | 1      | 1–8   | since, uvarint: first commit for which the entry is in force                |
 * | …      | …     | unique form: the id; else the number of bytes of the id in the key, uvarint |
 *
 * Under `X`: flags (1 byte), `to` (uvarint), bytes of the id in the key (uvarint), bytes of `from` behind it
 * (1 byte), seq and n of the last version of the record that had the entry (uvarints): a read of the past
 * that found the entry goes to the version without asking for its history.
 * A cut entry is its first 480 bytes and the 32-byte hash of the whole, so that equality stays exact, while
 * order among entries that share the 480 bytes is lost; readers check the record itself.
 */

import type { LedgerHash } from './hash.ts'
import { indexEntryBytesMax, indexEntryPrefixBytes } from './limits.ts'
import { readUvarint, uvarintBytes, writeUvarint } from './uvarint.ts'

const uniqueFlag = 1
const cutFlag = 2

export interface LiveEntryValue {
  readonly isCut: boolean
  readonly since: number
  /** Unique form: the id of the record that holds the entry. */
  readonly idKey: Uint8Array | undefined
  /** Otherwise: bytes of the id at the end of the key. */
  readonly idBytes: number
}

export function encodeLiveEntry(since: number, isCut: boolean, isUnique: boolean, idKey: Uint8Array): Buffer {
  const tailBytes = isUnique ? idKey.length : uvarintBytes(idKey.length)
  const target = Buffer.allocUnsafe(1 + uvarintBytes(since) + tailBytes)
  target[0] = (isUnique ? uniqueFlag : 0) | (isCut ? cutFlag : 0)
  const end = writeUvarint(target, 1, since)
  if (isUnique) target.set(idKey, end)
  else writeUvarint(target, end, idKey.length)
  return target
}

export function decodeLiveEntry(stored: Uint8Array): LiveEntryValue {
  const flags = stored[0] as number
  const since = readUvarint(stored, 1)
  const isCut = (flags & cutFlag) !== 0
  if ((flags & uniqueFlag) !== 0) {
    return { isCut, since: since.value, idKey: stored.subarray(since.end), idBytes: 0 }
  }
  return { isCut, since: since.value, idKey: undefined, idBytes: readUvarint(stored, since.end).value }
}

export interface PastEntryValue {
  readonly isCut: boolean
  /** First commit for which the entry is no longer in force. */
  readonly to: number
  readonly idBytes: number
  readonly fromBytes: number
  /** The last version of the record that had the entry. */
  readonly lastSeq: number
  readonly lastN: number
}

export function encodePastEntry(past: PastEntryValue): Buffer {
  const { isCut, to, idBytes, fromBytes, lastSeq, lastN } = past
  const lastBytes = uvarintBytes(lastSeq) + uvarintBytes(lastN)
  const target = Buffer.allocUnsafe(2 + uvarintBytes(to) + uvarintBytes(idBytes) + lastBytes)
  target[0] = isCut ? cutFlag : 0
  const end = writeUvarint(target, writeUvarint(target, 1, to), idBytes)
  target[end] = fromBytes
  writeUvarint(target, writeUvarint(target, end + 1, lastSeq), lastN)
  return target
}

export function decodePastEntry(stored: Uint8Array): PastEntryValue {
  const to = readUvarint(stored, 1)
  const idBytes = readUvarint(stored, to.end)
  const lastSeq = readUvarint(stored, idBytes.end + 1)
  return {
    isCut: ((stored[0] as number) & cutFlag) !== 0,
    to: to.value,
    idBytes: idBytes.value,
    fromBytes: stored[idBytes.end] as number,
    lastSeq: lastSeq.value,
    lastN: readUvarint(stored, lastSeq.end).value,
  }
}

/**
 * Whether the entry was in force at the commit: of most that a read of the past meets, this is all it asks.
 */
export function wasInForce(key: Uint8Array, stored: Uint8Array, seq: number): boolean {
  const to = readUvarint(stored, 1)
  if (seq >= to.value) return false
  const fromBytes = stored[readUvarint(stored, to.end).end] as number
  return seq >= readUvarint(key, key.length - fromBytes).value
}

export interface BoundedEntry {
  readonly entry: Uint8Array
  readonly isCut: boolean
}

export function boundEntry(hash: LedgerHash, entry: Uint8Array): BoundedEntry {
  if (entry.length <= indexEntryBytesMax) return { entry, isCut: false }
  const cut = Buffer.concat([entry.subarray(0, indexEntryPrefixBytes), hash.of(entry)])
  return { entry: cut, isCut: true }
}
