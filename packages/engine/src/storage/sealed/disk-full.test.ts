import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLevelStore } from '../leveldb/level-store.ts'
import { incompressible, SmallDisk } from '../testing/small-disk.ts'
import { contentOf, expectCode, put, reading } from '../testing/store-fixture.ts'
import { openSealedStore } from './open-sealed-store.ts'
import type { SealedStore } from './sealed-store.ts'
import { smallShape } from './testing/sealed-fixture.ts'

const disk = new SmallDisk(16)
const path = join(disk.path, 'store')
const dataKey = randomBytes(32)
const mib = 1024 * 1024

const opened: SealedStore[] = []

async function openStore(): Promise<SealedStore> {
  const base = await openLevelStore({ path, writeBufferBytes: mib / 4, compression: false })
  const store = await openSealedStore({ base, dataKey, writeBufferBytes: 400_000, shape: smallShape })
  opened.push(store)
  return store
}

const keyOf = (number: number) => `k${String((number * 7_919) % 1_000_003).padStart(7, '0')}`

/** Commits until the disk is full. Gives the numbers that were acknowledged. */
async function fillDisk(store: SealedStore, valueBytes: number, from = 0): Promise<number[]> {
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
  store: SealedStore,
  acknowledged: readonly number[],
  bytes: number,
): Promise<void> {
  const expected = acknowledged.flatMap((number) => [keyOf(number), `z${number}`])
  const names = (await contentOf(store, { values: false })).map((entry) => entry.replace('=', ''))
  expect(names).toEqual(['head', ...expected].sort())
  await reading(store, async (snapshot) => {
    expect((await snapshot.get(Buffer.from('head')))?.toString()).toBe(String(acknowledged.at(-1)))
    for (const number of acknowledged) {
      const value = await snapshot.get(Buffer.from(keyOf(number)))
      if (!value?.equals(incompressible(number, bytes))) throw new Error(`${keyOf(number)} has another value`)
    }
  })
}

describe.skipIf(!disk.isMounted)('on a full disk', () => {
  // Before the disk is unmounted.
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close()
  })

  beforeEach(() => {
    rmSync(path, { recursive: true, force: true })
    disk.giveRoom()
    mkdirSync(path)
  })

  test.each([
    ['small values', 900],
    ['values in pages of their own', 20_000],
    ['values larger than the table', 700_000],
  ])('nothing acknowledged is lost, reads go on and writes resume: %s', async (_, valueBytes) => {
    disk.takeRoom(7 * mib)
    const store = await openStore()
    let acknowledged = await fillDisk(store, valueBytes)
    expect(acknowledged.length).toBeGreaterThan(1)
    await expectContent(store, acknowledged, valueBytes)
    const before = store.snapshot()
    const next = acknowledged.length
    await expectCode('STORAGE_FULL', () => store.commit([put('more', incompressible(next, 700_000))]))
    expect(await before.get(Buffer.from('more'))).toBeUndefined()

    disk.giveRoom()
    const resumed = await fillDisk(store, valueBytes, next)
    expect(resumed.length).toBeGreaterThan(1)
    acknowledged = [...acknowledged, ...resumed]
    await expectContent(store, acknowledged, valueBytes)
    // A snapshot outlives the reopening of the store below: its pages are still there.
    expect((await before.get(Buffer.from('head')))?.toString()).toBe(String(next - 1))
    before.close()
    await store.close()

    const reopened = await openStore().catch((error) => error)
    if (reopened instanceof Error) {
      // Opening needs room, too.
      expect(reopened).toMatchObject({ code: 'STORAGE_FULL' })
      return
    }
    await expectContent(reopened, acknowledged, valueBytes)
    expect(await reopened.findDamage()).toEqual([])
  })
})
