import type { Value } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { storageErrors } from '../storage/storage-errors.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import type { DatabaseCore } from './database-core.ts'
import { IndexBuilder } from './index-builder.ts'

const item = recordOf('item')

async function fill(core: DatabaseCore, from: number, to: number): Promise<void> {
  await core.write(async (tx) => {
    for (let at = from; at < to; at += 1) await tx.put(item(at), { code: at % 100, name: `n${at}` })
  })
}

function define(core: DatabaseCore, field: string, unique = false) {
  return core.write((tx) => tx.defineIndex({ name: field, table: 'item', fields: [[field]], unique }))
}

async function keysWith(core: DatabaseCore, name: string, value: Value): Promise<unknown[]> {
  const view = await core.view()
  const index = view.catalog.table('item')?.indexes.find((each) => each.name === name)
  const entries = index === undefined ? [] : await collect(view.scanIndex(index, { equals: [value] }))
  view.close()
  return entries.map(({ id }) => id.key)
}

test('an index over existing records is built while writes go on, and ends complete', async () => {
  const core = await openTestCore()
  await fill(core, 0, 5_000)
  await define(core, 'code')
  const builder = new IndexBuilder(core)
  builder.resume()
  const writes = Array.from({ length: 300 }, async (_, at) => {
    await new Promise((resolve) => setImmediate(resolve))
    if (at % 3 === 0) await core.write((tx) => tx.put(item(at * 16), { code: 777 }), { isPoint: true })
    else if (at % 3 === 1) await core.write((tx) => tx.delete(item(at * 16)), { isPoint: true })
    else await core.write((tx) => tx.put(item(10_000 + at), { code: 777 }), { isPoint: true })
  })
  await Promise.all([...writes, builder.wait('item', 'code')])
  expect(await keysWith(core, 'code', 777)).toHaveLength(200)
  expect((await verifyStore(core.store)).findings).toEqual([])
})

test('an index of an empty table is ready at once', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.defineTable('item', {}))
  const { result } = await define(core, 'code')
  expect(result.state).toBe('ready')
})

test('two records with one unique value fail the build, name each other, and writes go on', async () => {
  const core = await openTestCore()
  await fill(core, 0, 1_000)
  await define(core, 'code', true)
  const builder = new IndexBuilder(core)
  builder.resume()
  await expect(builder.wait('item', 'code')).rejects.toMatchObject({
    code: 'INDEX_BUILD_FAILED',
    message: expect.stringContaining('item:0 and item:100'),
  })
  expect(await builder.progress('item', 'code')).toMatchObject({ state: 'failed' })
  await fill(core, 1_000, 1_001)
  expect((await verifyStore(core.store)).findings).toEqual([])
})

test('a duplicate that is gone before the build meets it does no harm', async () => {
  const core = await openTestCore()
  await fill(core, 0, 50)
  await core.write((tx) => tx.put(item(2_000), { name: 'n7' }))
  await define(core, 'name', true)
  await core.write((tx) => tx.put(item(2_000), { name: 'other' }))
  const builder = new IndexBuilder(core)
  builder.resume()
  await builder.wait('item', 'name')
  expect(await keysWith(core, 'name', 'n7')).toEqual([7])
  expect((await verifyStore(core.store)).findings).toEqual([])
})

test('a write that claims a value whose holder the build has not reached fails the build, not the data', async () => {
  const core = await openTestCore()
  await fill(core, 0, 50)
  await define(core, 'name', true)
  await core.write((tx) => tx.put(item(3_000), { name: 'n49' }))
  const builder = new IndexBuilder(core)
  builder.resume()
  await expect(builder.wait('item', 'name')).rejects.toMatchObject({ code: 'INDEX_BUILD_FAILED' })
  expect((await verifyStore(core.store)).findings).toEqual([])
})

test('a build that was interrupted goes on where it stopped', async () => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  await fill(core, 0, 3_000)
  await define(core, 'code')
  const first = new IndexBuilder(core)
  first.resume()
  await new Promise((resolve) => setTimeout(resolve, 5))
  await first.stop()
  const reopened = await openTestCore(store)
  const second = new IndexBuilder(reopened)
  second.resume()
  await second.wait('item', 'code')
  expect(await keysWith(reopened, 'code', 5)).toHaveLength(30)
  expect((await verifyStore(store)).findings).toEqual([])
})

test('a build that a full disk stops is told of, and goes on when there is room again', async () => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  await fill(core, 0, 3_000)
  await define(core, 'code')
  const commit = store.commit.bind(store)
  let isFull = true
  // One commit fails; there is room again for the next one.
  store.commit = async (batch, options) => {
    if (!isFull) return commit(batch, options)
    isFull = false
    throw storageErrors.FULL({ path: '/data' })
  }
  const problems: string[] = []
  const builder = new IndexBuilder(core, (work) => problems.push(work))
  builder.resume()
  await expect(builder.wait('item', 'code')).rejects.toMatchObject({ code: 'STORAGE_FULL' })
  expect(await builder.progress('item', 'code')).toMatchObject({ state: 'building' })
  expect(problems).toEqual(['the build of index code'])
  builder.resume()
  await builder.wait('item', 'code')
  expect(await keysWith(core, 'code', 5)).toHaveLength(30)
  expect((await verifyStore(store)).findings).toEqual([])
})

test('an index that is removed while it is built goes quietly', async () => {
  const core = await openTestCore()
  await fill(core, 0, 3_000)
  await define(core, 'code')
  const builder = new IndexBuilder(core)
  builder.resume()
  await core.write((tx) => tx.removeIndex('item', 'code'))
  await expect(builder.wait('item', 'code')).rejects.toMatchObject({ code: 'INDEX_UNKNOWN' })
  await builder.stop()
})

test('whoever waits for an index waits until it is ready for good, not only about to be', async () => {
  const store = openMemoryStore()
  const commit = store.commit.bind(store)
  store.commit = async (batch, options) => {
    await new Promise((resolve) => setTimeout(resolve, 2))
    await commit(batch, options)
  }
  const core = await openTestCore(store)
  await fill(core, 0, 10)
  const { receipt } = await define(core, 'code')
  const builder = new IndexBuilder(core)
  builder.resume()
  const isReady = () => core.catalogs.newest().table('item')?.indexes[0]?.state === 'ready'
  while (!isReady()) await new Promise((resolve) => setImmediate(resolve))
  await builder.wait('item', 'code')
  expect(core.head().seq).toBe(receipt.seq + 1)
})

test('a build that ends after its index was replaced or removed leaves the newer definition alone', async () => {
  const core = await openTestCore()
  await fill(core, 0, 10)
  const { result: first } = await define(core, 'code')
  const { result: second } = await define(core, 'code')
  await core.write((tx) => tx.setIndexState(first, 'ready'))
  const [index] = core.catalogs.newest().table('item')?.indexes ?? []
  expect(index).toMatchObject({ id: second.id, state: 'building' })
  await core.write((tx) => tx.removeIndex('item', 'code'))
  await core.write((tx) => tx.setIndexState(second, 'failed', 'two records with one value'))
  expect(core.catalogs.newest().table('item')?.indexes).toEqual([])
})

test('records may change to and fro in the transaction that defines their index', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.put(item(1), { code: 1 }))
  await core.write(async (tx) => {
    await tx.defineIndex({ name: 'code', table: 'item', fields: [['code']], unique: false })
    for (const code of [2, 1, 3, 1, 4]) await tx.put(item(1), { code })
  })
  const builder = new IndexBuilder(core)
  builder.resume()
  await builder.wait('item', 'code')
  expect(await keysWith(core, 'code', 4)).toEqual([1])
  expect((await verifyStore(core.store)).findings).toEqual([])
})
