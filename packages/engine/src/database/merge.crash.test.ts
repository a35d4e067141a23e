/**
 * kill -9 at random moments of writes to a branch, merges, removals and forks: what was acknowledged is
 * there, a merge is there whole or not at all, the chain verifies, and merging goes on.
 */

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openEngine } from '../open-engine.ts'
import type { Database } from './database.ts'

const kills = 8
const writer = fileURLToPath(new URL('../testing/merge-writer.ts', import.meta.url))

test(`${kills} kills leave no half merge`, { timeout: 120_000 }, async () => {
  const seed = Date.now() % 100_000
  const path = await mkdtemp(join(tmpdir(), 'ddb-merge-crash-'))
  for (let kill = 0; kill < kills; kill += 1) {
    const delayMs = (seed * 31 + kill * 97) % 150
    const lines = await writeUntilKilled(path, delayMs)
    await check(path, lines, `seed ${seed}, kill ${kill} after ${delayMs} ms`)
  }
  await rm(path, { recursive: true })
})

function writeUntilKilled(path: string, delayMs: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [output, errors] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), delayMs)
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`the writer ended by itself: ${errors}`))
      // The last line may be cut off; the others were written whole.
      resolve(output.slice(0, output.lastIndexOf('\n')).split('\n').slice(1))
    })
  })
}

async function check(path: string, lines: readonly string[], name: string): Promise<void> {
  const acknowledged = (what: string) =>
    Math.max(0, ...lines.filter((line) => line.startsWith(what)).map((line) => Number(line.split(' ')[1])))
  const engine = await openEngine({ path })
  try {
    const database = await engine.database('crash')
    const main = await generationsOf(database)
    expect(main.size, `${name}: generations on main`).toBeLessThanOrEqual(1)
    expect([...main][0] ?? 0, name).toBeGreaterThanOrEqual(acknowledged('merged'))
    if (database.branches.list().length > 0) {
      const branch = await generationsOf(database.branch('work'))
      expect(branch.size, `${name}: generations on the branch`).toBeLessThanOrEqual(1)
      expect([...branch][0] ?? 0, name).toBeGreaterThanOrEqual([...main][0] ?? 0)
      const { status } = await database.branches.merge('work', { resolve: 'theirs' })
      expect(status, name).not.toBe('conflicts')
      expect(await generationsOf(database), name).toEqual(branch)
      expect(await database.branches.merge('work'), name).toMatchObject({ status: 'up_to_date' })
    }
    const report = await database.verify()
    expect(report.findings, name).toEqual([])
  } finally {
    await engine.close()
  }
}

async function generationsOf(source: Pick<Database, 'query'>): Promise<Set<number>> {
  const [found] = await source.query('SELECT VALUE generation FROM item')
  return new Set(found as readonly number[])
}
