/** Contract of gets and scans. */

import { expect, test } from 'vitest'
import type { KvSnapshot, ScanOptions } from '../kv-store.ts'
import { chunkBytesMax, chunkEntriesMax } from '../limits.ts'
import type { OpenStore } from './opened-store.ts'
import { contentOf, entriesOf, everything, put, reading, withStore } from './store-fixture.ts'

/** In byte order: a prefix before what it begins, bytes unsigned. */
const sortedKeys = [
  '',
  '00',
  '0000',
  '00ff',
  '01',
  '61',
  '6100',
  '6161',
  '7f',
  '80',
  'ff',
  'ff00',
  'ffff',
].map((hex) => Buffer.from(hex, 'hex'))

function numberedKey(number: number): Buffer {
  return Buffer.from(String(number).padStart(6, '0'))
}

function numbered(count: number, value: Uint8Array = Buffer.from('v')) {
  return Array.from({ length: count }, (_, number) => put(numberedKey(number), value))
}

async function keysOf(snapshot: KvSnapshot, options?: ScanOptions, range = everything): Promise<string[]> {
  return (await entriesOf(snapshot, options, range)).map(({ key }) => key.toString())
}

export function testReads(open: OpenStore): void {
  testGets(open)
  testOrder(open)
  testChunks(open)
  testLargeScans(open)
}

function testGets(open: OpenStore): void {
  test('an empty store has no keys', () =>
    withStore(open, async ({ store }) => {
      await reading(store, async (snapshot) => {
        expect(await snapshot.get(Buffer.from('a'))).toBeUndefined()
        expect(await snapshot.getMany([])).toEqual([])
        expect(await snapshot.getMany([Buffer.from('a'), Buffer.alloc(0)])).toEqual([undefined, undefined])
        expect(await entriesOf(snapshot)).toEqual([])
      })
    }))

  test('reads answer at once or with a promise, as declared', () =>
    withStore(open, async ({ store }) => {
      await reading(store, async (snapshot) => {
        const answers = [snapshot.get(Buffer.from('a')), snapshot.getMany([Buffer.from('a')])]
        for (const answer of answers) expect(answer instanceof Promise).toBe(store.reads === 'async')
        await Promise.all(answers)
      })
    }))

  test('finds each key under exactly its bytes', () =>
    withStore(open, async ({ store }) => {
      await store.commit(sortedKeys.map((key) => put(key, `value of ${key.toString('hex')}`)))
      await reading(store, async (snapshot) => {
        for (const key of sortedKeys) {
          expect((await snapshot.get(key))?.toString()).toBe(`value of ${key.toString('hex')}`)
        }
        expect(await snapshot.get(Buffer.from('610000', 'hex'))).toBeUndefined()
      })
    }))

  test('an empty value is not an absent one', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', '')])
      await reading(store, async (snapshot) => {
        expect(await snapshot.get(Buffer.from('a'))).toEqual(Buffer.alloc(0))
        expect(await entriesOf(snapshot)).toHaveLength(1)
      })
    }))

  test('getMany answers in the order of the keys, the same key as often as asked', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', '1'), put('b', '2')])
      const keys = ['b', 'missing', 'a', 'b'].map((key) => Buffer.from(key))
      const values = await reading(store, (snapshot) => snapshot.getMany(keys))
      expect(values.map((value) => value?.toString())).toEqual(['2', undefined, '1', '2'])
    }))

  test('takes any Uint8Array, also a view into a larger one', () =>
    withStore(open, async ({ store }) => {
      const whole = new Uint8Array([9, 1, 2, 3, 9, 4, 5, 9])
      await store.commit([put(whole.subarray(1, 4), whole.subarray(5, 7))])
      await reading(store, async (snapshot) => {
        expect(await snapshot.get(new Uint8Array([1, 2, 3]))).toEqual(Buffer.from([4, 5]))
        expect(await entriesOf(snapshot)).toEqual([
          { key: Buffer.from([1, 2, 3]), value: Buffer.from([4, 5]) },
        ])
      })
    }))

  test('gives buffers that later commits leave alone', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', 'before')])
      await reading(store, async (snapshot) => {
        const value = await snapshot.get(Buffer.from('a'))
        const [entry] = await entriesOf(snapshot)
        await store.commit([put('a', 'behind')])
        expect(value?.toString()).toBe('before')
        expect(entry?.value.toString()).toBe('before')
      })
    }))
}

function testOrder(open: OpenStore): void {
  test('orders keys as unsigned bytes, a prefix first', () =>
    withStore(open, async ({ store }) => {
      const shuffled = sortedKeys.map((key, at) => ({ key, at: (at * 5) % sortedKeys.length }))
      shuffled.sort((a, b) => a.at - b.at)
      await store.commit(shuffled.map(({ key }) => put(key, 'v')))
      await reading(store, async (snapshot) => {
        expect((await entriesOf(snapshot)).map(({ key }) => key)).toEqual(sortedKeys)
        const reversed = await entriesOf(snapshot, { reverse: true })
        expect(reversed.map(({ key }) => key)).toEqual(sortedKeys.toReversed())
      })
    }))

  test('a range has its lower end and not its upper one, in both directions', () =>
    withStore(open, async ({ store }) => {
      await store.commit(sortedKeys.map((key) => put(key, 'v')))
      await reading(store, async (snapshot) => {
        for (const [from, gte] of sortedKeys.entries()) {
          for (const [to, lt] of sortedKeys.entries()) {
            const expected = sortedKeys.slice(from, Math.max(from, to))
            for (const reverse of [false, true]) {
              const found = (await entriesOf(snapshot, { reverse }, { gte, lt })).map(({ key }) => key)
              expect(found, `${from} to ${to}`).toEqual(reverse ? expected.toReversed() : expected)
            }
          }
        }
      })
    }))

  test('the ends of a range need not be keys', () =>
    withStore(open, async ({ store }) => {
      await store.commit(['b', 'd', 'f'].map((key) => put(key, 'v')))
      const range = { gte: Buffer.from('c'), lt: Buffer.from('e') }
      await reading(store, async (snapshot) => {
        expect(await keysOf(snapshot, {}, range)).toEqual(['d'])
        expect(await keysOf(snapshot, { reverse: true }, range)).toEqual(['d'])
      })
    }))

  test('a limit counts entries over all chunks, from the end that the scan begins at', () =>
    withStore(open, async ({ store }) => {
      await store.commit(numbered(20))
      const keys = Array.from({ length: 20 }, (_, number) => numberedKey(number).toString())
      await reading(store, async (snapshot) => {
        for (const limit of [0, 1, 3, 7, 19, 20, 21, 1_000_000]) {
          for (const chunkEntries of [1, 3, 7, 100]) {
            expect(await keysOf(snapshot, { limit, chunkEntries })).toEqual(keys.slice(0, limit))
            const reversed = await keysOf(snapshot, { limit, chunkEntries, reverse: true })
            expect(reversed).toEqual(keys.toReversed().slice(0, limit))
          }
        }
      })
    }))

  test('without values a scan gives the same keys with empty values', () =>
    withStore(open, async ({ store }) => {
      await store.commit([put('a', '1'), put('b', ''), put('c', '3')])
      expect(await contentOf(store, { values: false })).toEqual(['a=', 'b=', 'c='])
    }))
}

function testChunks(open: OpenStore): void {
  test('chunks are never empty and never larger than asked for', () =>
    withStore(open, async ({ store }) => {
      await store.commit(numbered(250))
      await reading(store, async (snapshot) => {
        for (const chunkEntries of [1, 2, 100, 125, 249, 250, 251, 1_000_000_000]) {
          const sizes: number[] = []
          for await (const chunk of snapshot.scan(everything, { chunkEntries })) sizes.push(chunk.length)
          expect(sizes.every((size) => size >= 1 && size <= chunkEntries)).toBe(true)
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(250)
        }
      })
    }))

  test('chunks of large values are cut by their bytes and lose nothing', () =>
    withStore(open, async ({ store }) => {
      const large = Buffer.alloc(300 * 1024, 'x')
      const batch = numbered(60).map((operation, at) => put(operation.key, at % 3 === 0 ? large : `${at}`))
      await store.commit(batch)
      await reading(store, async (snapshot) => {
        for (const reverse of [false, true]) {
          const found: string[] = []
          for await (const chunk of snapshot.scan(everything, { reverse })) {
            found.push(...chunk.map(({ key, value }) => `${key} ${value.length}`))
          }
          const expected = batch.map((op) => `${op.key} ${op.type === 'put' ? op.value.length : 0}`)
          expect(found).toEqual(reverse ? expected.toReversed() : expected)
        }
      })
    }))

  test('a scan that ends early or by an error leaves nothing open', () =>
    withStore(open, async ({ store }) => {
      await store.commit(numbered(100))
      await reading(store, async (snapshot) => {
        for await (const chunk of snapshot.scan(everything, { chunkEntries: 10 })) {
          expect(chunk).toHaveLength(10)
          break
        }
        const failing = async () => {
          for await (const _ of snapshot.scan(everything, { chunkEntries: 10 })) throw new Error('enough')
        }
        await expect(failing()).rejects.toThrow('enough')
        expect(await entriesOf(snapshot)).toHaveLength(100)
      })
      await store.close()
    }))

  test('several scans of one snapshot go on side by side', () =>
    withStore(open, async ({ store }) => {
      await store.commit(numbered(100))
      await reading(store, async (snapshot) => {
        const scans = [3, 7, 50].map((chunkEntries) => keysOf(snapshot, { chunkEntries }))
        const [first, ...others] = await Promise.all(scans)
        expect(first).toHaveLength(100)
        for (const other of others) expect(other).toEqual(first)
      })
    }))
}

function testLargeScans(open: OpenStore): void {
  test('scans 100,000 entries in chunks of bounded size', () =>
    withStore(open, async ({ store }) => {
      const value = Buffer.alloc(200, 'v')
      for (let from = 0; from < 100_000; from += 10_000) {
        const batch = Array.from({ length: 10_000 }, (_, at) => put(numberedKey(from + at), value))
        await store.commit(batch, { durable: false })
      }
      await reading(store, async (snapshot) => {
        let count = 0
        for await (const chunk of snapshot.scan(everything)) {
          expect(chunk.length).toBeLessThanOrEqual(chunkEntriesMax)
          expect(chunk.reduce((sum, entry) => sum + entry.value.length, 0)).toBeLessThanOrEqual(chunkBytesMax)
          for (const { key } of chunk) {
            if (!key.equals(numberedKey(count))) throw new Error(`${key} where ${count} should be`)
            count += 1
          }
        }
        expect(count).toBe(100_000)
      })
    }))
}
