/** Statements that take something out of the database for good. `E` is an expression. */

import type { Node } from './ast-type.ts'

export type ForgettingStatementOf<E> = EraseOf<E> | CompactStatement

/** `ERASE user:alice, user:bob REASON 'asked for it'`. */
export interface EraseOf<E> extends Node<'erase'> {
  /** Record ids, or arrays of them. */
  readonly targets: readonly E[]
  readonly reason?: E
}

/** `COMPACT`. */
export type CompactStatement = Node<'compact'>
