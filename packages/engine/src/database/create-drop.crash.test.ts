/**
 * kill -9 at random moments while a database is made with all that it begins with, and while it is dropped:
 * it is there whole or not there at all.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { programFile } from '../../../../scripts/testing/program-file.ts'
import { openEngine } from '../open-engine.ts'
import { temporaryFolder } from '../testing/shop-folder.ts'

const kills = 5
const child = programFile(new URL('../testing/crash-files-child.ts', import.meta.url))
const seed = Date.now() % 100_000

async function killDuring(work: string, path: string, delayMs: number): Promise<void> {
  const running = spawn(process.execPath, [child, work, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(running, 'close')
  running.stdout.once('data', () => setTimeout(() => running.kill('SIGKILL'), delayMs))
  const [, signal] = await ended
  expect(signal).toBe('SIGKILL')
}

/** Every database of the folder is as `createDatabase` has left it. */
async function expectWhole(path: string, name: string): Promise<number> {
  const engine = await openEngine({ path })
  const names = await engine.databaseNames()
  for (const each of names) {
    const database = await engine.database(each)
    const [count] = await database.query('RETURN array::len((SELECT id FROM item))')
    expect(count, `${name}: ${each}`).toBe(500)
    expect(await database.neighbors('item:1'), `${name}: ${each}`).toHaveLength(1)
    await engine.dropDatabase(each, { purge: true })
  }
  await engine.close()
  // What was being made or removed has no name, and is gone with the next opening.
  expect(readdirSync(join(path, 'databases')), name).toEqual([])
  return names.length
}

for (const work of ['create', 'drop', 'purge']) {
  test(`killed during ${work}`, { timeout: 120_000 }, async () => {
    const path = temporaryFolder()
    for (let kill = 0; kill < kills; kill += 1) {
      const delayMs = (seed * 31 + kill * 97) % 150
      await killDuring(work, path, delayMs)
      await expectWhole(path, `seed ${seed}, kill ${kill} after ${delayMs} ms`)
      const engine = await openEngine({ path })
      await engine.emptyTrash(0)
      await engine.close()
      const trash = join(path, 'trash')
      expect(existsSync(trash) ? readdirSync(trash) : []).toEqual([])
    }
  })
}
