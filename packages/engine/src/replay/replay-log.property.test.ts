/**
 * What a replay makes of a log, compared with the store that the log was written in, key by key. Branches:
 * database/branches.property.test.ts.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ledgerHashes } from '../ledger/hash.ts'
import { kindRange, manifestKey } from '../ledger/key-space.ts'
import { decodeManifest, type Manifest } from '../ledger/manifest.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { collect, openTestCore } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { histories, runHistory } from './testing/history-arbitrary.ts'
import { contentOf, replayed } from './testing/replayed-store.ts'

async function manifestOf(store: KvStore): Promise<Manifest> {
  const snapshot = store.snapshot()
  const stored = await snapshot.get(manifestKey)
  snapshot.close()
  return decodeManifest(ledgerHashes.blake2b, stored as Buffer)
}

test('a replay of the whole log gives the same keys and values, and an intact database', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const core = await openTestCore()
      await runHistory(core, history)
      const { seq } = core.head()
      const target = await replayed(core.store, seq)
      // Of a failed build something is left behind until the index is removed.
      const failed = new Set<number>()
      for (const { indexes } of core.catalogs.newest().tables()) {
        for (const { id, state } of indexes) if (state === 'failed') failed.add(id)
      }
      expect(await contentOf(target, failed)).toEqual(await contentOf(core.store, failed))
      const [{ nextNumber, ...manifest }, original] = [await manifestOf(target), await manifestOf(core.store)]
      expect({ ...manifest, nextNumber: original.nextNumber }).toEqual(original)
      // A number that was taken by a transaction that failed was never used.
      expect(nextNumber).toBeLessThanOrEqual(original.nextNumber)
      expect((await verifyStore(target)).findings).toEqual([])
    }),
    { numRuns: 120 },
  )
})

test('a replay up to any commit is an intact database with the head of that commit', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.double({ min: 0, max: 1, noNaN: true }), async (history, share) => {
      const core = await openTestCore()
      await runHistory(core, history)
      const toSeq = Math.floor(share * core.head().seq)
      const target = await replayed(core.store, toSeq)
      const { seq, head } = await manifestOf(target)
      expect(seq).toBe(toSeq)
      expect((await verifyStore(target)).findings).toEqual([])
      // Goes on as any database: what was being built is built, and new commits fit on.
      const reopened = await openTestCore(target)
      const [before] = await collect(
        reopened.store.snapshot().scan(kindRange('commit'), { reverse: true, limit: 1 }),
      )
      expect(before === undefined || !head.equals(before.value)).toBe(true)
      await runHistory(reopened, history.slice(-3))
      expect((await verifyStore(target)).findings).toEqual([])
    }),
    { numRuns: 80 },
  )
})
