/**
 * kill -9 at random moments of writes to a branch, merges, removals and forks: what was acknowledged is
 * there, a merge is there whole or not at all, the chain verifies, and merging goes on.
 */

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { programFile } from '../../../../scripts/testing/program-file.ts'
import { branchOfKey } from '../ledger/branch-keys.ts'
import { kindRange, mainBranch } from '../ledger/key-space.ts'
import { openEngine } from '../open-engine.ts'
import { collectGarbage } from '../testing/collect-garbage.ts'
import { openTestCore } from '../testing/open-core.ts'
import type { Database } from './database.ts'
import { filesIn } from './database-files.ts'

const kills = 8
const writer = programFile(new URL('../testing/merge-writer.ts', import.meta.url))

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
  const last = (what: string) => Number(lines.findLast((line) => line.startsWith(what))?.split(' ')[1] ?? 0)
  const engine = await openEngine({ path })
  try {
    const database = await engine.database('crash')
    const main = await generationsOf(database)
    expect(main.size, `${name}: generations on main`).toBeLessThanOrEqual(1)
    expect([...main][0] ?? 0, name).toBeGreaterThanOrEqual(last('merged'))
    const [work, ...others] = database.branches.list()
    expect(others, name).toEqual([])
    const end = lines.findLast((line) => line !== '')?.split(' ')[0]
    if (end === 'removed') expect(work?.number, name).not.toBe(last('removed'))
    // What comes behind a branch that was written to is its merge; behind a fork, writes.
    if (end === 'forked' || end === 'branch') expect(work?.number, name).toBe(last('forked') || work?.number)
    if (work !== undefined) {
      const branch = await generationsOf(database.branch('work'))
      expect(branch.size, `${name}: generations on the branch`).toBeLessThanOrEqual(1)
      expect([...branch][0] ?? 0, name).toBeGreaterThanOrEqual([...main][0] ?? 0)
      if (end === 'branch') expect([...branch][0] ?? 0, name).toBeGreaterThanOrEqual(last('branch'))
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
  await checkTidy(path, name)
}

/** What is left of branches that were removed goes, however often the removal was interrupted. */
async function checkTidy(path: string, name: string): Promise<void> {
  const store = await filesIn(path, {}).open('crash')
  const core = await openTestCore(store)
  await collectGarbage(core)
  const live = new Set([mainBranch, ...[...core.catalogs.newest().branches()].map(({ number }) => number)])
  const snapshot = store.snapshot()
  for (const kind of ['record', 'index', 'pastIndex', 'count'] as const) {
    for await (const chunk of snapshot.scan(kindRange(kind), { values: false })) {
      for (const { key } of chunk) expect(live.has(branchOfKey(key)), `${name}: a ${kind}`).toBe(true)
    }
  }
  snapshot.close()
  await core.close()
}

async function generationsOf(source: Pick<Database, 'query'>): Promise<Set<number>> {
  const [found] = await source.query('SELECT VALUE generation FROM item')
  return new Set(found as readonly number[])
}
