/**
 * The manifest: where the ledger stands, rewritten with every batch, so that opening reads one key.
 * Format: docs/formats.md#manifest — canonical map; the format entry is written once and names hash and format.
 */

import { decodeCanonical, encodeCanonical, type ValueObject } from '@dendrodb/protocol'
import type { Hash } from './hash.ts'
import { ledgerErrors } from './ledger-errors.ts'
import type { CompactRange } from './merkle/compact-range.ts'

export const formatVersion = 1

/** Written when the database is made. */
export interface StoreFormat {
  readonly format: number
  readonly databaseId: string
  readonly hash: 'blake2b'
}

export interface Manifest {
  readonly seq: number
  readonly head: Hash
  readonly timeMicros: number
  readonly merkle: CompactRange
  /** Next number for a table or an index; numbers are never reused. */
  readonly nextNumber: number
}

export function encodeFormat(format: StoreFormat): Uint8Array {
  return encodeCanonical({ ...format })
}

/** @throws LEDGER_FORMAT_TOO_NEW */
export function decodeFormat(stored: Uint8Array): StoreFormat {
  const format = decodeCanonical(stored) as ValueObject
  const found = format.format as number
  if (found > formatVersion) throw ledgerErrors.FORMAT_TOO_NEW({ found, supported: formatVersion })
  return { format: found, databaseId: format.databaseId as string, hash: 'blake2b' }
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  return encodeCanonical({
    seq: manifest.seq,
    head: manifest.head,
    timeMicros: manifest.timeMicros,
    merkleSize: manifest.merkle.size,
    merkleRoots: manifest.merkle.roots,
    nextNumber: manifest.nextNumber,
  })
}

export function decodeManifest(stored: Uint8Array): Manifest {
  const fields = decodeCanonical(stored) as ValueObject
  return {
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

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
