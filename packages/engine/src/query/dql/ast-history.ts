/**
 * Statements about the past of records and databases. `E` is an expression, `Clauses` end a writing
 * statement.
 */

import type { IfExists } from './ast-schema.ts'
import type { Node } from './ast-type.ts'

export type HistoryStatementOf<E, Clauses> =
  | BringBackOf<E, Clauses>
  | DiffOf<E>
  | DefineSnapshotOf<E>
  | RemoveSnapshotStatement
  | RestoreSnapshotStatement

/** `RESTORE user:1 TO 12 WHERE …`, `UNDO user:1`, `UNDELETE user:1`. */
export type BringBackOf<E, Clauses> = Clauses &
  Node<'restore' | 'undo' | 'undelete'> & {
    readonly only: boolean
    readonly targets: readonly E[]
    /** Of RESTORE: a commit or an instant. */
    readonly to?: E
    /** On the record as it stands; where there is none, on its id. */
    readonly where?: E
  }

/** A commit or an instant, or the commit that a snapshot names. */
export type MomentOf<E> =
  | { readonly type: 'time'; readonly time: E }
  | { readonly type: 'snapshot'; readonly name: string }

/** `DIFF FROM 10 TO 20 TABLES a, b AFTER user:1 LIMIT 10`. */
export interface DiffOf<E> extends Node<'diff'> {
  readonly from: MomentOf<E>
  /** Not given: now. */
  readonly to?: MomentOf<E>
  readonly tables?: readonly string[]
  /** The last record of the page before. */
  readonly after?: E
  readonly limit?: E
}

/** `DEFINE SNAPSHOT before AT 12 TABLES a, b COMMENT 'x'`. */
export interface DefineSnapshotOf<E> extends Node<'define_snapshot'> {
  readonly name: string
  readonly ifExists: IfExists
  /** A commit or an instant; not given: now. */
  readonly at?: E
  /** Not given: all. */
  readonly tables?: readonly string[]
  readonly comment?: string
}

/** `REMOVE SNAPSHOT IF EXISTS before`. */
export interface RemoveSnapshotStatement extends Node<'remove_snapshot'> {
  readonly name: string
  readonly ifExists: boolean
}

/** `RESTORE SNAPSHOT before TABLES a, b`. */
export interface RestoreSnapshotStatement extends Node<'restore_snapshot'> {
  readonly name: string
  /** Not given: those of the snapshot. */
  readonly tables?: readonly string[]
}
