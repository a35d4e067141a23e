import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLevelStore } from './level-store.ts'
import { fillForFlips, flipsIn, outcomesOf } from './testing/bit-flips.ts'
import { findFileDamage } from './verify-files.ts'

const openStore = (path: string) => openLevelStore({ path })

describe('one flipped bit', () => {
  let sound = ''
  let folder = ''
  let files: readonly string[] = []

  beforeAll(async () => {
    const parent = await mkdtemp(join(tmpdir(), 'bit-flip-'))
    sound = join(parent, 'sound')
    folder = join(parent, 'damaged')
    await fillForFlips(sound, openStore)
    files = await readdir(sound)
  })
  afterAll(() => rm(join(sound, '..'), { recursive: true }))

  async function flipAll(pattern: RegExp, count: number) {
    const file = files.find((name) => pattern.test(name)) ?? ''
    const flips = flipsIn(file, (await stat(join(sound, file))).size, count)
    return outcomesOf(sound, folder, flips)
  }

  test('the sound store is found sound', async () => {
    expect(await findFileDamage(sound)).toEqual([])
  })

  test.each([
    ['a log', /\.log$/, 60],
    ['the manifest', /^MANIFEST/, 40],
    ['CURRENT', /^CURRENT$/, 16],
  ])('in %s keeps the store from opening', async (_, pattern, count) => {
    const outcomes = await flipAll(pattern, count)
    expect(outcomes).toHaveLength(count)
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ isFound: true, refused: 'STORAGE_CORRUPT' })
  })

  test('in a table is found by the check of the files; reads never give what was not written', async () => {
    const outcomes = await flipAll(/\.ldb$/, 120)
    expect(outcomes).toHaveLength(120)
    for (const outcome of outcomes) {
      // LevelDB may stop the process on a block that it takes for sound (see README.md): no data, and no
      // wrong data.
      if (outcome === undefined) continue
      expect(outcome).toMatchObject({ isFound: true, wrong: 0 })
      expect(outcome.refused ?? 'STORAGE_CORRUPT').toBe('STORAGE_CORRUPT')
    }
    expect(outcomes.filter((outcome) => (outcome?.errors ?? 0) > 0).length).toBeGreaterThan(60)
  })
})

test('a store that stopped its process twice checks its files before it is opened again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'early-ends-'))
  const path = join(folder, 'store')
  await fillForFlips(path, openStore)
  const [table = ''] = (await readdir(path)).filter((name) => name.endsWith('.ldb'))
  const bytes = readFileSync(join(path, table))
  bytes[100] = (bytes[100] as number) ^ 1
  await writeFile(join(path, table), bytes)
  for (const earlyEnds of ['0', '1']) {
    await writeFile(join(path, 'OPENED'), earlyEnds)
    await (await openLevelStore({ path })).close()
  }
  for (const earlyEnds of ['2', '3', 'nonsense']) {
    await writeFile(join(path, 'OPENED'), earlyEnds)
    await expect(openLevelStore({ path })).rejects.toMatchObject({
      code: 'STORAGE_CORRUPT',
      message: expect.stringContaining(table),
    })
  }
  await rm(folder, { recursive: true })
})
