/**
 * One version of one record: what it was, when it was true, and what proves it.
 * Why: the commit holds only `commitment`, so that the payload can be erased and the chain still verifies.
 * versionId  = H(salt ‖ canonical bytes of the record)            (absent for a delete)
 * commitment = H(salt ‖ canonical [tableId, table, key, op, validFrom, validTo, versionId])
 * Format of the payload: docs/formats.md#version — salt (16 bytes) ‖ canonical [tableId, table, key, op,
 * validFrom, validTo, record bytes as a byte string].
 */

import { decodeVersion, encodeCanonical, type VersionContents, versionFields } from '@dendrodb/protocol'
import type { Hash, LedgerHash } from './hash.ts'
import { orDamage } from './ledger-errors.ts'

/** The record as a commit changed it. */
export type RecordVersion = VersionContents

export interface SealedVersion {
  /** What is stored under (seq, n). */
  readonly payload: Buffer
  readonly commitment: Hash
}

export function sealVersion(hash: LedgerHash, version: RecordVersion, salt: Uint8Array): SealedVersion {
  const payload = Buffer.concat([salt, encodeCanonical(versionFields(version, version.bytes))])
  return { payload, commitment: commitmentOf(hash, version, salt) }
}

export function commitmentOf(hash: LedgerHash, version: RecordVersion, salt: Uint8Array): Hash {
  const { bytes } = version
  const versionId = bytes === undefined ? undefined : hash.of(Buffer.concat([salt, bytes]))
  return hash.of(Buffer.concat([salt, encodeCanonical(versionFields(version, versionId))]))
}

/** @throws LEDGER_CORRUPT */
export function openVersion(payload: Uint8Array): ReturnType<typeof decodeVersion> {
  return orDamage('a record version', () => decodeVersion(payload))
}
