/**
 * One version of one record: what it was, when it was true, and what proves it.
 * Why: the commit holds only `commitment`, so that the payload can be erased and the chain still verifies.
 * versionId  = H(salt ‖ canonical bytes of the record)            (absent for a delete)
 * commitment = H(salt ‖ canonical [tableId, table, key, op, validFrom, validTo, versionId])
 * Format of the payload: docs/formats.md#version — salt (16 bytes) ‖ canonical [tableId, table, key, op,
 * validFrom, validTo, record bytes as a byte string].
 */

import {
  byteStringHeadBytes,
  decodeVersion,
  encodeCanonicalBehind,
  type VersionContents,
  versionFields,
} from '@dendrodb/protocol'
import { asBuffer } from '../storage/as-buffer.ts'
import { type Hash, hashBytes, type LedgerHash } from './hash.ts'
import { orDamage } from './ledger-errors.ts'
import { saltBytes } from './salt-source.ts'
import type { ValidInterval } from './valid-time.ts'

/** The record as a commit changed it. */
export type RecordVersion = VersionContents

/** Where a version stands in the log. */
export interface VersionPlace {
  readonly seq: number
  readonly n: number
}

export interface SealedVersion {
  /** What is stored under (seq, n). */
  readonly payload: Buffer
  readonly commitment: Hash
}

export function sealVersion(hash: LedgerHash, version: RecordVersion, salt: Uint8Array): SealedVersion {
  const payload = asBuffer(encodeCanonicalBehind(salt, versionFields(version, version.bytes)))
  return { payload, commitment: commitmentOf(hash, payload, version.bytes, salt) }
}

/**
 * What the commit holds of the version in `payload`, whose record bytes are `bytes`.
 * The record bytes are the last item of the payload, so that what is hashed are the bytes before it, as they
 * are stored, and the version id in its place.
 */
export function commitmentOf(
  hash: LedgerHash,
  payload: Uint8Array,
  bytes: Uint8Array | undefined,
  salt = payload.subarray(0, saltBytes),
): Hash {
  if (bytes === undefined) return hash.of(payload)
  const start = payload.length - bytes.length - byteStringHeadBytes(bytes.length)
  lastItem.set(hash.of(salt, bytes), lastItemHead.length)
  return hash.of(payload.subarray(0, start), lastItem)
}

/** A byte string of 32 bytes: the version id. */
const lastItemHead = [0x58, hashBytes] as const
const lastItem = Uint8Array.from([...lastItemHead, ...new Uint8Array(hashBytes)])

/** The version in a stored payload, whose bytes it shares. @throws LEDGER_CORRUPT */
export function openVersion(payload: Uint8Array): RecordVersion {
  return orDamage('a record version', () => decodeVersion(payload).version)
}

/** Valid time of the version as its record carries it. */
export function storedInterval(version: RecordVersion | undefined): Required<ValidInterval> {
  return { validFrom: version?.validFrom ?? undefined, validTo: version?.validTo ?? undefined }
}
