/**
 * Replay protection: what a repeated request is answered from, and the nonces that clients have used up.
 * Why beside the commit and not in it: an answer is kept for a day and then forgotten, whatever becomes of
 * the history; that the request carried the key stands in the commit's metadata for good.
 * A replay of the log knows from there that a request was carried out, and not how it was answered.
 * Both are live keys that a transaction reads and writes, so that of two requests with one key that run at
 * once the second conflicts, runs again and finds the answer of the first.
 * Format: docs/formats.md#replay
 */

import { decodeCanonical, encodeCanonical, encodeCanonicalAnswer, type Value } from '@dendrodb/protocol'
import { hashBytes, type LedgerHash } from './hash.ts'
import { keyOf, keyWithTail } from './key-space.ts'
import { ledgerErrors } from './ledger-errors.ts'
import { replayAnswerBytesMax, replayKeptMs } from './limits.ts'
import type { WriteMeta } from './write-meta.ts'

/** How a request was answered. */
export interface Replay {
  /** Its commit. */
  readonly seq: number
  readonly timeMicros: number
  /** Of what was asked; empty where that is not known. */
  readonly requestHash: Uint8Array
  /** Canonical bytes of the result; `undefined`: it is not kept, or not known. */
  readonly answer: Uint8Array | undefined
}

/** What a write adds to its commit; the commit's number is not known yet. */
export interface ReplayGuard {
  readonly replay?: { readonly key: Buffer } & Pick<Replay, 'requestHash' | 'answer'>
  readonly nonce?: { readonly key: Buffer; readonly nonce: number }
}

/** One answer per principal and idempotency key. */
export function replayKey(hash: LedgerHash, { actor = '', idempotencyKey = '' }: WriteMeta): Buffer {
  return keyWithTail('replay', hash.of(encodeCanonical([actor, idempotencyKey])))
}

/** One nonce per principal and client. */
export function nonceKey(hash: LedgerHash, { actor = '', client = '' }: WriteMeta): Buffer {
  return keyWithTail('nonce', hash.of(encodeCanonical([actor, client])))
}

export function hashOfRequest(hash: LedgerHash, request: Value): Uint8Array {
  return request === undefined ? new Uint8Array() : hash.of(encodeCanonicalAnswer(request))
}

/** The canonical bytes of a result, if it is small enough to be kept. @throws VALUE_* */
export function encodeAnswer(result: Value): Uint8Array | undefined {
  const bytes = encodeCanonicalAnswer(result)
  return bytes.length > replayAnswerBytesMax ? undefined : bytes
}

export function encodeReplay({ seq, timeMicros, requestHash, answer }: Replay): Buffer {
  return Buffer.from(encodeCanonical([seq, timeMicros, requestHash, answer ?? null]))
}

/** @throws LEDGER_CORRUPT */
export function decodeReplay(stored: Uint8Array): Replay {
  const [seq, timeMicros, requestHash, answer] = decodeCanonical(stored) as readonly Value[]
  const isWhole =
    typeof seq === 'number' && typeof timeMicros === 'number' && requestHash instanceof Uint8Array
  if (!isWhole) throw ledgerErrors.CORRUPT({ what: 'a kept answer', reason: 'it has another shape' })
  return { seq, timeMicros, requestHash, answer: answer instanceof Uint8Array ? answer : undefined }
}

export function isOutdated({ timeMicros }: Pick<Replay, 'timeMicros'>): boolean {
  return Date.now() - timeMicros / 1_000 > replayKeptMs
}

/** What a commit's metadata tells of it, without the answer. */
export function guardEntries(
  hash: LedgerHash,
  meta: WriteMeta,
  { seq, timeMicros }: Pick<Replay, 'seq' | 'timeMicros'>,
): readonly { readonly key: Buffer; readonly value: Buffer }[] {
  const entries: { readonly key: Buffer; readonly value: Buffer }[] = []
  if (meta.nonce !== undefined)
    entries.push({ key: nonceKey(hash, meta), value: encodeNonce(meta.nonce, seq) })
  if (meta.idempotencyKey !== undefined && !isOutdated({ timeMicros })) {
    const key = replayKey(hash, meta)
    const replay = { seq, timeMicros, requestHash: new Uint8Array(), answer: undefined }
    entries.push({ key, value: encodeReplay(replay) })
    entries.push({ key: keyOf('replayLog', seq), value: replayTail(key) })
  }
  return entries
}

/** The 32 bytes behind the kind of a replay key. */
export function replayTail(key: Buffer): Buffer {
  return key.subarray(key.length - hashBytes)
}

export function encodeNonce(nonce: number, seq: number): Buffer {
  return Buffer.from(encodeCanonical([nonce, seq]))
}

export function decodeNonce(stored: Uint8Array): number {
  const [nonce] = decodeCanonical(stored) as readonly Value[]
  return nonce as number
}
