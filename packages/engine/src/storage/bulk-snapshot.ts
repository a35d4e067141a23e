/** A snapshot for whoever reads most of a store, of whichever kind it is. */

import type { KvSnapshot, KvStore, MaybePromise } from './kv-store.ts'

export function bulkSnapshotOf(store: Pick<KvStore, 'snapshot' | 'bulkSnapshot'>): MaybePromise<KvSnapshot> {
  return store.bulkSnapshot?.() ?? store.snapshot()
}
