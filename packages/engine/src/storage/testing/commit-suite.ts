/** Contract of commits: order, atomicity, fencing, limits. */

import { expect, test } from 'vitest'
import type { KvStore } from '../kv-store.ts'
import type { OpenStore } from './opened-store.ts'
import { contentOf, del, expectCode, getText, put, withStore } from './store-fixture.ts'

const head = Buffer.from('head')

export function testCommits(open: OpenStore): void {
  testBatches(open)
  testFencing(open)
  testLimits(open)
}

function testBatches(open: OpenStore): void {
  test('the last operation on a key wins', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('c', 'there before')])
      await store.commit([
        ...[put('a', '1'), put('a', '2')],
        ...[put('b', '1'), del('b')],
        ...[del('c'), put('c', '2')],
        ...[put('d', '1'), del('d'), put('d', '3')],
      ])
      expect(await contentOf(store)).toEqual(['a=2', 'c=2', 'd=3'])
    }))

  test('deleting what is not there and committing nothing are no errors', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', '1')])
      await store.commit([])
      await store.commit([del('b')])
      expect(await contentOf(store)).toEqual(['a=1'])
    }))

  test('commits in flight take effect in the order of the calls', () =>
    withStore(open, async ({ store }) => {
      const resolved: number[] = []
      const commits = Array.from({ length: 60 }, async (_, at) => {
        await store.commit([put('a', String(at)), put(`k${at}`, ''), del(`k${at - 1}`)], {
          durable: at % 7 === 0,
        })
        resolved.push(at)
        expect(Number(await getText(store, 'a'))).toBeGreaterThanOrEqual(at)
      })
      await Promise.all(commits)
      expect(resolved).toEqual(Array.from({ length: 60 }, (_, at) => at))
      expect(await contentOf(store)).toEqual(['a=59', 'k59='])
    }))

  test('a batch of ten thousand operations is one batch', () =>
    withStore(open, async ({ store }) => {
      const keys = Array.from({ length: 10_000 }, (_, at) => String(at).padStart(5, '0'))
      await store.commit(keys.map((key) => put(key, `value of ${key}`)))
      expect(await contentOf(store)).toEqual(keys.map((key) => `${key}=value of ${key}`))
      await store.commit(keys.map((key) => del(key)))
      expect(await contentOf(store)).toEqual([])
    }))
}

function testFencing(open: OpenStore): void {
  const expectHead = (value: string | undefined) => ({
    expect: { key: head, value: value === undefined ? undefined : Buffer.from(value) },
  })

  test('a batch that finds what it expects is applied', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('head', '1')], expectHead(undefined))
      await store.commit([put('head', '2')], expectHead('1'))
      expect(await getText(store, 'head')).toBe('2')
    }))

  test('a batch that finds anything else is refused without a trace', () =>
    withStore(open, async ({ store }) => {
      const refuse = async (expected: string | undefined) => {
        const before = await contentOf(store)
        await expectCode('STORAGE_FENCED', () =>
          store.commit([put('a', 'x'), del('head')], expectHead(expected)),
        )
        expect(await contentOf(store)).toEqual(before)
      }
      await refuse('1')
      await refuse('')
      await store.commit([put('head', '')])
      await refuse(undefined)
      await refuse('1')
      await store.commit([put('head', '12')])
      await refuse(undefined)
      await refuse('1')
      await refuse('123')
      await refuse('21')
    }))

  test('an expectation without operations is checked all the same', () =>
    withStore(open, async ({ store }) => {
      await expectCode('STORAGE_FENCED', () => store.commit([], expectHead('1')))
      await store.commit([], expectHead(undefined))
    }))

  test('an expectation is held against the commits before it, not the moment of the call', () =>
    withStore(open, async ({ store }) => {
      const outcomes = await Promise.allSettled([
        store.commit([put('head', '1')], expectHead(undefined)),
        store.commit([put('head', '2')], expectHead('1')),
        store.commit([put('head', 'lost')], expectHead('1')),
        store.commit([put('head', 'lost, too')], expectHead('lost')),
        store.commit([put('head', '3')], expectHead('2')),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual([
        ...['fulfilled', 'fulfilled', 'rejected', 'rejected', 'fulfilled'],
      ])
      expect(await getText(store, 'head')).toBe('3')
    }))
}

function testLimits(open: OpenStore): void {
  const limits = { keyBytesMax: 20, valueBytesMax: 50, batchBytesMax: 100 }
  const bytes = (count: number) => Buffer.alloc(count, 'x')

  const expectRefused = async (store: KvStore, what: string, batch: Parameters<KvStore['commit']>[0]) => {
    await expect(store.commit(batch)).rejects.toMatchObject({ code: 'STORAGE_TOO_LARGE', details: { what } })
    expect(await contentOf(store)).toEqual([])
  }

  test('takes keys, values and batches at their limits and refuses them one byte past', () =>
    withStore(
      open,
      async ({ store }) => {
        expect(store.limits).toEqual(limits)
        await expectRefused(store, 'key', [put('a', ''), put(bytes(21), '')])
        await expectRefused(store, 'key', [put('a', ''), del(bytes(21))])
        await expectRefused(store, 'value', [put('a', ''), put('b', bytes(51))])
        await expectRefused(store, 'batch', [put('ab', bytes(49)), put('c', bytes(49))])
        await store.commit([put('a', bytes(49)), put('c', bytes(49))])
        await store.commit([put('b', bytes(50)), del(bytes(20)), put(bytes(20), '')])
        expect(await contentOf(store)).toHaveLength(4)
      },
      { limits },
    ))

  test('takes a key and a value of the largest size that it declares', () =>
    withStore(open, async ({ store }) => {
      const { keyBytesMax, valueBytesMax } = store.limits
      const key = Buffer.alloc(keyBytesMax, 0x61)
      const value = Buffer.alloc(valueBytesMax, 'value')
      await store.commit([put(key, value)], { durable: false })
      const snapshot = store.snapshot()
      expect((await snapshot.get(key))?.equals(value)).toBe(true)
      for await (const [entry] of snapshot.scan({ gte: Buffer.alloc(0), lt: Buffer.from('b') })) {
        expect(entry?.key.equals(key) && entry.value.equals(value)).toBe(true)
      }
      snapshot.close()
    }))
}
