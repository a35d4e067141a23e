/**
 * One version of one record: what it was, when it was true, and what proves it.
 * Why: the commit holds only `commitment`, so that the payload can be erased and the chain still verifies.
 * versionId  = H(salt ‖ canonical bytes of the record)            (absent for a delete)
 * commitment = H(salt ‖ canonical [tableId, table, key, op, validFrom, validTo, versionId])
 * Format of the payload: docs/formats.md#version — salt (16 bytes) ‖ canonical [tableId, table, key, op,
 * validFrom, validTo, record bytes as a byte string].
 */

import { decodeCanonical, encodeCanonical, type RecordKey, type Value } from '@dendrodb/protocol'
import type { Hash, LedgerHash } from './hash.ts'
import { ledgerErrors } from './ledger-errors.ts'
import { saltBytes } from './salt-source.ts'

/** The record as a commit changed it. */
export interface RecordVersion {
  readonly tableId: number
  readonly table: string
  readonly key: RecordKey
  readonly validFrom: Value
  readonly validTo: Value
  /** Canonical bytes of the record; `undefined`: deleted. */
  readonly bytes: Uint8Array | undefined
}

export interface SealedVersion {
  /** What is stored under (seq, n). */
  readonly payload: Buffer
  readonly commitment: Hash
}

const opPut = 1
const opDelete = 0

export function sealVersion(hash: LedgerHash, version: RecordVersion, salt: Uint8Array): SealedVersion {
  const payload = Buffer.concat([salt, encodeCanonical(payloadFields(version))])
  return { payload, commitment: commitmentOf(hash, version, salt) }
}

export function commitmentOf(hash: LedgerHash, version: RecordVersion, salt: Uint8Array): Hash {
  const versionId = version.bytes === undefined ? null : hash.of(Buffer.concat([salt, version.bytes]))
  const fields = payloadFields(version)
  fields[fields.length - 1] = versionId
  return hash.of(Buffer.concat([salt, encodeCanonical(fields)]))
}

/** @throws LEDGER_CORRUPT */
export function openVersion(payload: Uint8Array): {
  readonly version: RecordVersion
  readonly salt: Uint8Array
} {
  const fields = decodeCanonical(payload.subarray(saltBytes)) as readonly Value[]
  const [tableId, table, key, op, validFrom, validTo, bytes] = fields
  // Nothing may stand for the same version in two ways, or a changed byte could go unnoticed.
  const isExact = fields.length === 7 && !fields.includes(undefined) && (op === opPut) === (bytes !== null)
  if (!isExact)
    throw ledgerErrors.CORRUPT({ what: 'a record version', reason: 'its payload has another shape' })
  const version: RecordVersion = {
    tableId: tableId as number,
    table: table as string,
    key: key as RecordKey,
    validFrom,
    validTo,
    bytes: op === opPut ? (bytes as Uint8Array) : undefined,
  }
  return { version, salt: payload.subarray(0, saltBytes) }
}

function payloadFields(version: RecordVersion): Value[] {
  const op = version.bytes === undefined ? opDelete : opPut
  const { tableId, table, key, validFrom, validTo, bytes } = version
  return [tableId, table, key, op, validFrom ?? null, validTo ?? null, bytes ?? null]
}
