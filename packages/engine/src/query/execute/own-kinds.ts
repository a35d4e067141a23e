/**
 * Statements of the text alone, which no other statement and no transaction has inside.
 */

import { queryErrors } from '../query-errors.ts'

/** Statements that are transactions of their own, and no part of another one. */
export const ownKinds: ReadonlySet<string> = new Set([
  'define_branch',
  'merge_branch',
  'remove_branch',
  'define_snapshot',
  'remove_snapshot',
  'restore_snapshot',
  'erase',
  'compact',
])

export function nestedWrite(kind: string, place: 'another statement' | 'a transaction'): Error {
  return queryErrors.NESTED_WRITE({ statement: wordsOf(kind), place })
}

function wordsOf(kind: string): string {
  return kind.replace('_', ' ').toUpperCase()
}
