/**
 * What the query layer asks of the engine that holds it.
 * Why: statements run the same inside a server, a test or another node; only the host knows sequencer and
 * files.
 */

import type { HashName, Value } from '@dendrodb/protocol'
import type { IndexDefinition } from '../catalog/definitions.ts'
import type { ReadView, WriteMeta, WriteTx } from '../models/model.ts'
import type { MaybePromise } from '../storage/kv-store.ts'

export type AsOf = { readonly seq: number } | { readonly instant: Value }

export interface Receipt {
  /** Commit of the write; the current one when nothing was written. */
  readonly seq: number
  readonly head: string
}

export interface WriteAnswer<T> {
  readonly result: T
  readonly receipt: Receipt
  /** The idempotency key had been used: this is what the first request was given. */
  readonly isReplay?: boolean
}

export interface WriteOptions {
  /** With an idempotency key the result must be a value: it is what the key's next user is given. */
  readonly meta?: WriteMeta
  /** What is asked, as a value: an idempotency key that comes with another request is refused. */
  readonly request?: Value
  /**
   * The work touches records by id alone, is short and never waits: it may run inside the commit group, where
   * it cannot lose a race. It must return without a promise when the view's reads are sync.
   */
  readonly isPoint?: boolean
  readonly signal?: AbortSignal
}

export interface IndexProgress {
  readonly state: IndexDefinition['state']
  readonly rowsDone: number
  readonly rowsTotal: number
  readonly failure: string | undefined
}

export interface DatabaseHost {
  readonly name: string
  /**
   * A view of the newest commit, or of the past. The caller closes it. @throws LEDGER_AS_OF_UNKNOWN for the
   * future
   */
  view(asOf?: AsOf): MaybePromise<ReadView>
  /**
   * Runs `work` as one transaction and commits it. On a conflict `work` is run again on a fresh view, so it
   * must have no effects outside `tx`. When `work` throws nothing is written.
   */
  write<T>(work: (tx: WriteTx) => MaybePromise<T>, options?: WriteOptions): Promise<WriteAnswer<T>>
  /** The newest acknowledged commit. */
  head(): Receipt
  /** Resolves when the index is ready. @throws INDEX_BUILD_FAILED after removing the definition's effect */
  waitForIndex(table: string, index: string, signal?: AbortSignal): Promise<void>
  indexProgress(table: string, index: string): MaybePromise<IndexProgress | undefined>
  rebuildIndex(table: string, index: string): Promise<void>
}

export interface NewDatabase {
  /** Hash function of its chain. Default: the engine's. */
  readonly hash?: HashName
}

export interface QueryHost {
  /** Opens the database, making it when it does not exist and the caller may. @throws ACCESS_DENIED */
  database(name: string, ifNew?: NewDatabase): MaybePromise<DatabaseHost>
  /** Names on disk and open, sorted. */
  databaseNames(): Promise<readonly string[]>
}
