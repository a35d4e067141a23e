import { expect, onTestFinished, test, vi } from 'vitest'
import { keyWithTail, kindRange } from '../ledger/key-space.ts'
import { replayKeptMs } from '../ledger/limits.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { storageErrors } from '../storage/storage-errors.ts'
import { collectGarbage } from '../testing/collect-garbage.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { BranchService } from './branch-service.ts'
import { GarbageCollector } from './garbage-collector.ts'
import { onceEach } from './job-problems.ts'

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

test.each([
  ['before it began', 0],
  ['in the middle', 1],
])('what is left of a removed branch goes after a restart %s', async (_, turns) => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  await core.write((tx) => tx.defineIndex({ name: 'at', table: 'item', fields: [['at']], unique: false }))
  const branches = new BranchService(core, () => expect.unreachable())
  await branches.create('other')
  const { number } = await branches.create('b')
  for (const at of [1, 2]) {
    await core.branches.open('b').write(async (tx) => {
      for (let key = 0; key < 1_100; key += 1) await tx.put(item(key), { at })
    })
  }
  await core.branches.open('other').write((tx) => tx.put(item(1), { at: 1 }))
  await branches.remove('b')
  const garbage = new GarbageCollector(core)
  garbage.run()
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  await garbage.stop()
  expect((await verifyStore(store)).findings).toEqual([])
  const again = await openTestCore(store)
  await collectGarbage(again)
  const snapshot = store.snapshot()
  for (const kind of ['record', 'index', 'pastIndex', 'count'] as const) {
    expect(await collect(snapshot.scan(kindRange(kind, number)))).toEqual([])
  }
  expect((await collect(snapshot.scan(kindRange('history', number)))).length).toBe(2_200)
  expect((await verifyStore(store)).findings).toEqual([])
  const view = await again.branches.open('other').view()
  expect((await view.getRecord(item(1)))?.value.at).toBe(1)
})

/** Reads of one key fail from now on. */
function damage(store: KvStore, damaged: Buffer): void {
  const take = store.snapshot.bind(store)
  const snapshot = () => {
    const whole = take()
    const get = whole.get.bind(whole)
    return Object.assign(whole, {
      get: (key: Uint8Array) => {
        if (damaged.equals(key)) throw storageErrors.CORRUPT({ what: 'an entry', reason: 'its checksum' })
        return get(key)
      },
    })
  }
  Object.assign(store, { snapshot })
}

test.each(['replay', 'replayLog'] as const)(
  'a damaged entry of kind %s is told once and passed over',
  async (kind) => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-01T00:00:00Z') })
    onTestFinished(() => void vi.useRealTimers())
    const store = openMemoryStore()
    const core = await openTestCore(store)
    for (const idempotencyKey of ['a', 'b', 'c']) {
      await core.write((tx) => tx.put(item(1), {}), { meta: { idempotencyKey } })
    }
    const kept = () => collect(store.snapshot().scan(kindRange('replayLog')))
    const [, second] = await kept()
    if (second === undefined) return expect.unreachable()
    const damaged = kind === 'replayLog' ? second.key : keyWithTail('replay', second.value)
    damage(store, damaged)
    core.snapshots.expire()
    vi.setSystemTime(Date.now() + replayKeptMs + 1_000)
    const warnings: string[] = []
    const garbage = new GarbageCollector(
      core,
      onceEach((warning) => warnings.push(warning), 'shop'),
    )
    await garbage.settle()
    await garbage.settle()
    expect(warnings).toEqual([
      expect.stringMatching(/answers .* in the database shop failed .* its checksum/),
    ])
    expect((await kept()).map(({ key }) => key)).toEqual([second.key])
  },
)

test('damage in what was dropped ends a run, and nothing else', async () => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  await core.write((tx) => tx.put(item(1), {}))
  await core.write((tx) => tx.removeTable('item'))
  await store.commit([
    {
      type: 'put',
      key: Buffer.concat([kindRange('garbage').gte as Buffer, Buffer.from([0xff])]),
      value: Buffer.alloc(0),
    },
  ])
  core.snapshots.expire()
  const warnings: string[] = []
  const garbage = new GarbageCollector(
    core,
    onceEach((warning) => warnings.push(warning), 'shop'),
  )
  for (let turn = 0; turn < 2; turn += 1) {
    garbage.run()
    await expect.poll(() => garbage.isIdle).toBe(true)
  }
  expect(warnings).toHaveLength(1)
  await expect(garbage.settle()).rejects.toThrow()
  await garbage.stop()
})
