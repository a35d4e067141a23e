/** What a read of a sealed store costs where the cache holds next to nothing. */

import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { KvStore } from '../kv-store.ts'
import { openSealedStore } from './open-sealed-store.ts'
import { packPage, unpackPage } from './page-content.ts'
import { lastingMemory, smallShape } from './testing/sealed-fixture.ts'

const keys = Array.from({ length: 5_000 }, (_, at) => Buffer.from(`key ${String(at).padStart(6, '0')}`))

/** Counts values that are got. */
function counting(base: KvStore): { readonly store: KvStore; gets: number } {
  const counted = { store: base, gets: 0 }
  const snapshot = () => {
    const below = base.snapshot()
    return {
      get: (key: Uint8Array) => {
        counted.gets += 1
        return below.get(key)
      },
      getMany: below.getMany.bind(below),
      scan: below.scan.bind(below),
      close: () => below.close(),
    }
  }
  return Object.assign(counted, { store: { ...base, snapshot } })
}

test('a key opens one page, as leaves do not push indexes and filters out of memory', async () => {
  const { open } = lastingMemory()
  const dataKey = randomBytes(32)
  const options = { dataKey, shape: smallShape, writeBufferBytes: 100_000, cacheBytes: 10_000 }
  const filled = await openSealedStore({ base: open(), ...options })
  for (let at = 0; at < keys.length; at += 100) {
    const puts = keys
      .slice(at, at + 100)
      .map((key) => ({ type: 'put', key, value: randomBytes(200) }) as const)
    await filled.commit(puts)
  }
  await filled.close()
  const counted = counting(open())
  const store = await openSealedStore({ base: counted.store, ...options })
  const snapshot = store.snapshot()
  const readAll = () => {
    for (let at = 0; at < keys.length; at += 1) snapshot.get(keys[(at * 1_999) % keys.length] as Buffer)
  }
  readAll()
  counted.gets = 0
  readAll()
  // A filter is mistaken about one key in a hundred.
  expect(counted.gets).toBeGreaterThan(0.9 * keys.length)
  expect(counted.gets).toBeLessThan(1.1 * keys.length)
  snapshot.close()
  await store.close()
})

test.each([
  ['a leaf', 410],
  ['an index', 2_000],
])('%s that is kept holds little more memory than its bytes', (_, times) => {
  const page = Buffer.from('a record of a page, '.repeat(times))
  const packed = Buffer.concat(packPage(page))
  const pages = Array.from({ length: 100 }, () => unpackPage(packed))
  for (const unpacked of pages) expect(unpacked.equals(page)).toBe(true)
  const held = new Set(pages.map(({ buffer }) => buffer))
  let heldBytes = 0
  for (const { byteLength } of held) heldBytes += byteLength
  expect(heldBytes).toBeLessThan(1.5 * page.length * pages.length)
})
