/** Contract of snapshots: what they see and what they never see. */

import { expect, test } from 'vitest'
import type { KvStore } from '../kv-store.ts'
import type { OpenStore } from './opened-store.ts'
import { contentOf, del, entriesOf, everything, getText, put, reading, withStore } from './store-fixture.ts'

const a = Buffer.from('a')

export function testIsolation(open: OpenStore): void {
  test('a commit is in every snapshot taken once it has resolved', () =>
    withStore(open, async ({ store }) => {
      for (let round = 0; round < 50; round += 1) {
        await store.commit([put('a', String(round))], { durable: round % 10 === 0 })
        expect(await getText(store, 'a')).toBe(String(round))
        expect(await contentOf(store)).toEqual([`a=${round}`])
      }
    }))

  test('a snapshot goes on seeing what there was', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', 'old'), put('b', 'kept'), put('c', 'old')])
      await reading(store, async (snapshot) => {
        await store.commit([put('a', 'new'), del('c'), put('d', 'new')])
        await store.commit([put('c', 'again')])
        expect((await snapshot.get(a))?.toString()).toBe('old')
        const many = await snapshot.getMany(['a', 'b', 'c', 'd'].map((key) => Buffer.from(key)))
        expect(many.map((value) => value?.toString())).toEqual(['old', 'kept', 'old', undefined])
        const entries = await entriesOf(snapshot)
        expect(entries.map(({ key, value }) => `${key}=${value}`)).toEqual(['a=old', 'b=kept', 'c=old'])
      })
      expect(await contentOf(store)).toEqual(['a=new', 'b=kept', 'c=again', 'd=new'])
    }))

  test('several snapshots each see their own moment', () =>
    withStore(open, async ({ store }) => {
      const snapshots = []
      for (let round = 0; round < 10; round += 1) {
        await store.commit([put('a', String(round)), put(`k${round}`, '')], { durable: false })
        snapshots.push(store.snapshot())
      }
      await store.compact()
      for (const [round, snapshot] of snapshots.entries()) {
        expect((await snapshot.get(a))?.toString()).toBe(String(round))
        expect(await entriesOf(snapshot)).toHaveLength(round + 2)
        snapshot.close()
      }
    }))

  test('a scan in progress does not see commits made between its chunks', () =>
    withStore(open, async ({ store }) => {
      const keys = Array.from({ length: 40 }, (_, at) => `k${String(at).padStart(2, '0')}`)
      await store.commit(keys.map((key) => put(key, 'old')))
      await reading(store, async (snapshot) => {
        const found: string[] = []
        for await (const chunk of snapshot.scan(everything, { chunkEntries: 7 })) {
          found.push(...chunk.map(({ key, value }) => `${key}=${value}`))
          await store.commit([...keys.map((key) => put(key, 'new')), put('k00a', 'new'), del('k39')])
        }
        expect(found).toEqual(keys.map((key) => `${key}=old`))
      })
    }))

  test('snapshots taken while commits are in flight see each batch whole or not at all', () =>
    withStore(open, async ({ store }) => {
      const pending: Promise<unknown>[] = []
      for (let round = 0; round < 60; round += 1) {
        pending.push(
          store.commit([put('a', `${round}`), put('m', 'x'), put('z', `${round}`)], {
            durable: round % 6 === 0,
          }),
        )
        pending.push(expectSameEnds(store))
        if (round % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      }
      await Promise.all(pending)
    }))

  test('readers go on while commits are written, and never see a torn state', () =>
    withStore(open, async ({ store }) => {
      let isWriting = true
      const writer = async () => {
        for (let round = 0; round < 200; round += 1) {
          const filler = Array.from({ length: 20 }, (_, at) => put(`f${at}`, String(round)))
          await store.commit([put('a', String(round)), ...filler, put('z', String(round))], {
            durable: false,
          })
        }
        isWriting = false
      }
      const reader = async () => {
        let rounds = 0
        for (; isWriting; rounds += 1) {
          await expectSameEnds(store)
          await new Promise((resolve) => setImmediate(resolve))
        }
        expect(rounds).toBeGreaterThan(0)
      }
      await Promise.all([writer(), reader(), reader()])
    }))
}

/** Both ends of the key space were written by the same batch, whichever way they are read. */
async function expectSameEnds(store: KvStore): Promise<void> {
  await reading(store, async (snapshot) => {
    const [first, last] = await snapshot.getMany([a, Buffer.from('z')])
    expect(first?.toString()).toBe(last?.toString())
    const entries = await entriesOf(snapshot, { chunkEntries: 5 })
    expect(entries.at(0)?.value.toString()).toBe(first?.toString())
    expect(entries.at(-1)?.value.toString()).toBe(first?.toString())
  })
}
