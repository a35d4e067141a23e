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
  decodeCanonicalViews,
  encodeCanonical,
  type RecordKey,
  type Value,
} from '@dendrodb/protocol'
import { type Hash, hashBytes, type LedgerHash } from './hash.ts'
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
  return { payload, commitment: commitmentOf(hash, payload, version.bytes) }
}

/**
 * What the commit holds of the version in `payload`, whose record bytes are `bytes`.
 * The record bytes are the last item of the payload, so that what is hashed are the bytes before it, as they
 * are stored, and the version id in its place.
 */
export function commitmentOf(hash: LedgerHash, payload: Uint8Array, bytes: Uint8Array | undefined): Hash {
  if (bytes === undefined) return hash.of(payload)
  const start = payload.length - bytes.length - byteStringHeadBytes(bytes.length)
  lastItem.set(hash.of(payload.subarray(0, saltBytes), bytes), lastItemHead.length)
  return hash.of(payload.subarray(0, start), lastItem)
}

/** A byte string of 32 bytes: the version id. */
const lastItemHead = [0x58, hashBytes] as const
const lastItem = Uint8Array.from([...lastItemHead, ...new Uint8Array(hashBytes)])

/** The version in a stored payload, whose bytes it shares. @throws LEDGER_CORRUPT */
export function openVersion(payload: Uint8Array): RecordVersion {
  const fields = decodeCanonicalViews(payload.subarray(saltBytes)) as readonly Value[]
  const [tableId, table, key, op, validFrom, validTo, bytes] = fields
  // Nothing may stand for the same version in two ways, or a changed byte could go unnoticed.
  const isExact = fields.length === 7 && !fields.includes(undefined) && (op === opPut) === (bytes !== null)
  if (!isExact)
    throw ledgerErrors.CORRUPT({ what: 'a record version', reason: 'its payload has another shape' })
  return {
    tableId: tableId as number,
    table: table as string,
    key: key as RecordKey,
    validFrom,
    validTo,
    bytes: op === opPut ? (bytes as Uint8Array) : undefined,
  }
}

function payloadFields(version: RecordVersion): Value[] {
  const op = version.bytes === undefined ? opDelete : opPut
  const { tableId, table, key, validFrom, validTo, bytes } = version
  return [tableId, table, key, op, validFrom ?? null, validTo ?? null, bytes ?? null]
}
