/** Waits until nothing that was dropped is left to be removed. */

import type { DatabaseCore } from '../database/database-core.ts'
import { GarbageCollector } from '../database/garbage-collector.ts'
import { kindRange } from '../ledger/key-space.ts'
import { collect } from './open-core.ts'

export async function collectGarbage(core: DatabaseCore): Promise<void> {
  const garbage = new GarbageCollector(core)
  garbage.run()
  while ((await marks(core)) > 0) await new Promise((resolve) => setImmediate(resolve))
  await garbage.stop()
}

/** Dropped tables, indexes and branches whose keys are still being removed. */
async function marks(core: DatabaseCore): Promise<number> {
  const snapshot = core.store.snapshot()
  const found = await collect(snapshot.scan(kindRange('garbage')))
  snapshot.close()
  return found.length
}
