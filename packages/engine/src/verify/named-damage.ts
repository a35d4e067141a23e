/**
 * Damage that a read meets, in words: the store knows its keys and not what they stand for.
 * The key stays in the details of the error.
 */

import { DbError } from '@dendrodb/protocol'
import { bulkSnapshotOf } from '../storage/bulk-snapshot.ts'
import type { KvEntry, KvSnapshot, KvStore, MaybePromise } from '../storage/kv-store.ts'
import { storageErrors } from '../storage/storage-errors.ts'

/** What a database reads through, and writes to. */
export type NamingStore = Pick<KvStore, 'snapshot' | 'bulkSnapshot' | 'commit'>

/** The store, whose reads name damaged objects by `nameOf` in place of their keys. */
export function namingStore(store: NamingStore, nameOf: (key: Buffer) => string): NamingStore {
  return {
    snapshot: () => namingSnapshot(store.snapshot(), nameOf),
    bulkSnapshot: async () => namingSnapshot(await bulkSnapshotOf(store), nameOf),
    commit: (batch, options) => store.commit(batch, options),
  }
}

export function namingSnapshot(snapshot: KvSnapshot, nameOf: (key: Buffer) => string): KvSnapshot {
  const fail = (error: unknown): never => {
    const key = damagedKey(error)
    if (key === undefined) throw error
    const { reason, key: hex } = (error as DbError).details
    throw storageErrors.CORRUPT({ what: nameOf(key), reason: String(reason), key: hex }, { cause: error })
  }
  const naming = <T>(read: () => MaybePromise<T>): MaybePromise<T> => {
    try {
      const found = read()
      return found instanceof Promise ? found.catch(fail) : found
    } catch (error) {
      return fail(error)
    }
  }
  return {
    get: (key) => naming(() => snapshot.get(key)),
    getMany: (keys) => naming(() => snapshot.getMany(keys)),
    scan: (range, options) => namingChunks(snapshot.scan(range, options), fail),
    close: () => snapshot.close(),
  }
}

/** The key that the store names in its error, if it does. */
export function damagedKey(error: unknown): Buffer | undefined {
  if (!(error instanceof DbError) || error.status !== 'corrupt') return undefined
  const { key } = error.details
  return typeof key === 'string' ? Buffer.from(key, 'hex') : undefined
}

/** By hand, as a generator would cost every chunk a turn more. */
function namingChunks(
  chunks: AsyncIterable<readonly KvEntry[]>,
  fail: (error: unknown) => never,
): AsyncIterable<readonly KvEntry[]> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = chunks[Symbol.asyncIterator]()
      return {
        next: () => iterator.next().catch(fail),
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      }
    },
  }
}
