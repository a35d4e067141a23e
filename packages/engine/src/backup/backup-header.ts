/**
 * The first and the last frame of a backup: what it is of, and what it has to add up to.
 * Format: docs/formats/backup.md
 */

import { decodeCanonical, encodeCanonical, type ValueObject } from '@dendrodb/protocol'
import type { BlockSealHeader } from './block-seal.ts'

export const backupFormat = 1

export interface BackupHeader {
  /** Format entry of the database, as it is stored. */
  readonly store: Uint8Array
  /** Name of the database. */
  readonly database: string
  /** The commit before the first one in the backup; 0: the backup is a full one. */
  readonly fromSeq: number
  /** Head at `fromSeq`; of a full one, what the chain starts from. */
  readonly fromHead: Uint8Array
  readonly toSeq: number
  readonly toHead: Uint8Array
  /** When the backup was begun, microseconds since 1970. */
  readonly takenMicros: number
  /** `undefined`: the blocks are not encrypted. */
  readonly seal: BlockSealHeader | undefined
}

export interface BackupEnd {
  readonly commits: number
  readonly versions: number
  /** Payloads that were erased. */
  readonly erased: number
  /** Root of the Merkle tree over all commits up to `toSeq`. */
  readonly merkleRoot: Uint8Array
}

export function encodeHeader(header: BackupHeader): Uint8Array {
  const { seal, ...fields } = header
  return encodeCanonical({
    format: backupFormat,
    compression: 'zstd',
    ...fields,
    ...(seal && { seal: { cipher: 'aes-256-gcm', ...seal } }),
  })
}

/** The header, or the number of a format that is newer; `undefined` for bytes that are no header. */
export function decodeHeader(bytes: Uint8Array): BackupHeader | number | undefined {
  const fields = decodeObject(bytes)
  if (fields === undefined || !isCount(fields.format)) return undefined
  if (fields.format > backupFormat) return fields.format
  return isHeader(fields) ? fields : undefined
}

export function encodeEnd(end: BackupEnd): Uint8Array {
  return encodeCanonical({ ...end })
}

export function decodeEnd(bytes: Uint8Array): BackupEnd | undefined {
  const fields = decodeObject(bytes)
  return fields !== undefined && isEnd(fields) ? fields : undefined
}

function isHeader(fields: object): fields is BackupHeader {
  const { store, database, fromSeq, fromHead, toSeq, toHead, takenMicros, seal } = fields as BackupHeader
  const isRange = isCount(fromSeq) && isCount(toSeq) && fromSeq <= toSeq
  const areBytes = [store, fromHead, toHead].every(isBytes)
  const isSeal = seal === undefined || (isBytes(seal.salt) && isBytes(seal.check))
  return isRange && areBytes && isSeal && typeof database === 'string' && isCount(takenMicros)
}

function isEnd(fields: object): fields is BackupEnd {
  const { commits, versions, erased, merkleRoot } = fields as BackupEnd
  return [commits, versions, erased].every(isCount) && isBytes(merkleRoot)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array
}

function decodeObject(bytes: Uint8Array): ValueObject | undefined {
  try {
    return decodeCanonical(bytes) as ValueObject
  } catch {
    return undefined
  }
}
