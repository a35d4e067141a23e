import { ledgerHashes } from '../ledger/hash.ts'

/** What a replay makes of a log, compared with the store that the log was written in, key by key. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatKey, kindRange, manifestKey } from '../ledger/key-space.ts'
import { decodeManifest, type Manifest } from '../ledger/manifest.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { collect, openTestCore } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { genesisOf } from './log-chain.ts'
import { readLog } from './read-log.ts'
import { replayLog } from './replay-log.ts'
import { histories, runHistory } from './testing/history-arbitrary.ts'

const everything = { gte: new Uint8Array(), lt: new Uint8Array([0xff]) }

/** Keys and values in hex, without those of the given indexes, of builds, and the manifest. */
async function contentOf(store: KvStore, withoutIndexes: ReadonlySet<number>): Promise<string[]> {
  const snapshot = store.snapshot()
  const entries = await collect(snapshot.scan(everything))
  snapshot.close()
  return entries
    .filter(({ key }) => !key.equals(manifestKey) && !isBuild(key) && !isOf(key, withoutIndexes))
    .map(
      ({ key, value }) =>
        `${String.fromCharCode(key[0] ?? 0)} ${key.toString('hex')}=${value.toString('hex')}`,
    )
}

/** How far builds have come is not in the log. */
function isBuild(key: Buffer): boolean {
  return key[0] === kindRange('build').gte[0]
}

function isOf(key: Buffer, indexes: ReadonlySet<number>): boolean {
  if (key[0] !== kindRange('index').gte[0] && key[0] !== kindRange('pastIndex').gte[0]) return false
  return indexes.has(readUvarint(key, readUvarint(key, 1).end).value)
}

async function manifestOf(store: KvStore): Promise<Manifest> {
  const snapshot = store.snapshot()
  const stored = await snapshot.get(manifestKey)
  snapshot.close()
  return decodeManifest(ledgerHashes.blake2b, stored as Buffer)
}

async function replayed(source: KvStore, toSeq: number): Promise<KvStore> {
  const snapshot = source.snapshot()
  const format = (await snapshot.get(formatKey)) as Buffer
  const target = openMemoryStore()
  const after = genesisOf(format)
  await replayLog(target, { format, log: readLog(snapshot, { after, toSeq }) })
  snapshot.close()
  return target
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
