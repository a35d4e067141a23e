/** Statements about branches. `E` is an expression. */

import type { IfExists } from './ast-schema.ts'
import type { Node } from './ast-type.ts'

export type BranchStatementOf<E> =
  | DefineBranchOf<E>
  | RemoveBranchStatement
  | MergeBranchOf<E>
  | DiffBranchOf<E>

/** `DEFINE BRANCH sale FROM main AT 12 COMMENT 'x'`. */
export interface DefineBranchOf<E> extends Node<'define_branch'> {
  readonly name: string
  readonly ifExists: IfExists
  /** Not given: main. */
  readonly from?: string
  /** A commit or an instant; not given: now. */
  readonly at?: E
  readonly comment?: string
}

/** `REMOVE BRANCH IF EXISTS sale`. */
export interface RemoveBranchStatement extends Node<'remove_branch'> {
  readonly name: string
  readonly ifExists: boolean
}

/** `MERGE BRANCH sale INTO main STRICT RESOLVE THEIRS`. */
export interface MergeBranchOf<E> extends Node<'merge_branch'> {
  readonly name: string
  /** Not given: main. */
  readonly into?: string
  readonly strict: boolean
  /** For all conflicts, or a value that says it record by record. */
  readonly resolve?: 'ours' | 'theirs' | E
}

/** `DIFF BRANCH sale AT 20 FROM main AT 12 TABLES a, b LIMIT 10 START 5`. */
export interface DiffBranchOf<E> extends Node<'diff_branch'> {
  readonly name: string
  readonly at?: E
  /** Not given: the state that the branch began with. */
  readonly from?: { readonly name: string; readonly at?: E }
  readonly tables?: readonly string[]
  readonly limit?: E
  readonly start?: E
}
