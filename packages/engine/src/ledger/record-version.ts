/**
 * One version of one record: what it was, when it was true, and what proves it.
 * Why: the commit holds only `commitment`, so that the payload can be erased and the chain still verifies.
 * versionId  = H(salt ‖ canonical bytes of the record)            (absent for a delete)
 * commitment = H(salt ‖ canonical [tableId, table, key, op, validFrom, validTo, versionId])
 * Format of the payload: docs/formats.md#version — salt (16 bytes) ‖ canonical [tableId, table, key, op,
 * validFrom, validTo, record bytes as a byte string].
 */

import { CborReader, encodeCanonical, type RecordKey, readCanonical, type Value } from '@dendrodb/protocol'
import { type Hash, hashOf } from './hash.ts'
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
const fieldCount = 7
/** CBOR's null. */
const noneByte = 0xf6

export function sealVersion(version: RecordVersion, salt: Uint8Array): SealedVersion {
  const payload = Buffer.concat([salt, encodeCanonical(payloadFields(version))])
  return { payload, commitment: commitmentOf(version, salt) }
}

export function commitmentOf(version: RecordVersion, salt: Uint8Array): Hash {
  const versionId = version.bytes === undefined ? null : hashOf(Buffer.concat([salt, version.bytes]))
  const fields = payloadFields(version)
  fields[fields.length - 1] = versionId
  return hashOf(Buffer.concat([salt, encodeCanonical(fields)]))
}

/** `bytes` of the version is a part of the payload. @throws LEDGER_CORRUPT */
export function openVersion(payload: Uint8Array): {
  readonly version: RecordVersion
  readonly salt: Uint8Array
} {
  const reader = new CborReader(payload, saltBytes)
  if (reader.array() !== fieldCount) throw otherShape()
  const tableId = reader.uint()
  const table = reader.key()
  const key = readCanonical(reader) as RecordKey
  const op = reader.uint()
  const validFrom = readCanonical(reader)
  const validTo = readCanonical(reader)
  const bytes = reader.accept(noneByte) ? undefined : reader.bytesView()
  reader.finish()
  // Nothing may stand for the same version in two ways, or a changed byte could go unnoticed.
  const isExact = op === (bytes === undefined ? opDelete : opPut)
  if (!isExact || validFrom === undefined || validTo === undefined) throw otherShape()
  const version: RecordVersion = { tableId, table, key, validFrom, validTo, bytes }
  return { version, salt: payload.subarray(0, saltBytes) }
}

function otherShape(): Error {
  return ledgerErrors.CORRUPT({ what: 'a record version', reason: 'its payload has another shape' })
}

function payloadFields(version: RecordVersion): Value[] {
  const op = version.bytes === undefined ? opDelete : opPut
  const { tableId, table, key, validFrom, validTo, bytes } = version
  return [tableId, table, key, op, validFrom ?? null, validTo ?? null, bytes ?? null]
}
