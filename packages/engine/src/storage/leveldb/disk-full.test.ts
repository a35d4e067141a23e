import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { KvSnapshot, KvStore } from '../kv-store.ts'
import { incompressible, SmallDisk } from '../testing/small-disk.ts'
import {
  contentOf,
  entriesOf,
  everything,
  expectCode,
  getText,
  put,
  reading,
} from '../testing/store-fixture.ts'
import { openReader } from './level-reader.ts'
import { type LevelStore, openLevelStore } from './level-store.ts'

const disk = new SmallDisk(16)
const path = join(disk.path, 'store')
const mib = 1024 * 1024
const smallBuffer = mib / 4

function keyOf(number: number): string {
  return `k${String(number).padStart(6, '0')}`
}

const opened: KvStore[] = []

async function openStore(): Promise<LevelStore> {
  const store = await openLevelStore({ path, writeBufferBytes: smallBuffer })
  opened.push(store)
  return store
}

/** Commits until the disk is full. Gives the numbers that were acknowledged. */
async function fillDisk(store: KvStore, valueBytes: number, from = 0): Promise<number[]> {
  const acknowledged: number[] = []
  for (let number = from; ; number += 1) {
    try {
      const value = incompressible(number, valueBytes)
      await store.commit([put(keyOf(number), value), put('head', String(number)), put(`z${number}`, '')])
      acknowledged.push(number)
    } catch (error) {
      expect(error).toMatchObject({ code: 'STORAGE_FULL' })
      return acknowledged
    }
  }
}

/** Exactly the batches that were acknowledged are there, whole. */
async function expectContent(
  store: KvStore,
  acknowledged: readonly number[],
  valueBytes: number,
): Promise<void> {
  await reading(store, async (snapshot) => {
    const keys = (await entriesOf(snapshot, { values: false })).map(({ key }) => key.toString())
    const expected = acknowledged.flatMap((number) => [keyOf(number), `z${number}`])
    expect(keys).toEqual(['head', ...expected].sort())
    expect((await snapshot.get(Buffer.from('head')))?.toString()).toBe(String(acknowledged.at(-1)))
    for (const number of acknowledged) {
      const value = await snapshot.get(Buffer.from(keyOf(number)))
      if (!value?.equals(incompressible(number, valueBytes)))
        throw new Error(`${keyOf(number)} has another value`)
    }
  })
}

describe.skipIf(!disk.isMounted)('on a full disk', () => {
  beforeEach(async () => {
    for (const store of opened.splice(0)) await store.close()
    rmSync(path, { recursive: true, force: true })
    disk.giveRoom()
    mkdirSync(path)
  })

  test('a folder that cannot be looked at afterwards is told as what it is', async () => {
    disk.takeRoom(8 * mib)
    const store = await openStore()
    await fillDisk(store, 700_000)
    disk.giveRoom()
    const hidden = `${path}-hidden`
    renameSync(path, hidden)
    try {
      await expectCode('STORAGE_IO', () => store.commit([put('a', '1')]))
    } finally {
      renameSync(hidden, path)
    }
    await store.commit([put('a', '1')])
  })

  test.each([
    ['small batches, which fail in the log', 2_000],
    ['batches of a third of the write buffer, which fail in the background', 90_000],
    ['batches larger than the write buffer', 700_000],
  ])('nothing acknowledged is lost, reads go on and writes resume: %s', async (_, valueBytes) => {
    disk.takeRoom(8 * mib)
    const store = await openStore()
    let acknowledged = await fillDisk(store, valueBytes)
    expect(acknowledged.length).toBeGreaterThan(1)
    await expectContent(store, acknowledged, valueBytes)
    const before = store.snapshot()

    const next = acknowledged.length
    await expectCode('STORAGE_FULL', () => store.commit([put(keyOf(next), incompressible(next, valueBytes))]))
    expect(await before.get(Buffer.from(keyOf(next)))).toBeUndefined()

    disk.giveRoom()
    acknowledged = [...acknowledged, ...(await fillDisk(store, valueBytes, next))]
    expect(acknowledged.length).toBeGreaterThan(next)
    await expectContent(store, acknowledged, valueBytes)
    before.close()
    await store.close()

    const reopened = await openStore().catch((error) => error)
    if (reopened instanceof Error) {
      // Opening needs room, too.
      expect(reopened).toMatchObject({ code: 'STORAGE_FULL' })
      return
    }
    await expectContent(reopened, acknowledged, valueBytes)
    await reopened.close()
  })

  test('a snapshot of the newest state goes on after writes have resumed, an older one is lost', async () => {
    disk.takeRoom(12 * mib)
    const store = await openStore()
    await store.commit([put('a', '1')])
    const older = store.snapshot()
    const acknowledged = await fillDisk(store, 10_000)
    const newest = store.snapshot()
    expect((await older.get(Buffer.from('a')))?.toString()).toBe('1')

    const scan = newest.scan(everything, { chunkEntries: 5 })[Symbol.asyncIterator]()
    const first = await scan.next()
    disk.giveRoom()
    let isCommitted = false
    const commit = store.commit([put('b', '2')]).then(() => {
      isCommitted = true
    })
    const reads = readUntil(newest, () => isCommitted)
    const second = await scan.next()
    await commit
    expect([...(await reads)].sort()).toEqual(['1', 'STORAGE_REOPENING'])

    expect(first.value[0].key.toString()).toBe('a')
    expect(second.value).toHaveLength(5)
    let count = 10
    for (let chunk = await scan.next(); chunk.done !== true; chunk = await scan.next())
      count += chunk.value.length
    expect(count).toBe(2 * acknowledged.length + 2)
    expect(await newest.get(Buffer.from('b'))).toBeUndefined()
    expect(await getText(store, 'b')).toBe('2')
    await expectCode('STORAGE_SNAPSHOT_LOST', () => older.get(Buffer.from('a')))
    await expectCode('STORAGE_SNAPSHOT_LOST', () => entriesOf(older))
    older.close()
    await expectCode('STORAGE_CLOSED', () => older.get(Buffer.from('a')))
    newest.close()
    await store.close()
  })

  test('what other threads read is asked back before the files are reopened', async () => {
    disk.takeRoom(12 * mib)
    const store = await openStore()
    await store.commit([put('a', '1')])
    let recalls = 0
    const share = store.share(() => {
      recalls += 1
      void reader.close().then(share.release)
    })
    const reader = await openReader(share.data)
    const snapshot = reader.snapshot()
    await fillDisk(store, 90_000)
    expect((await snapshot.get(Buffer.from('a')))?.toString()).toBe('1')
    disk.giveRoom()
    await store.commit([put('b', '2')])
    expect(recalls).toBe(1)
    await expectCode('STORAGE_CLOSED', () => snapshot.get(Buffer.from('a')))
    const next = store.share(() => undefined)
    const second = await openReader(next.data)
    expect((await second.snapshot().get(Buffer.from('b')))?.toString()).toBe('2')
    await second.close()
    next.release()
    await store.close()
  })

  test('commits in flight behind the failed one fail too or succeed whole, in order', async () => {
    disk.takeRoom(12 * mib)
    const store = await openStore()
    const commits = Array.from({ length: 200 }, (_, at) =>
      store.commit([put(`a${at}`, incompressible(at, 20_000)), put(`z${at}`, '')]),
    )
    const outcomes = await Promise.allSettled(commits)
    const expected: string[] = []
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') expected.push(`a${at}`, `z${at}`)
      else expect(outcome.reason).toMatchObject({ code: 'STORAGE_FULL' })
    }
    expect(expected.length).toBeLessThan(400)
    const found = (await contentOf(store, { values: false })).map((entry) => entry.replace('=', ''))
    expect(found).toEqual(expected.sort())
    await store.close()
  })

  test('a write that fails beside a compaction does not stop the process', async () => {
    const store = await openStore()
    let isFilling = true
    const compacting = (async () => {
      while (isFilling) await store.compact().catch((error) => expect(error.code).toBe('STORAGE_FULL'))
    })()
    let acknowledged: number[] = []
    for (let round = 0; round < 3; round += 1) {
      disk.takeRoom(Math.max(0, disk.freeBytes - 5 * mib))
      acknowledged = [...acknowledged, ...(await fillDisk(store, 3_000, acknowledged.length))]
      disk.giveRoom()
    }
    isFilling = false
    await compacting
    await expectContent(store, acknowledged, 3_000)
    await store.close()
  })

  test('a failed batch does not turn up after the store was closed with room again', async () => {
    disk.takeRoom(12 * mib)
    let store = await openStore()
    const acknowledged = await fillDisk(store, 3_000)
    disk.giveRoom()
    await store.close()
    store = await openStore()
    await expectContent(store, acknowledged, 3_000)
    await store.close()
  })

  test('a store cannot be opened without room, and can once there is some', async () => {
    const store = await openStore()
    await store.commit([put('a', incompressible(1, 500_000))])
    await store.close()
    disk.takeRoom(disk.freeBytes)
    await expectCode('STORAGE_FULL', () => openStore())
    disk.giveRoom()
    const reopened = await openStore()
    expect(await contentOf(reopened, { values: false })).toEqual(['a='])
    await reopened.close()
  })
})

/** What a read of `a` gives, again and again: its value or the code of its error. */
async function readUntil(snapshot: KvSnapshot, isDone: () => boolean): Promise<Set<string>> {
  const outcomes = new Set<string>()
  while (!isDone()) {
    try {
      outcomes.add(String(await snapshot.get(Buffer.from('a'))))
    } catch (error) {
      outcomes.add((error as { code: string }).code)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  return outcomes
}
