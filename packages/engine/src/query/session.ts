/**
 * Who asks, for which database, within which bounds: the doors make one per request or connection.
 */

import type { Datetime, RecordId, Value, ValueObject } from '@dendrodb/protocol'
import type { WriteMeta } from '../models/model.ts'
import type { AsOf } from './host.ts'

export interface SessionAuth {
  /** The signed-in user's record. */
  readonly id: RecordId
  readonly roles: readonly string[]
  /** Further fields that `$auth` shows. `id` and `roles` among them are ignored. */
  readonly claims?: ValueObject
}

export interface SessionLimits {
  /** Time a statement may take. */
  readonly timeoutMs?: number
  /** Memory that a statement may take with the results and parameters of the text before it, by estimate. */
  readonly memoryBytes?: number
  /** Rows a statement may return; unbounded when not given. */
  readonly resultRows?: number
}

export interface Session {
  readonly database: string
  readonly auth?: SessionAuth
  /** The server's own administrator: sees and may do everything but touch reserved tables. */
  readonly isRoot: boolean
  /** The engine itself: reserved tables as well. Never from outside. */
  readonly isSystem: boolean
  /** Parameters for all queries of the session. */
  readonly vars?: Readonly<Record<string, Value>>
  readonly limits?: SessionLimits
  /** Aborting it stops the work promptly. */
  readonly signal?: AbortSignal
  /** What the session's writes say about themselves unless the statement says otherwise. */
  readonly meta?: WriteMeta
  /**
   * What was asked for, where that is not the text and its variables, as when a door makes up an id: by this
   * a request is told from another one with the same idempotency key.
   */
  readonly request?: Value
  /** Reads show the database as of then; nothing can be written. */
  readonly asOf?: AsOf
  /** Reads show what held then. */
  readonly validAsOf?: Datetime
  /** Fields of `$session`, such as the address of the caller. */
  readonly info?: ValueObject
}
