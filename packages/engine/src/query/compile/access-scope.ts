/**
 * The seam between running queries and permission rules: what a session may do with the rows of a table.
 * Why here: every read and write of a row asks it, and the rules themselves are expressions; access/
 * implements it.
 */

import type { Value } from '@dendrodb/protocol'
import type { Catalog } from '../../catalog/definitions.ts'
import { reservedPrefix } from '../../catalog/system-tables.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { Expression } from '../dql/ast.ts'

export type Action = 'select' | 'create' | 'update' | 'delete'

/**
 * `system`: the engine itself. `unrestricted`: root and admins, who see everything but reserved tables.
 * `user`: a signed-in user under rules. `anonymous`: nobody, who may compute but neither read nor write.
 * Two sessions of one kind get the same rules, which know the user through `$auth` alone; so they share
 * plans.
 */
export type AccessKind = 'system' | 'unrestricted' | 'user' | 'anonymous'

/** `Context` is `EvalContext`, which names these types without the parameter. */
export type GuardOf<Context> = AllowGuard | DenyGuard | RowGuardOf<Context>

export interface AllowGuard {
  readonly type: 'allow'
}

export interface DenyGuard {
  readonly type: 'deny'
  /** Where the answer comes from, for EXPLAIN and messages. */
  readonly origin: string
}

/** Only rows that satisfy a condition. */
export interface RowGuardOf<Context> {
  readonly type: 'where'
  readonly origin: string
  /** The condition as text. */
  readonly rule: string
  /** The condition as a tree, for the choice of an index. Evaluated through `passes` alone. */
  readonly condition: Expression
  /** `false` also when the rule fails with an error. */
  passes(row: Value, ctx: Context): MaybePromise<boolean>
}

export interface AccessScopeOf<Context> {
  readonly kind: AccessKind
  /** `system` and `unrestricted`: every guard allows. */
  readonly isUnrestricted: boolean
  /** @throws ACCESS_SIGN_IN_REQUIRED for `anonymous` */
  guard(catalog: Catalog, table: string, action: Action): GuardOf<Context>
}

/** Whether the table is out of reach for everybody but the engine itself. */
export function isOutOfReach(table: string, access: { readonly kind: AccessKind }): boolean {
  return table.startsWith(reservedPrefix) && access.kind !== 'system'
}
