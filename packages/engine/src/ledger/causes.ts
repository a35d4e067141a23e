/**
 * The reverse of `causedBy`: which commits a commit has led to.
 * Why keys of their own: a commit is not changed by what comes after it, and effects must be found without
 * reading everything behind their cause.
 * Invariant: the keys follow from the metadata of the effects alone, so that they can be checked against it,
 * and who erases metadata knows which keys go with it.
 * A cause is an earlier commit, always: there are no cycles.
 */

import { keyOf } from './key-space.ts'
import { ledgerErrors } from './ledger-errors.ts'
import type { WriteMeta } from './write-meta.ts'

/** Keys that a commit with this metadata has beside it; their values are empty. */
export function effectKeys(seq: number, meta: WriteMeta | undefined): Buffer[] {
  return [...new Set(meta?.causedBy)].map((cause) => keyOf('effect', cause, seq))
}

/** `newestSeq`: a commit earlier than the one that the metadata is for. @throws LEDGER_CAUSE_UNKNOWN */
export function checkCauses(meta: WriteMeta, newestSeq: number): void {
  for (const cause of meta.causedBy ?? []) {
    if (cause > newestSeq) throw ledgerErrors.CAUSE_UNKNOWN({ asked: cause, newest: newestSeq })
  }
}
