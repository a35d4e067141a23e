/** Contract of opening, closing and coming back. */

import { expect, test } from 'vitest'
import type { KvSnapshot, KvStore } from '../kv-store.ts'
import type { OpenStore } from './opened-store.ts'
import {
  contentOf,
  del,
  entriesOf,
  everything,
  expectCode,
  getText,
  put,
  reading,
  withStore,
} from './store-fixture.ts'

const key = Buffer.from('a')

const storeOperations: Record<string, (store: KvStore) => unknown> = {
  snapshot: (store) => store.snapshot(),
  commit: (store) => store.commit([put('a', '1')]),
  'commit of nothing': (store) => store.commit([]),
  sizeBytes: (store) => store.sizeBytes(),
  'sizeBytes of a range': (store) => store.sizeBytes(everything),
  compact: (store) => store.compact(),
  purge: (store) => store.purge(),
  findDamage: (store) => store.findDamage(),
}

const snapshotOperations: Record<string, (snapshot: KvSnapshot) => unknown> = {
  get: (snapshot) => snapshot.get(key),
  getMany: (snapshot) => snapshot.getMany([key]),
  'getMany of nothing': (snapshot) => snapshot.getMany([]),
  scan: (snapshot) => entriesOf(snapshot),
  'scan backwards': (snapshot) => entriesOf(snapshot, { reverse: true }),
}

export function testLifetime(open: OpenStore): void {
  testClosed(open)
  testClosing(open)
  testUpkeep(open)
  testPurge(open)
  testReopening(open)
}

function testClosed(open: OpenStore): void {
  for (const [name, operate] of Object.entries(storeOperations)) {
    test(`a closed store refuses ${name}`, () =>
      withStore(open, async ({ store }) => {
        await store.close()
        await expectCode('STORAGE_CLOSED', () => operate(store))
      }))
  }

  for (const [name, operate] of Object.entries(snapshotOperations)) {
    test(`a closed snapshot refuses ${name}`, () =>
      withStore(open, async ({ store }) => {
        const snapshot = store.snapshot()
        snapshot.close()
        await expectCode('STORAGE_CLOSED', () => operate(snapshot))
      }))

    test(`a snapshot of a closed store refuses ${name}`, () =>
      withStore(open, async ({ store }) => {
        const snapshot = store.snapshot()
        await store.close()
        await expectCode('STORAGE_CLOSED', () => operate(snapshot))
        snapshot.close()
      }))
  }
}

function testClosing(open: OpenStore): void {
  test('closing twice, or by two at a time, is no error', () =>
    withStore(open, async ({ store }) => {
      const snapshot = store.snapshot()
      snapshot.close()
      snapshot.close()
      await Promise.all([store.close(), store.close()])
      await store.close()
    }))

  test('a scan ends with an error when its snapshot is closed between two chunks', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', '1'), put('b', '2'), put('c', '3')])
      const snapshot = store.snapshot()
      const scan = async () => {
        for await (const _ of snapshot.scan(everything, { chunkEntries: 1 })) snapshot.close()
      }
      await expectCode('STORAGE_CLOSED', scan)
    }))

  test('a store closes while scans are going on; they end with an error or had ended', () =>
    withStore(open, async ({ store }) => {
      await store.commit(Array.from({ length: 2_000 }, (_, at) => put(`k${at}`, 'v')))
      const snapshot = store.snapshot()
      const scans = [1, 10, 1_000].map((chunkEntries) =>
        entriesOf(snapshot, { chunkEntries }).then(
          (entries) => entries.length,
          (error: { code?: string }) => error.code,
        ),
      )
      await store.close()
      for (const outcome of await Promise.all(scans)) expect([2_000, 'STORAGE_CLOSED']).toContain(outcome)
    }))

  test('a scan that nobody has begun holds nothing open', () =>
    withStore(open, async ({ store }) => {
      const snapshot = store.snapshot()
      const scan = snapshot.scan(everything)
      snapshot.close()
      await store.close()
      await expectCode('STORAGE_CLOSED', () => scan[Symbol.asyncIterator]().next())
    }))
}

function testUpkeep(open: OpenStore): void {
  test('tells its size as a number of bytes', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', Buffer.alloc(10_000, 'x'))])
      for (const size of [await store.sizeBytes(), await store.sizeBytes(everything)]) {
        expect(Number.isSafeInteger(size) && size >= 0).toBe(true)
      }
    }))

  test('compaction leaves the content alone, of the store and of open snapshots', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', '1'), put('b', '1'), put('c', '1')])
      await reading(store, async (snapshot) => {
        await store.commit([put('a', '2'), del('b')])
        const range = { gte: Buffer.from('a'), lt: Buffer.from('c') }
        await Promise.all([store.compact(range), store.commit([put('d', '2')])])
        await store.compact()
        expect(await entriesOf(snapshot)).toHaveLength(3)
        expect((await snapshot.get(key))?.toString()).toBe('1')
      })
      expect(await contentOf(store)).toEqual(['a=2', 'c=1', 'd=2'])
    }))
}

function testPurge(open: OpenStore): void {
  test('a purge leaves the content alone, and writers and new readers go on', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', '1'), put('b', '1'), put('c', '1')])
      await store.commit([put('a', '2'), del('b')])
      const steps: string[] = []
      const writes = Array.from({ length: 30 }, (_, at) => store.commit([put(`k${at}`, 'v')]))
      await Promise.all([store.purge({ onStep: (step) => steps.push(step) }), ...writes])
      expect(await contentOf(store)).toHaveLength(32)
      expect(await getText(store, 'a')).toBe('2')
      await store.commit([put('d', '3')])
      await store.purge()
      expect(await getText(store, 'd')).toBe('3')
    }))

  test('a purge that is told to stop while it waits gives up, and leaves everything as it was', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', '1')])
      const old = store.snapshot()
      await store.commit([put('a', '2')])
      const stopping = new AbortController()
      const purged = store.purge({ signal: stopping.signal }).catch(() => 'stopped')
      stopping.abort()
      await purged
      expect(await getText(store, 'a')).toBe('2')
      old.close()
      await store.purge()
      expect(await getText(store, 'a')).toBe('2')
    }))
}

function testReopening(open: OpenStore): void {
  test('what was committed is there after reopening, as often as one likes', () =>
    withStore(open, async ({ store: first, reopen }) => {
      if (reopen === undefined) return
      let store = first
      const large = Buffer.alloc(100_000, 'large')
      await store.commit([put('large', large), put('gone', '1')])
      for (let round = 0; round < 3; round += 1) {
        await store.commit([put('a', String(round)), put(`k${round}`, ''), del('gone')], {
          durable: round === 1,
        })
        store = await reopen()
        expect(await getText(store, 'a')).toBe(String(round))
        expect(await getText(store, 'large')).toBe(large.toString())
        expect(await contentOf(store, { values: false })).toHaveLength(round + 3)
      }
    }))

  test('closing waits for the commits in flight', () =>
    withStore(open, async ({ store, reopen }) => {
      const commits = Array.from({ length: 20 }, (_, at) =>
        store.commit([put(`k${at}`, '')], { durable: at % 5 === 0 }),
      )
      await store.close()
      await Promise.all(commits)
      if (reopen !== undefined) expect(await contentOf(await reopen())).toHaveLength(20)
    }))

  test('a refused batch is not there after reopening', () =>
    withStore(open, async ({ store, reopen }) => {
      if (reopen === undefined) return
      await store.commit([put('a', '1')])
      await expectCode('STORAGE_FENCED', () =>
        store.commit([put('b', '1')], { expect: { key, value: undefined } }),
      )
      expect(await contentOf(await reopen())).toEqual(['a=1'])
    }))
}
