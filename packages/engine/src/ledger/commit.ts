/**
 * Commits and the hash chain over them.
 * Why: any change to history shows in the head alone.
 * Invariant: commit[n].prevHead === head of commit[n - 1]; seq has no gaps; time strictly increases.
 * head = H(prevHead ‖ canonical commit), and prevHead ‖ canonical commit is exactly what is stored.
 * Format: docs/formats.md#commit. Cost: append O(1), verify O(n).
 */

import { decodeCanonical, encodeCanonical, type Value } from '@dendrodb/protocol'
import { type Hash, hashBytes, type LedgerHash } from './hash.ts'
import { ledgerErrors } from './ledger-errors.ts'

const commitFormat = 1

export interface Commit {
  readonly seq: number
  readonly prevHead: Uint8Array
  readonly branch: number
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly timeMicros: number
  /** H(meta payload); `undefined` when the write said nothing about itself. */
  readonly metaCommitment: Uint8Array | undefined
  /** Commitments to the record versions, in the order n = 0, 1, …. */
  readonly versionCommitments: readonly Uint8Array[]
}

/** The stored form: the preimage of the head. */
export function encodeCommit(commit: Commit): Buffer {
  const body: Value[] = [
    commitFormat,
    commit.seq,
    commit.branch,
    commit.timeMicros,
    commit.metaCommitment ?? null,
    Buffer.concat(commit.versionCommitments),
  ]
  return Buffer.concat([commit.prevHead, encodeCanonical(body)])
}

export function headOf(hash: LedgerHash, stored: Uint8Array): Hash {
  return hash.of(stored)
}

/** @throws LEDGER_CORRUPT */
export function decodeCommit(stored: Uint8Array): Commit {
  const fields = decodeCanonical(stored.subarray(hashBytes))
  if (!Array.isArray(fields) || fields.length !== 6 || fields[0] !== commitFormat) {
    throw ledgerErrors.CORRUPT({ what: 'a commit', reason: 'it has another shape' })
  }
  const [, seq, branch, timeMicros, metaCommitment, joined] = fields as readonly Value[]
  return {
    seq: seq as number,
    prevHead: stored.subarray(0, hashBytes),
    branch: branch as number,
    timeMicros: timeMicros as number,
    metaCommitment: metaCommitment === null ? undefined : (metaCommitment as Uint8Array),
    versionCommitments: splitHashes(joined as Uint8Array),
  }
}

function splitHashes(joined: Uint8Array): Uint8Array[] {
  const hashes: Uint8Array[] = []
  for (let at = 0; at < joined.length; at += hashBytes) hashes.push(joined.subarray(at, at + hashBytes))
  return hashes
}
