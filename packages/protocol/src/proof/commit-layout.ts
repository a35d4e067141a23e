/**
 * What is hashed into a database's chain, as far as a proof has to read it: commits, record versions,
 * metadata.
 * Why here and not in the engine: who checks a proof has no engine, and the layouts exist once.
 * Everything is read as from a stranger: another shape is refused, and nothing has two forms.
 * Format: docs/formats.md#commit, #version, #meta.
 */

import { decodeCanonical, decodeCanonicalViews, encodeCanonical } from '../cbor.ts'
import { RecordId } from '../record-id.ts'
import { typeOf } from '../type-of.ts'
import type { RecordKey, Value, ValueObject } from '../values.ts'
import { concatBytes } from './bytes.ts'
import type { ProofHash } from './merkle-proof.ts'
import { proofErrors } from './proof-errors.ts'

export const hashBytes = 32
const saltBytes = 16
export const commitFormat = 1

export interface CommitContents {
  readonly seq: number
  readonly prevHead: Uint8Array
  readonly branch: number
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly timeMicros: number
  /** H(metadata payload); `undefined` when the write said nothing about itself. */
  readonly metaCommitment: Uint8Array | undefined
  /** Commitments to the record versions, in the order n = 0, 1, …. */
  readonly versionCommitments: readonly Uint8Array[]
}

/** @param stored previous head ‖ canonical commit, whose hash is the head. @throws PROOF_MALFORMED, CBOR_* */
export function decodeCommit(stored: Uint8Array): CommitContents {
  const fields = decodeCanonical(stored.subarray(hashBytes))
  if (!Array.isArray(fields) || fields.length !== 6 || fields[0] !== commitFormat) throw malformed('a commit')
  const [, seq, branch, timeMicros, meta, versions] = fields as readonly Value[]
  const isGood =
    isCount(seq) &&
    seq > 0 &&
    isCount(branch) &&
    isCount(timeMicros) &&
    (meta === null || (isBytes(meta) && meta.length === hashBytes)) &&
    isBytes(versions) &&
    versions.length % hashBytes === 0
  if (!isGood) throw malformed('a commit')
  const prevHead = stored.subarray(0, hashBytes)
  return {
    seq,
    prevHead,
    branch,
    timeMicros,
    metaCommitment: meta ?? undefined,
    versionCommitments: splitHashes(versions),
  }
}

/** A record as a commit changed it. */
export interface VersionContents {
  readonly tableId: number
  readonly table: string
  readonly key: RecordKey
  readonly validFrom: Value
  readonly validTo: Value
  /** Canonical bytes of the record without its id; `undefined`: deleted. */
  readonly bytes: Uint8Array | undefined
}

const versionOps = { delete: 0, put: 1 } as const

/** The record's bytes and the salt are views of the payload. @throws PROOF_MALFORMED, CBOR_* */
export function decodeVersion(payload: Uint8Array): {
  readonly version: VersionContents
  readonly salt: Uint8Array
} {
  const fields = decodeCanonicalViews(payload.subarray(saltBytes))
  if (!Array.isArray(fields) || fields.length !== 7) throw malformed('a record version')
  const [tableId, table, key, op, validFrom, validTo, bytes] = fields as readonly Value[]
  // Nothing may stand for the same version in two ways, or a changed byte could go unnoticed.
  const isGood =
    isCount(tableId) &&
    typeof table === 'string' &&
    !fields.includes(undefined) &&
    (op === versionOps.put ? isBytes(bytes) : op === versionOps.delete && bytes === null)
  if (!isGood) throw malformed('a record version')
  const version: VersionContents = {
    tableId,
    table,
    key: key as RecordKey,
    validFrom,
    validTo,
    bytes: isBytes(bytes) ? bytes : undefined,
  }
  return { version, salt: payload.subarray(0, saltBytes) }
}

/** The array that is stored behind the salt, and with the version id in place of the record, hashed. */
export function versionFields(version: VersionContents, last: Uint8Array | undefined): Value[] {
  const { tableId, table, key, validFrom, validTo, bytes } = version
  const op = bytes === undefined ? versionOps.delete : versionOps.put
  return [tableId, table, key, op, validFrom ?? null, validTo ?? null, last ?? null]
}

/**
 * What the commit holds for the version: H(salt ‖ canonical fields), the record itself hashed with the salt.
 */
export function versionCommitment(hash: ProofHash, version: VersionContents, salt: Uint8Array): Uint8Array {
  const { bytes } = version
  const versionId = bytes === undefined ? undefined : hash(concatBytes(salt, bytes))
  return hash(concatBytes(salt, encodeCanonical(versionFields(version, versionId))))
}

/** @throws PROOF_MALFORMED, CBOR_*, VALUE_* */
export function recordOfVersion(version: VersionContents): {
  readonly id: RecordId
  readonly fields: ValueObject | undefined
} {
  const id = new RecordId(version.table, version.key)
  if (version.bytes === undefined) return { id, fields: undefined }
  return { id, fields: objectOf(decodeCanonical(version.bytes), 'a record') }
}

/** @param payload salt ‖ canonical map. @throws PROOF_MALFORMED, CBOR_* */
export function decodeMeta(payload: Uint8Array): ValueObject {
  return objectOf(decodeCanonical(payload.subarray(saltBytes)), 'the metadata of a commit')
}

function objectOf(value: Value, what: string): ValueObject {
  if (typeOf(value) === 'object') return value as ValueObject
  throw malformed(what)
}

function splitHashes(joined: Uint8Array): Uint8Array[] {
  const hashes: Uint8Array[] = []
  for (let at = 0; at < joined.length; at += hashBytes) hashes.push(joined.subarray(at, at + hashBytes))
  return hashes
}

function isCount(value: Value): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isBytes(value: Value): value is Uint8Array {
  return value instanceof Uint8Array
}

function malformed(what: string): Error {
  return proofErrors.MALFORMED({ problem: `${what} has another shape` })
}
