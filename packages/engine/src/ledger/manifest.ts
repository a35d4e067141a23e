/**
 * The manifest: where the ledger stands, rewritten with every batch, so that opening reads one key.
 * It names the format that the database is written in, which an upgrade changes.
 * Format: docs/formats.md#manifest — 8 bytes of its own hash, then a canonical map.
 * The format entry is written once, names hash and format, and is what the chain of commits starts from.
 */

import {
  decodeCanonical,
  encodeCanonical,
  type HashName,
  isHashName,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import { asBuffer } from '../storage/as-buffer.ts'
import type { Hash, LedgerHash } from './hash.ts'
import { ledgerErrors } from './ledger-errors.ts'
import type { CompactRange } from './merkle/compact-range.ts'

export const formatVersion = 2
/** What manifests that name no format are of. */
const firstFormatVersion = 1

/** Written when the database is made. */
export interface StoreFormat {
  /** What the database was made in. */
  readonly format: number
  readonly databaseId: string
  readonly hash: HashName
}

export interface Manifest {
  /** What the database is written in. */
  readonly format: number
  readonly seq: number
  /** Head of the newest commit; before the first one, the hash of the format entry. */
  readonly head: Hash
  readonly timeMicros: number
  readonly merkle: CompactRange
  /** Next number for a table or an index; numbers are never reused. */
  readonly nextNumber: number
}

export function encodeFormat(format: StoreFormat): Uint8Array {
  return encodeCanonical({ ...format })
}

/** @throws LEDGER_FORMAT_TOO_NEW, LEDGER_CORRUPT */
export function decodeFormat(stored: Uint8Array): StoreFormat {
  const format = decodeCanonical(stored) as ValueObject
  const found = readableFormat(format.format)
  const { hash } = format
  if (!isHashName(hash)) {
    throw ledgerErrors.CORRUPT({ what: 'the format entry', reason: 'it names no hash function that we know' })
  }
  return { format: found, databaseId: format.databaseId as string, hash }
}

/** @throws LEDGER_FORMAT_TOO_NEW */
function readableFormat(found: Value): number {
  const format = (found ?? firstFormatVersion) as number
  if (format > formatVersion) throw ledgerErrors.FORMAT_TOO_NEW({ found: format, supported: formatVersion })
  return format
}

/** @throws LEDGER_FORMAT_TOO_OLD when the database has to be upgraded first */
export function assertUpgraded({ format }: Manifest): void {
  if (format < formatVersion) throw ledgerErrors.FORMAT_TOO_OLD({ found: format, needed: formatVersion })
}

/** What `prevHead` of commit 1 is, so that no two databases have one history. */
export function genesisHead(hash: LedgerHash, storedFormat: Uint8Array): Hash {
  return hash.of(storedFormat)
}

const checkBytes = 8

export function encodeManifest(hash: LedgerHash, manifest: Manifest): Buffer {
  const body = encodeCanonical({
    format: manifest.format,
    seq: manifest.seq,
    head: manifest.head,
    timeMicros: manifest.timeMicros,
    merkleSize: manifest.merkle.size,
    merkleRoots: manifest.merkle.roots,
    nextNumber: manifest.nextNumber,
  })
  return Buffer.concat([hash.of(body).subarray(0, checkBytes), body])
}

/** @throws LEDGER_CORRUPT, LEDGER_FORMAT_TOO_NEW */
export function decodeManifest(hash: LedgerHash, stored: Uint8Array): Manifest {
  const body = stored.subarray(checkBytes)
  if (Buffer.compare(hash.of(body).subarray(0, checkBytes), stored.subarray(0, checkBytes)) !== 0) {
    throw ledgerErrors.CORRUPT({ what: 'the manifest', reason: 'its own hash does not match' })
  }
  const fields = decodeCanonical(body) as ValueObject
  return {
    format: readableFormat(fields.format),
    seq: fields.seq as number,
    head: asBuffer(fields.head as Uint8Array),
    timeMicros: fields.timeMicros as number,
    merkle: {
      size: fields.merkleSize as number,
      roots: (fields.merkleRoots as readonly Uint8Array[]).map(asBuffer),
    },
    nextNumber: fields.nextNumber as number,
  }
}
