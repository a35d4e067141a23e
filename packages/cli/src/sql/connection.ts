/**
 * The seam between `ddb sql` and what runs its statements: a server, or an engine in this process.
 */

import type { DbError, Value } from '@dendrodb/protocol'

export type Outcome =
  | { readonly status: 'ok'; readonly value: Value; readonly timeMs: number }
  | { readonly status: 'error'; readonly error: DbError; readonly timeMs: number }

export interface RunOptions {
  readonly database: string
  /** Default: main. */
  readonly branch?: string | undefined
  /** Aborting it cancels the statement and rejects with a status of `cancelled`. */
  readonly signal?: AbortSignal | undefined
}

export interface Connection {
  /** What it is connected to, for people. */
  readonly target: string
  /**
   * Runs the statements of a text: one outcome for each.
   * @throws when the text does not parse, or nobody is there to run it
   */
  run(text: string, options: RunOptions): Promise<readonly Outcome[]>
  /**
   * To `run` something in a database makes it. @throws when there is none of that name, where it can be told
   */
  expectDatabase(name: string): Promise<void>
  close(): Promise<void>
}
