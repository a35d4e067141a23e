/**
 * Writes that are protected against being carried out twice: by an idempotency key, by a client's nonce, or
 * both.
 * Why around the work: what was answered before is found before anything is done, inside the same
 * transaction, so that two requests with one key that run at once are one.
 */

import { decodeCanonicalAnswer, fromUntrusted, limits, type Value } from '@dendrodb/protocol'
import type { LedgerHash } from '../ledger/hash.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import {
  decodeNonce,
  decodeReplay,
  encodeAnswer,
  hashOfRequest,
  isOutdated,
  nonceKey,
  type Replay,
  type ReplayGuard,
  replayKey,
} from '../ledger/replay.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import { chain } from '../storage/chain.ts'
import type { MaybePromise } from '../storage/kv-store.ts'

/** What came of it: the work's own result, or what it gave the first time. */
export type Guarded<T> = { readonly result: T } | { readonly replay: Replay }

export function isGuarded(meta: WriteMeta | undefined): meta is WriteMeta {
  return meta?.idempotencyKey !== undefined || meta?.nonce !== undefined
}

/** @param request what is asked, by which a key that is used for something else is told */
export function guardedWork<T>(
  hash: LedgerHash,
  work: (tx: RecordTx) => MaybePromise<T>,
  meta: WriteMeta,
  request: Value,
): (tx: RecordTx) => MaybePromise<Guarded<T>> {
  const requestHash = hashOfRequest(hash, request)
  return (tx) =>
    chain(findReplay(hash, tx, meta, requestHash), (replay): MaybePromise<Guarded<T>> => {
      if (replay !== undefined) return { replay }
      return chain(checkNonce(hash, tx, meta), (nonce) =>
        chain(work(tx), (result) => {
          tx.guard({ ...nonce, ...replayGuard(hash, meta, requestHash, result) })
          return { result }
        }),
      )
    })
}

/** @throws LEDGER_REPLAY_ANSWER_GONE */
export function answerOf({ idempotencyKey = '' }: WriteMeta, { seq, answer }: Replay): Value {
  if (answer === undefined) throw ledgerErrors.REPLAY_ANSWER_GONE({ key: idempotencyKey, seq })
  return decodeCanonicalAnswer(answer)
}

function findReplay(
  hash: LedgerHash,
  tx: RecordTx,
  meta: WriteMeta,
  requestHash: Uint8Array,
): MaybePromise<Replay | undefined> {
  const { idempotencyKey: key } = meta
  if (key === undefined) return undefined
  return chain(tx.readGuard(replayKey(hash, meta)), (stored) => {
    if (stored === undefined) return undefined
    const replay = decodeReplay(stored)
    if (isOutdated(replay)) return undefined
    // Of what a replay of the log found, neither the request nor its answer is known.
    const isUnknown = replay.requestHash.length === 0 && replay.answer === undefined
    if (!isUnknown && Buffer.compare(replay.requestHash, requestHash) !== 0) {
      throw ledgerErrors.REPLAY_MISMATCH({ key, seq: replay.seq })
    }
    return replay
  })
}

function checkNonce(
  hash: LedgerHash,
  tx: RecordTx,
  meta: WriteMeta,
): MaybePromise<Pick<ReplayGuard, 'nonce'>> {
  const { nonce, client = '' } = meta
  if (nonce === undefined) return {}
  const key = nonceKey(hash, meta)
  return chain(tx.readGuard(key), (stored) => {
    const last = stored === undefined ? undefined : decodeNonce(stored)
    if (last !== undefined && nonce <= last) {
      const sender = client === '' ? 'writes without a client' : `client ${client}`
      throw ledgerErrors.NONCE_STALE({ nonce, client, last, sender })
    }
    return { nonce: { key, nonce } }
  })
}

function replayGuard(
  hash: LedgerHash,
  meta: WriteMeta,
  requestHash: Uint8Array,
  result: unknown,
): Pick<ReplayGuard, 'replay'> {
  if (meta.idempotencyKey === undefined) return {}
  const answer = encodeAnswer(fromUntrusted(result, limits.answerDepthMax))
  return { replay: { key: replayKey(hash, meta), requestHash, answer } }
}
