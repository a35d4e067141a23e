import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  openCurrentStore,
  openGeneration,
  pointerName,
  prepareNextGeneration,
  publishGeneration,
} from './generation.ts'
import { type LevelStore, openLevelStore } from './leveldb/level-store.ts'
import { expectCode, getText, put } from './testing/store-fixture.ts'

const temporaryName = `${pointerName}.tmp`
const firstPointer = 'dendrodb-storage 1 gen-000001 10f5c7d4\n'

let directory = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'generation-'))
})
afterEach(() => rm(directory, { recursive: true }))

function openStore(): Promise<LevelStore> {
  return openCurrentStore(directory, (path) => openLevelStore({ path }))
}

/** A store whose only entry names what it is. */
async function fill(path: string, name: string): Promise<void> {
  const store = await openLevelStore({ path })
  await store.commit([put('name', name)])
  await store.close()
}

/** Opens what is in force and gives the name that it was filled with. */
async function nameInForce(): Promise<string | undefined> {
  const store = await openStore()
  try {
    return await getText(store, 'name')
  } finally {
    await store.close()
  }
}

async function names(): Promise<string[]> {
  return (await readdir(directory)).sort()
}

function pointerText(checked: string): string {
  return `${checked} ${crc32(checked).toString(16).padStart(8, '0')}\n`
}

describe('a directory without generations', () => {
  test('gets the first one and a pointer to it', async () => {
    const generation = await openGeneration(join(directory, 'a', 'b'))
    expect(generation).toEqual({ number: 1, path: join(directory, 'a', 'b', 'gen-000001') })
    expect((await readdir(join(directory, 'a', 'b'))).sort()).toEqual([pointerName, 'gen-000001'])
    expect(await readFile(join(directory, 'a', 'b', pointerName), 'latin1')).toBe(firstPointer)
  })

  test('opening again gives the same one and changes nothing', async () => {
    const first = await openGeneration(directory)
    await writeFile(join(first.path, 'note'), 'kept')
    expect(await openGeneration(directory)).toEqual(first)
    expect(await readdir(first.path)).toEqual(['note'])
  })
})

/** The switch from the first to the second generation, a step after another. */
const steps: readonly [name: string, step: () => Promise<unknown>][] = [
  ['the folder is made', () => mkdir(join(directory, 'gen-000002'))],
  ['some of its files are there', () => writeFile(join(directory, 'gen-000002', 'CURRENT'), 'MANIF')],
  [
    'all of its files are there',
    async () => {
      await rm(join(directory, 'gen-000002'), { recursive: true })
      await fill(join(directory, 'gen-000002'), 'second')
    },
  ],
  ['the next pointer is begun', () => writeFile(join(directory, temporaryName), 'dendrodb-sto')],
  [
    'the next pointer is written',
    () => writeFile(join(directory, temporaryName), pointerText('dendrodb-storage 1 gen-000002')),
  ],
  [
    'the next pointer has the name',
    async () => {
      await rm(join(directory, temporaryName))
      await writeFile(join(directory, pointerName), pointerText('dendrodb-storage 1 gen-000002'))
    },
  ],
  ['some files of the old generation are gone', () => rm(join(directory, 'gen-000001', 'CURRENT'))],
  ['the old generation is gone', () => rm(join(directory, 'gen-000001'), { recursive: true })],
]
const renamed = steps.findIndex(([name]) => name === 'the next pointer has the name')

describe('a crash while the second generation takes the place of the first, once', () => {
  test.each(steps.map(([name], at) => ({ name, at })))('$name', async ({ at }) => {
    await fill((await openGeneration(directory)).path, 'first')
    for (const [, step] of steps.slice(0, at + 1)) await step()
    const inForce = at < renamed ? 'first' : 'second'
    const folder = at < renamed ? 'gen-000001' : 'gen-000002'

    expect((await openGeneration(directory)).path).toBe(join(directory, folder))
    expect(await nameInForce()).toBe(inForce)
    expect(await names()).toEqual([pointerName, folder])
    expect(await nameInForce()).toBe(inForce)
  })
})

describe('a crash while the first generation is made, once', () => {
  test.each([
    ['its folder is there', async () => undefined],
    ['its pointer is begun', () => writeFile(join(directory, temporaryName), 'dendro')],
    ['its pointer is written', () => writeFile(join(directory, temporaryName), firstPointer)],
  ])('%s', async (_, step) => {
    await mkdir(join(directory, 'gen-000001'))
    await step()
    const store = await openStore()
    await store.close()
    expect(await names()).toEqual([pointerName, 'gen-000001'])
  })
})

describe('a switch', () => {
  test('puts the prepared copy into force; the old one goes when it is next opened', async () => {
    const first = await openGeneration(directory)
    await fill(first.path, 'first')
    const store = await openStore()
    const next = await prepareNextGeneration(directory, first)
    expect(next).toEqual({ number: 2, path: join(directory, 'gen-000002') })
    await fill(next.path, 'second')
    await store.close()
    await publishGeneration(directory, next)
    expect(await names()).toEqual([pointerName, 'gen-000001', 'gen-000002'])
    expect(await nameInForce()).toBe('second')
    expect(await names()).toEqual([pointerName, 'gen-000002'])
  })

  test('begins with an empty folder, whatever an earlier attempt left there', async () => {
    const first = await openGeneration(directory)
    await fill(join(directory, 'gen-000002'), 'leftover')
    const next = await prepareNextGeneration(directory, first)
    expect(await readdir(next.path)).toEqual([])
  })

  test('made between reading the pointer and taking the lock is followed', async () => {
    await fill((await openGeneration(directory)).path, 'first')
    const opened: string[] = []
    const store = await openCurrentStore(directory, async (path) => {
      opened.push(path)
      if (opened.length === 1) {
        const next = await prepareNextGeneration(directory, { number: 1, path })
        await fill(next.path, 'second')
        await publishGeneration(directory, next)
      }
      return openLevelStore({ path })
    })
    expect(opened).toEqual([join(directory, 'gen-000001'), join(directory, 'gen-000002')])
    expect(await getText(store, 'name')).toBe('second')
    await store.close()
  })

  test('of another directory is refused', async () => {
    const generation = await openGeneration(join(directory, 'other'))
    await expect(publishGeneration(directory, generation)).rejects.toThrow('another directory')
  })
})

describe('leftovers', () => {
  test('are left alone by an open that does not get the lock', async () => {
    const store = await openStore()
    await mkdir(join(directory, 'gen-000002'))
    await expectCode('STORAGE_LOCKED', openStore)
    expect(await names()).toContain('gen-000002')
    await store.close()
    await (await openStore()).close()
    expect(await names()).not.toContain('gen-000002')
  })

  test('are only what a switch can leave: other names stay', async () => {
    const others = ['gen-1', 'gen-0000001', 'gen-000002.bak', 'backup', 'notes']
    for (const name of others) await mkdir(join(directory, name))
    await writeFile(join(directory, 'gen-000003'), 'a file, not a folder')
    await (await openStore()).close()
    expect(await names()).toEqual([pointerName, 'gen-000001', 'gen-000003', ...others].sort())
  })
})

describe('a pointer that cannot be trusted', () => {
  test('is refused when any bit of it is flipped', async () => {
    await openGeneration(directory)
    const sound = Buffer.from(firstPointer)
    for (let bit = 0; bit < sound.length * 8; bit += 1) {
      const damaged = Buffer.from(sound)
      damaged[bit >> 3] = (sound[bit >> 3] as number) ^ (1 << (bit & 7))
      await writeFile(join(directory, pointerName), damaged)
      await expectCode('STORAGE_CORRUPT', () => openGeneration(directory))
    }
    await writeFile(join(directory, pointerName), sound)
    expect((await openGeneration(directory)).number).toBe(1)
  })

  test('is refused when it is cut short at any place, or goes on', async () => {
    await openGeneration(directory)
    for (let length = 0; length < firstPointer.length; length += 1) {
      await writeFile(join(directory, pointerName), firstPointer.slice(0, length))
      await expectCode('STORAGE_CORRUPT', () => openGeneration(directory))
    }
    await writeFile(join(directory, pointerName), `${firstPointer}\n`)
    await expectCode('STORAGE_CORRUPT', () => openGeneration(directory))
  })

  test('is refused when its generation is not there; nothing is made or removed', async () => {
    const { path } = await openGeneration(directory)
    await cp(path, join(directory, 'gen-000002'), { recursive: true })
    await rm(path, { recursive: true })
    await expectCode('STORAGE_CORRUPT', openStore)
    expect(await names()).toEqual([pointerName, 'gen-000002'])
  })

  test('is missed when there are files that it should name', async () => {
    await fill((await openGeneration(directory)).path, 'first')
    await rm(join(directory, pointerName))
    await expectCode('STORAGE_CORRUPT', openStore)
    await rm(join(directory, 'gen-000001'), { recursive: true })
    await fill(join(directory, 'gen-000007'), 'seventh')
    await expectCode('STORAGE_CORRUPT', openStore)
  })

  test('of a newer format is refused as such; the format of today is not', async () => {
    await openGeneration(directory)
    await writeFile(join(directory, pointerName), pointerText('dendrodb-storage 2 gen-000001'))
    await expectCode('STORAGE_FORMAT_TOO_NEW', openStore)
    await writeFile(join(directory, pointerName), pointerText('dendrodb-storage 1 gen-000001'))
    expect((await openGeneration(directory)).number).toBe(1)
  })
})

test('a directory that is a file is refused with a code', async () => {
  await writeFile(join(directory, 'file'), '')
  await expectCode('STORAGE_FOLDER', () => openGeneration(join(directory, 'file')))
  await expectCode('STORAGE_FOLDER', () => openGeneration(join(directory, 'file', 'below')))
})
