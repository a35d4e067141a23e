/** Space: what is not referred to any more goes, but not before the last snapshot that can see it. */

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLevelStore } from '../leveldb/level-store.ts'
import { contentOf, del, entriesOf, put } from '../testing/store-fixture.ts'
import { openSealedStore } from './open-sealed-store.ts'
import { lastingMemory, pagesOfStore, readRootOf, smallShape, tinyShape } from './testing/sealed-fixture.ts'

const dataKey = randomBytes(32)
let lasting = lastingMemory()

beforeEach(() => {
  lasting = lastingMemory()
})

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
})

async function open() {
  const base = lasting.open()
  const store = await openSealedStore({ base, dataKey, writeBufferBytes: 2_000, shape: tinyShape })
  opened.push(store)
  return { store, base }
}

const batchOf = (round: number) =>
  Array.from({ length: 40 }, (_, at) => put(`k${at}`, Buffer.alloc(at % 5 === 0 ? 2_000 : 50, round)))

async function pageCounts() {
  const { referred, present } = await pagesOfStore(lasting.memory, dataKey)
  return { referred: referred.length, present: present.length }
}

test('pages that were replaced are deleted by themselves', async () => {
  const { store } = await open()
  for (let round = 0; round < 30; round += 1) await store.commit(batchOf(round))
  for (let turn = 0; turn < 200; turn += 1) await setImmediate()
  const { referred, present } = await pageCounts()
  expect(referred).toBeGreaterThan(20)
  expect(present).toBeLessThan(referred * 2)
  const { logStart, logEnd } = await readRootOf(lasting.memory, dataKey)
  expect(logEnd - logStart).toBeLessThan(30)
})

test('a snapshot keeps what it sees, and no more; once it is closed, that goes as well', async () => {
  const { store } = await open()
  for (let round = 0; round < 5; round += 1) await store.commit(batchOf(round))
  await store.compact()
  const { present: before } = await pageCounts()
  const snapshot = store.snapshot()
  for (let round = 5; round < 40; round += 1) await store.commit(batchOf(round))
  await store.compact()
  const held = await pageCounts()
  expect(held.present).toBeGreaterThanOrEqual(before)
  expect((await entriesOf(snapshot)).every(({ value }) => value[0] === 4)).toBe(true)
  snapshot.close()
  await store.compact()
  const after = await pageCounts()
  expect(after.present).toBe(after.referred)
  expect(after.present).toBeLessThan(held.present)
})

test('what a snapshot of a process that died was holding goes at the next opening', async () => {
  const { store, base } = await open()
  await store.commit(batchOf(0))
  await store.compact()
  store.snapshot()
  for (let round = 1; round < 20; round += 1) await store.commit(batchOf(round))
  await store.compact()
  base.commit = () => new Promise(() => undefined)
  opened.pop()
  const next = await open()
  await next.store.compact()
  const { referred, present } = await pageCounts()
  expect(present).toBe(referred)
})

test('pages of a merge that was cut short go at the next opening, and their ids are not used again', async () => {
  const { store, base } = await open()
  for (let round = 0; round < 5; round += 1) await store.commit(batchOf(round))
  await store.compact()
  const { nextPageId } = await readRootOf(lasting.memory, dataKey)
  await store.commit([put('a', '1')])
  const { commit } = base
  // The pages arrive, the root that would refer to them does not.
  base.commit = (batch, options) =>
    batch.some(({ key }) => key[0] === 0x72) ? new Promise(() => undefined) : commit(batch, options)
  void store.compact()
  for (let turn = 0; turn < 50; turn += 1) await setImmediate()
  opened.pop()
  const orphans = (await pagesOfStore(lasting.memory, dataKey)).present.filter(
    (name) => Number(name.split(' ')[1]) >= nextPageId && name.startsWith('page'),
  )
  expect(orphans.length).toBeGreaterThan(0)
  const next = await open()
  await next.store.compact()
  const { referred, present } = await pagesOfStore(lasting.memory, dataKey)
  expect(present).toEqual(referred)
  for (const orphan of orphans) expect(referred).not.toContain(orphan)
  expect(await contentOf(next.store, { values: false })).toHaveLength(41)
})

test('deleting everything leaves nothing in the files', async () => {
  const path = await mkdtemp(join(tmpdir(), 'sealed-garbage-'))
  const base = await openLevelStore({ path, compression: false })
  const store = await openSealedStore({ base, dataKey, writeBufferBytes: 100_000, shape: smallShape })
  const keys = Array.from({ length: 5_000 }, (_, at) => `k${at}`)
  const values = keys.map((key) => put(key, randomBytes(200)))
  await store.commit(values)
  await store.compact()
  const full = await store.sizeBytes()
  expect(full).toBeGreaterThan(1_000_000)
  const everything = { gte: Buffer.from('k'), lt: Buffer.from('l') }
  const ofRange = await store.sizeBytes(everything)
  expect(ofRange / full).toBeGreaterThan(0.8)
  const half = await store.sizeBytes({ gte: Buffer.from('k'), lt: Buffer.from('k3') })
  expect(half / ofRange).toBeCloseTo(0.44, 1)
  await store.commit(keys.map((key) => del(key)))
  await store.compact({ gte: Buffer.from('k'), lt: Buffer.from('l') })
  expect(await store.sizeBytes()).toBeLessThan(50_000)
  expect(await store.sizeBytes(everything)).toBe(0)
  await store.close()
  await rm(path, { recursive: true })
})
