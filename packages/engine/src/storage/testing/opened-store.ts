/** What the suite asks of whoever runs it: a way to open an empty store. */

import type { KvStore, KvStoreLimits } from '../kv-store.ts'

export interface OpenedStore {
  readonly store: KvStore
  /** Closes the store and opens it again on the same data. Stores that forget leave it out. */
  reopen?(): Promise<KvStore>
  /** Closes what is open and removes the data. */
  dispose(): Promise<void>
}

/** Opens an empty store, with narrower limits where asked for. */
export type OpenStore = (options?: { readonly limits?: Partial<KvStoreLimits> }) => Promise<OpenedStore>
