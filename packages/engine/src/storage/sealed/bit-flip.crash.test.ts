import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLevelStore } from '../leveldb/level-store.ts'
import { fillForFlips, flipsIn, outcomesOf } from '../leveldb/testing/bit-flips.ts'
import { openFlippedSealed } from './testing/sealed-fixture.ts'

describe('one flipped bit in the files of a sealed store', () => {
  const dataKey = randomBytes(32).toString('hex')
  let sound = ''
  let folder = ''
  let files: readonly string[] = []

  beforeAll(async () => {
    const parent = await mkdtemp(join(tmpdir(), 'sealed-flip-'))
    sound = join(parent, 'sound')
    folder = join(parent, 'damaged')
    const open = async (path: string) => openFlippedSealed(await openLevelStore({ path }), dataKey)
    await fillForFlips(sound, open)
    // Into a table, so that flips meet pages, the root and the log there, too.
    const base = await openLevelStore({ path: sound })
    await base.compact()
    await base.close()
    await (await open(sound)).close()
    files = await readdir(sound)
  })
  afterAll(() => rm(join(sound, '..'), { recursive: true }))

  async function flipAll(pattern: RegExp, count: number) {
    const file = files.find((name) => pattern.test(name)) ?? ''
    const flips = flipsIn(file, (await stat(join(sound, file))).size, count)
    return outcomesOf(sound, folder, flips, dataKey)
  }

  test('in a table is found by the check of the files; reads fail or are right, and none misses a key', async () => {
    const outcomes = await flipAll(/\.ldb$/, 90)
    expect(outcomes).toHaveLength(90)
    for (const outcome of outcomes) {
      // LevelDB may stop the process on a block that it takes for sound: no data, and no wrong data.
      if (outcome === undefined) continue
      expect(outcome).toMatchObject({ isFound: true, wrong: 0, stale: 0, hidden: 0 })
      expect(outcome.refused ?? 'STORAGE_CORRUPT').toBe('STORAGE_CORRUPT')
    }
    expect(outcomes.filter((outcome) => (outcome?.errors ?? 0) > 0).length).toBeGreaterThan(35)
  })
})
