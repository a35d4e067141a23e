/**
 * What a write says about itself, and its salted form beside the commit.
 * Why apart from the commit: an actor or an evidence may have to be forgotten one day, and the chain must
 * still verify; the commit therefore holds only H(payload).
 * Format of the payload: docs/formats.md#meta — salt (16 bytes) ‖ canonical map of the fields that are set.
 */

import { decodeCanonical, encodeCanonical, type Value, type ValueObject } from '@dendrodb/protocol'
import { ledgerErrors } from './ledger-errors.ts'
import { causesPerCommitMax, evidenceBytesMax, metaTextMax } from './limits.ts'
import { saltBytes } from './salt-source.ts'

export interface WriteMeta {
  /** Who wrote: a record id's text, `root`, or a service's name. */
  readonly actor?: string | undefined
  /** Seqs of the commits that led to this one. */
  readonly causedBy?: readonly number[] | undefined
  readonly evidence?: Value
  /** 0 to 1. */
  readonly confidence?: number | undefined
  readonly idempotencyKey?: string | undefined
  /** With `nonce`: replay protection, strictly increasing per client. */
  readonly client?: string | undefined
  readonly nonce?: number | undefined
}

/** @throws LEDGER_META_INVALID naming the field */
export function checkWriteMeta(meta: WriteMeta): void {
  for (const field of ['actor', 'idempotencyKey', 'client'] as const) {
    const text = meta[field]
    if (text !== undefined && (text.length === 0 || text.length > metaTextMax)) {
      throw ledgerErrors.META_INVALID({ field, reason: `must have 1 to ${metaTextMax} characters` })
    }
  }
  const { causedBy = [], confidence, nonce } = meta
  if (causedBy.length > causesPerCommitMax) {
    throw ledgerErrors.META_INVALID({
      field: 'causedBy',
      reason: `names more than ${causesPerCommitMax} commits`,
    })
  }
  if (!causedBy.every((seq) => Number.isSafeInteger(seq) && seq > 0)) {
    throw ledgerErrors.META_INVALID({ field: 'causedBy', reason: 'must hold seqs of commits' })
  }
  if (confidence !== undefined && !(confidence >= 0 && confidence <= 1)) {
    throw ledgerErrors.META_INVALID({ field: 'confidence', reason: 'must lie between 0 and 1' })
  }
  if (nonce !== undefined && !(Number.isSafeInteger(nonce) && nonce >= 0)) {
    throw ledgerErrors.META_INVALID({ field: 'nonce', reason: 'must be an integer of at least 0' })
  }
  if (meta.evidence !== undefined && encodeCanonical(meta.evidence).length > evidenceBytesMax) {
    throw ledgerErrors.META_INVALID({ field: 'evidence', reason: `is larger than ${evidenceBytesMax} bytes` })
  }
}

/** The payload to store, or `undefined` when nothing is set. */
export function encodeMetaPayload(meta: WriteMeta | undefined, nextSalt: () => Buffer): Buffer | undefined {
  if (meta === undefined) return undefined
  const fields: Record<string, Value> = {}
  if (meta.actor !== undefined) fields.actor = meta.actor
  if (meta.causedBy !== undefined && meta.causedBy.length > 0) fields.causedBy = meta.causedBy
  if (meta.evidence !== undefined) fields.evidence = meta.evidence
  if (meta.confidence !== undefined) fields.confidence = meta.confidence
  if (meta.idempotencyKey !== undefined) fields.idempotencyKey = meta.idempotencyKey
  if (meta.client !== undefined) fields.client = meta.client
  if (meta.nonce !== undefined) fields.nonce = meta.nonce
  if (Object.keys(fields).length === 0) return undefined
  return Buffer.concat([nextSalt(), encodeCanonical(fields)])
}

export function decodeMetaPayload(payload: Uint8Array): WriteMeta {
  return decodeCanonical(payload.subarray(saltBytes)) as ValueObject as WriteMeta
}
