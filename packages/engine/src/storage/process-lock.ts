/**
 * Locks by name that hold within the process, for all of its threads.
 * Why not LevelDB's lock of a folder: there is none before the folder is there, or once its store is closed.
 */

import { locks } from 'node:worker_threads'

export interface ProcessLock {
  /** Others may take it once it resolves. Idempotent. */
  release(): Promise<void>
}

/** `undefined`: somebody holds it. A thread that ends lets go of its own. */
export async function tryLock(name: string): Promise<ProcessLock | undefined> {
  const granted = Promise.withResolvers<boolean>()
  const released = Promise.withResolvers<void>()
  const free = locks.request(`dendrodb:${name}`, { ifAvailable: true }, (lock) => {
    granted.resolve(lock !== null)
    return lock === null ? undefined : released.promise
  })
  free.catch(granted.reject)
  if (!(await granted.promise)) return undefined
  return {
    async release() {
      released.resolve()
      await free
    },
  }
}
