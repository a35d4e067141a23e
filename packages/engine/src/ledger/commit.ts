/**
 * Commits and the hash chain over them.
 * Why: any change to history shows in the head alone.
 * Invariant: commit[n].prevHead === head of commit[n - 1]; seq has no gaps; time strictly increases.
 * head = H(prevHead ‖ canonical commit), and prevHead ‖ canonical commit is exactly what is stored.
 * Format: docs/formats.md#commit. Cost: append O(1), verify O(n).
 */

import {
  type CommitContents,
  commitFormat,
  decodeCommit as decodeLayout,
  encodeCanonical,
  type Value,
} from '@dendrodb/protocol'
import type { Hash, LedgerHash } from './hash.ts'
import { orDamage } from './ledger-errors.ts'

/** The stored form: the preimage of the head. */
export function encodeCommit(commit: CommitContents): Buffer {
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
export function decodeCommit(stored: Uint8Array): CommitContents {
  return orDamage('a commit', () => decodeLayout(stored))
}
