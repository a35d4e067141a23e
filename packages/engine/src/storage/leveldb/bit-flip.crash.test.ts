import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLevelStore } from './level-store.ts'
import type { Flip, FlipOutcome } from './testing/bit-flip-child.ts'
import { findFileDamage } from './verify-files.ts'

/**
 * Tables with two versions of some keys, and a log behind them. The keys in the log lie above all others, so
 * that nothing calls for a compaction.
 */
async function fill(folder: string): Promise<void> {
  const history: Record<string, string[]> = {}
  const write = async (keys: readonly number[], round: number) => {
    const store = await openLevelStore({ path: folder })
    for (let from = 0; from < keys.length; from += 100) {
      const batch = keys.slice(from, from + 100).map((number) => {
        const key = `R${String(number).padStart(6, '0')}`
        const value =
          number % 3 === 0 ? scrambled(number + round) : `{"name":"record ${number}","round":${round}}`
        history[key] = [...(history[key] ?? []), value]
        return { type: 'put' as const, key: Buffer.from(key), value: Buffer.from(value, 'latin1') }
      })
      await store.commit(batch, { durable: false })
    }
    return store
  }
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)
  await (await write([...numbers(0, 1_500), ...numbers(0, 500)], 1)).close()
  await (await write(numbers(1_500, 1_700), 2)).close()
  await writeFile(`${folder}.json`, JSON.stringify(history))
}

/** Bytes that do not compress. */
function scrambled(seed: number): string {
  let state = seed + 1
  return Array.from({ length: 40 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return String.fromCharCode(state >>> 24)
  }).join('')
}

/** Spread over the file with a step that meets every bit position. */
function flipsIn(file: string, bytes: number, count: number): Flip[] {
  return Array.from({ length: count }, (_, at) => ({
    file,
    offset: Math.floor((at * bytes) / count),
    bit: (at * 5) % 8,
  }))
}

/** An outcome per flip; `undefined` where LevelDB stopped the process. */
async function outcomesOf(sound: string, folder: string, flips: readonly Flip[]) {
  const outcomes: (FlipOutcome | undefined)[] = []
  while (outcomes.length < flips.length) {
    const script = join(import.meta.dirname, 'testing/bit-flip-child.ts')
    const child = spawn(process.execPath, [
      script,
      sound,
      folder,
      JSON.stringify(flips.slice(outcomes.length)),
    ])
    let output = ''
    let complaints = ''
    child.stdout.on('data', (data: Buffer) => (output += data))
    child.stderr.on('data', (data: Buffer) => (complaints += data))
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    for (const line of output.split('\n')) if (line !== '') outcomes.push(JSON.parse(line))
    if (code === 0) break
    expect(signal, complaints).toBe('SIGABRT')
    expect(complaints).toContain('Assertion')
    outcomes.push(undefined)
  }
  return outcomes
}

describe('one flipped bit', () => {
  let sound = ''
  let folder = ''
  let files: readonly string[] = []

  beforeAll(async () => {
    const parent = await mkdtemp(join(tmpdir(), 'bit-flip-'))
    sound = join(parent, 'sound')
    folder = join(parent, 'damaged')
    await fill(sound)
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
  await fill(path)
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
