import { expect, test } from 'vitest'
import { kindRange } from '../ledger/key-space.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { GarbageCollector } from './garbage-collector.ts'

const item = recordOf('item')

async function keysLeft(store: KvStore): Promise<number> {
  const snapshot = store.snapshot()
  let count = 0
  for (const kind of ['index', 'pastIndex', 'garbage'] as const) {
    count += (await collect(snapshot.scan(kindRange(kind)))).length
  }
  count += (await collect(snapshot.scan(kindRange('record', 0, 16)))).length
  snapshot.close()
  return count
}

test('a removed table is gone at once, its keys soon after, its past never', async () => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  await core.write(async (tx) => {
    for (let at = 0; at < 5_000; at += 1) await tx.put(item(at), { at })
  })
  await core.write((tx) => tx.defineIndex({ name: 'at', table: 'item', fields: [['at']], unique: false }))
  const { seq } = core.head()
  await core.write((tx) => tx.removeTable('item'))
  const now = await core.view()
  expect(now.catalog.table('item')).toBeUndefined()
  expect(await now.getRecord(item(1))).toBeUndefined()
  expect((await verifyStore(store)).findings).toEqual([])
  const garbage = new GarbageCollector(core)
  garbage.run()
  await expect.poll(() => keysLeft(store)).toBe(0)
  expect((await verifyStore(store)).findings).toEqual([])
  const then = await core.view({ seq })
  const table = then.catalog.table('item')
  expect(table && (await then.countTable(table))).toBe(5_000)
  await garbage.stop()
})

test('a table of the same name begins empty and keeps its own history', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.put(item(1), { age: 1 }))
  await core.write((tx) => tx.removeTable('item'))
  await core.write((tx) => tx.put(item(2), { age: 2 }))
  const view = await core.view()
  const table = view.catalog.table('item')
  expect(table && (await collect(view.scanTable(table))).map(({ id }) => id.key)).toEqual([2])
  const first = await core.view({ seq: 1 })
  expect((await first.getRecord(item(1)))?.value.age).toBe(1)
  expect((await verifyStore(core.store)).findings).toEqual([])
})
