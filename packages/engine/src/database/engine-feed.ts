/**
 * What happens in the databases of an engine, for whoever watches all of them: commits, first scans,
 * databases that go.
 * Why not the commits themselves: a watcher is told that there is something new and reads what it wants by
 * its number, so that nobody's slowness costs memory here.
 * Invariant: of one database, events come in the order in which things happened.
 */

import type { Receipt } from '../query/host.ts'
import type { ScanProgress } from './first-scan.ts'

/** A commit that is durable. */
export interface CommitNotice extends Receipt {
  /** Tables that it wrote to, on whatever branch. */
  readonly tables: readonly string[]
  /** Name of the branch that it changed; `undefined`: main, or a branch that is gone. */
  readonly branch: string | undefined
}

export type EngineEvent = { readonly database: string } & (
  | { readonly type: 'commit'; readonly commit: CommitNotice }
  | { readonly type: 'scan'; readonly progress: ScanProgress }
  | { readonly type: 'ready'; readonly head: Receipt }
  | { readonly type: 'scan_failed'; readonly error: Error }
  | { readonly type: 'dropped' }
)

export type EngineListener = (event: EngineEvent) => void

export class EngineFeed {
  readonly #listeners = new Set<EngineListener>()

  get isWatched(): boolean {
    return this.#listeners.size > 0
  }

  /** Gives the function that ends it. The listener must not throw. */
  watch(listener: EngineListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
