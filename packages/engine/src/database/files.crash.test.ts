/**
 * kill -9 at random moments of a backup, a restore, a rebuild, an import of records or a history: what is
 * there is whole, what is not whole is not there, and the next one goes on as if nothing had been.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { programFile } from '../../../../scripts/testing/program-file.ts'
import { restoreBackup } from '../offline.ts'
import { openEngine } from '../open-engine.ts'
import { fillShop, heldFolder, temporaryFolder } from '../testing/shop-folder.ts'

const kills = 6
const timeout = 120_000
const child = programFile(new URL('../testing/crash-files-child.ts', import.meta.url))
const seed = Date.now() % 100_000

const held = heldFolder()
const backup = () => join(held.path, 'shop.ddbackup')
/** Heads of the shop by seq. */
const heads = new Map<number, string>()

beforeAll(async () => {
  const engine = await openEngine({ path: join(held.path, 'data') })
  const shop = await engine.database('shop')
  heads.set(0, shop.head().head)
  await fillShop(shop)
  await shop.backup({ path: backup() })
  await shop.export({ path: join(held.path, 'records.jsonl') })
  await shop.export({ path: join(held.path, 'history.jsonl'), history: true })
  for (let seq = 1; seq <= shop.head().seq; seq += 1) {
    const options = { path: join(held.path, 'heads'), files: [backup()], name: `at-${seq}` }
    heads.set(seq, (await restoreBackup({ ...options, to: { seq } })).head)
  }
  await engine.close()
})

async function killDuring(work: string, path: string, delayMs: number): Promise<void> {
  const running = spawn(process.execPath, [child, work, path, held.path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(held.path, 'compiled') },
  })
  let errors = ''
  running.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = once(running, 'close')
  running.stdout.once('data', () => setTimeout(() => running.kill('SIGKILL'), delayMs))
  const [, signal] = await ended
  if (signal !== 'SIGKILL') throw new Error(`${work} ended by itself: ${errors}`)
}

/** Kills it again and again, and looks at what is there after each time. */
async function killAgain(work: string, path: string, check: (name: string) => Promise<void>): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    const delayMs = (seed * 31 + kill * 97) % 150
    await killDuring(work, path, delayMs)
    await check(`seed ${seed}, kill ${kill} after ${delayMs} ms`)
  }
}

function dataFolder(): string {
  const path = temporaryFolder()
  cpSync(join(held.path, 'data'), path, { recursive: true })
  return path
}

/** Databases of the folder that are new since the last time; each of them verifies. */
async function verifyNew(
  path: string,
  name: string,
  known = new Set<string>(),
): Promise<Map<string, number>> {
  const engine = await openEngine({ path })
  const seqs = new Map<string, number>()
  for (const database of await engine.databaseNames()) {
    if (known.has(database)) continue
    known.add(database)
    const opened = await engine.database(database)
    expect((await opened.verify()).findings, `${name}: ${database}`).toEqual([])
    seqs.set(database, opened.head().seq)
    if (database === 'shop') expect(opened.head().head, name).toBe(heads.get(opened.head().seq))
    await opened.close()
  }
  await engine.close()
  return seqs
}

test.each(['restore', 'history'])(
  '%s: a database is there whole or not at all',
  { timeout },
  async (work) => {
    const path = temporaryFolder()
    const known = new Set<string>()
    await killAgain(work, path, async (name) => {
      for (const [database, seq] of await verifyNew(path, name, known)) {
        expect(seq, `${name}: ${database}`).toBe(5)
      }
    })
    expect(known.size).toBeGreaterThanOrEqual(kills)
    await restoreBackup({ path, files: [backup()], name: 'last' })
    const left = readdirSync(join(path, 'databases')).filter((folder) => folder.startsWith('.'))
    expect(left).toEqual([])
  },
)

test('replace: the database is always one of those that were put there', { timeout }, async () => {
  const path = dataFolder()
  await killAgain('replace', path, async (name) => {
    expect([...(await verifyNew(path, name)).keys()], name).toEqual(['shop'])
  })
})

test('rebuild: the database stays what it is', { timeout }, async () => {
  const path = dataFolder()
  await killAgain('rebuild', path, async (name) => {
    expect(await verifyNew(path, name), name).toEqual(new Map([['shop', 5]]))
  })
})

test('backup: every file that has its name can be restored', { timeout }, async () => {
  const path = dataFolder()
  const target = temporaryFolder()
  await killAgain('backup', path, async (name) => {
    const files = readdirSync(path).filter((file) => /^saved-\d+-\d+$/.test(file))
    expect(files.length, name).toBeGreaterThan(0)
    const file = files.at(-1) ?? ''
    const options = { path: target, files: [join(path, file)], name: 'copy', replace: true }
    expect(await restoreBackup(options), name).toMatchObject({ seq: 5, head: heads.get(5) })
  })
  expect(await verifyNew(path, 'after all')).toEqual(new Map([['shop', 5]]))
})

test('records: an import goes on where it was killed', { timeout }, async () => {
  const path = temporaryFolder()
  const known = new Set<string>()
  await killAgain('records', path, async (name) => {
    const seqs = await verifyNew(path, name, known)
    const engine = await openEngine({ path })
    for (const database of seqs.keys()) {
      const opened = await engine.database(database)
      const { written, unchanged } = await opened.import({ file: join(held.path, 'records.jsonl') })
      expect(written + unchanged, `${name}: ${database}`).toBe(300)
      await opened.close()
    }
    await engine.close()
  })
})
