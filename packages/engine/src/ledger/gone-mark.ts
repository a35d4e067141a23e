/**
 * Marks under `R` and `I` keys of a branch that say: gone here, whatever the parent has.
 * Why: on a branch the absence of a key means "as the parent has it".
 * Invariant: a mark stays until the branch is discarded, except that what comes back under the same key takes
 * its place.
 * Format: docs/formats.md#gone-mark
 *
 * | offset | bytes | under `R`                      | under `I`                                        |
 * |--------|-------|--------------------------------|--------------------------------------------------|
 * | 0      | 1     | 128                            | 4, plus 2 if the entry is cut                    |
 * | 1      | 1–8   | seq, uvarint: commit that deleted it | seq, uvarint: commit that ended it         |
 * | …      | 1–8   | n, uvarint: place in it        | bytes of the id at the end of the key, uvarint   |
 */

import { uvarintBytes, writeUvarint } from './uvarint.ts'

const goneRecordFlag = 128
const goneEntryFlag = 4
const cutFlag = 2

export function encodeGoneRecord(seq: number, n: number): Buffer {
  return encode(goneRecordFlag, seq, n)
}

export function isGoneRecord(stored: Uint8Array): boolean {
  return stored[0] === goneRecordFlag
}

export function encodeGoneEntry(seq: number, isCut: boolean, idKey: Uint8Array): Buffer {
  return encode(goneEntryFlag | (isCut ? cutFlag : 0), seq, idKey.length)
}

export function isGoneEntry(stored: Uint8Array): boolean {
  return ((stored[0] as number) & goneEntryFlag) !== 0
}

function encode(flags: number, first: number, second: number): Buffer {
  const target = Buffer.allocUnsafe(1 + uvarintBytes(first) + uvarintBytes(second))
  target[0] = flags
  writeUvarint(target, writeUvarint(target, 1, first), second)
  return target
}
