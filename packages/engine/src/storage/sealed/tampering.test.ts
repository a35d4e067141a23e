/**
 * What somebody who can write to the files, but has no key, can do without being noticed: nothing but bring
 * back a whole earlier state.
 */

import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KvStore } from '../kv-store.ts'
import { contentOf, entriesOf, expectCode, getText, put, reading } from '../testing/store-fixture.ts'
import { openSealedStore } from './open-sealed-store.ts'
import type { SealedStore } from './sealed-store.ts'
import { dump, lastingMemory, readRootOf, restore, smallShape } from './testing/sealed-fixture.ts'

type Contents = Map<string, Buffer>

const dataKey = randomBytes(32)
const long = Buffer.alloc(5_000, 'long value')
let lasting = lastingMemory()
let memory: KvStore
let store: SealedStore | undefined

beforeEach(() => {
  lasting = lastingMemory()
  memory = lasting.memory
})
afterEach(async () => {
  await store?.close()
  store = undefined
})

async function open(key: Uint8Array = dataKey): Promise<SealedStore> {
  const base = lasting.open()
  store = await openSealedStore({ base, dataKey: key, writeBufferBytes: 20_000, shape: smallShape })
  return store
}

/** Many pages, some long values, and a log behind them. Gives what the store below holds. */
async function fill(round: number): Promise<Contents> {
  const filled = await open()
  for (let from = 0; from < 600; from += 50) {
    const batch = Array.from({ length: 50 }, (_, at) =>
      put(`k${from + at}`, `value ${from + at} of ${round}`),
    )
    await filled.commit([...batch, put(`long${from}`, long)])
  }
  await filled.compact()
  await filled.commit([put('last', String(round))])
  await filled.close()
  return dump(memory)
}

function keysOf(contents: Contents, kind: string): string[] {
  return [...contents.keys()].filter((key) => key.startsWith(kind)).sort()
}

/** Reads everything that can be read; nothing may be other than what was written. */
async function expectNothingWrong(): Promise<number> {
  const opened = await open()
  let errors = 0
  await reading(opened, async (snapshot) => {
    for (let number = 0; number < 600; number += 1) {
      try {
        const value = await snapshot.get(Buffer.from(`k${number}`))
        expect(value?.toString()).toBe(`value ${number} of 1`)
      } catch (error) {
        expect(error).toMatchObject({ code: 'STORAGE_CORRUPT', details: { key: expect.any(String) } })
        errors += 1
      }
    }
  })
  return errors
}

describe('a page', () => {
  test.each([['p'], ['o']])('(%s) that was exchanged with another, removed or cut is named', async (kind) => {
    const sound = await fill(1)
    const [first = '', second = '', third = ''] = keysOf(sound, kind).slice(2)
    const damaged = new Map(sound)
    damaged.set(first, sound.get(second) as Buffer)
    damaged.set(second, sound.get(first) as Buffer)
    damaged.delete(third)
    await restore(memory, damaged)
    const errors = await expectNothingWrong()
    if (kind === 'p') expect(errors).toBeGreaterThan(0)
    const found = await store?.findDamage()
    const names = [first, second, third].map((key) => Buffer.from(key, 'latin1').readUInt32BE(5))
    for (const name of names) {
      expect(found?.some(({ file }) => file.startsWith(`page ${name} of`))).toBe(true)
    }
    expect(found).toHaveLength(3)
  })

  test('is missing, damaged or another one: a scan gives what comes before it, and goes on behind it', async () => {
    const sound = await fill(1)
    const damaged = new Map(sound)
    damaged.delete(keysOf(sound, 'p')[4] as string)
    await restore(memory, damaged)
    const opened = await open()
    await reading(opened, async (snapshot) => {
      const found: string[] = []
      const scan = async (gte: Buffer): Promise<string | undefined> => {
        try {
          for await (const chunk of snapshot.scan({ gte, lt: Buffer.from('l') }, { chunkEntries: 10 })) {
            found.push(...chunk.map(({ key }) => key.toString()))
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'STORAGE_CORRUPT' })
          return (error as { details: { key: string } }).details.key
        }
      }
      const broken = await scan(Buffer.from('k'))
      expect(found.length).toBeGreaterThan(0)
      const before = found.length
      expect(
        await scan(Buffer.concat([Buffer.from(broken as string, 'hex'), Buffer.from([0])])),
      ).toBeUndefined()
      expect(found.length).toBeGreaterThan(before)
      expect(found.length).toBeLessThan(600)
      const wholly = { gte: Buffer.from(found.at(-1) as string), lt: Buffer.from('l') }
      expect(await entriesOf(snapshot, {}, wholly)).toHaveLength(1)
    })
  })

  test('of an earlier state does not pass for the present one', async () => {
    const before = await fill(0)
    const sound = await fill(1)
    const old = keysOf(before, 'p').filter(
      (key) => sound.get(key)?.equals(before.get(key) as Buffer) !== true,
    )
    expect(old.length).toBeGreaterThan(5)
    await restore(memory, new Map([...sound, ...old.map((key) => [key, before.get(key) as Buffer] as const)]))
    expect(await expectNothingWrong()).toBe(0)
    expect(await store?.findDamage()).toEqual([])
  })
})

describe('the root and the log', () => {
  const refusals: Record<string, (sound: Contents, before: Contents) => Contents> = {
    'an older root': (sound, before) => new Map([...sound, ['r', before.get('r') as Buffer]]),
    'no root': (sound) => new Map([...sound].filter(([key]) => key !== 'r')),
    'no log': (sound) => new Map([...sound].filter(([key]) => !key.startsWith('l'))),
    'the log of an earlier state': (sound, before) => {
      const others = [...sound].filter(([key]) => !key.startsWith('l'))
      return new Map([...others, ...[...before].filter(([key]) => key.startsWith('l'))])
    },
    'a log without its first record': (sound) => {
      const [first] = keysOf(sound, 'l')
      return new Map([...sound].filter(([key]) => key !== first))
    },
    'a log without its last record': (sound) => {
      const last = keysOf(sound, 'l').at(-1)
      return new Map([...sound].filter(([key]) => key !== last))
    },
    'a log with two records exchanged': (sound) => {
      const [first = '', second = ''] = keysOf(sound, 'l')
      return new Map([...sound, [first, sound.get(second) as Buffer], [second, sound.get(first) as Buffer]])
    },
  }
  test.each(Object.entries(refusals))('%s: the store does not open', async (_, change) => {
    const before = await fill(0)
    const sound = await fill(1)
    expect(keysOf(sound, 'l').length).toBeGreaterThan(1)
    await restore(memory, change(sound, before))
    await expectCode('STORAGE_CORRUPT', () => open())
    await restore(memory, sound)
    expect(await getText(await open(), 'last')).toBe('1')
  })

  test('a whole earlier state is not told from the present one', async () => {
    const before = await fill(0)
    await fill(1)
    await restore(memory, before)
    expect(await getText(await open(), 'last')).toBe('0')
  })

  test('another data key opens nothing', async () => {
    const sound = await fill(1)
    await expect(open(randomBytes(32))).rejects.toMatchObject({
      code: 'STORAGE_CORRUPT',
      message: expect.stringContaining('another data key'),
    })
    expect(await dump(memory)).toEqual(sound)
  })

  test('a record that a refused write may have left behind does not take the place of its successor', async () => {
    const filled = await open()
    let refused: [string, Buffer] | undefined
    const base = lasting.memory
    const commit = base.commit.bind(base)
    base.commit = async (batch) => {
      const [operation] = batch
      if (operation?.type === 'put') refused = [operation.key.toString(), Buffer.from(operation.value)]
      throw new Error('no')
    }
    await expect(filled.commit([put('a', 'never')])).rejects.toThrow('no')
    base.commit = commit
    await filled.commit([put('a', 'acknowledged')])
    await filled.commit([put('b', 'acknowledged')])
    await filled.close()
    const [name, record] = refused as [string, Buffer]
    const key = Buffer.from(name).toString('latin1')
    const contents = await dump(memory)
    expect(contents.has(key)).toBe(true)
    await restore(memory, new Map([...contents, [key, record]]))
    await expectCode('STORAGE_CORRUPT', () => open())
  })
})

test('a second writer on the same store is refused, and what the first has written stays', async () => {
  const first = await open()
  const second = await openSealedStore({ base: lasting.open(), dataKey })
  await first.commit([put('a', 'first')])
  await expectCode('STORAGE_FENCED', () => second.commit([put('a', 'second')]))
  await first.commit([put('b', 'first')])
  expect(await contentOf(first)).toEqual(['a=first', 'b=first'])
  await second.close()
  expect((await readRootOf(memory, dataKey)).version).toBeGreaterThan(0)
})
