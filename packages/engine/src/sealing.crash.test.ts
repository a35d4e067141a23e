/**
 * kill -9 at random moments of sealing, rotating and unsealing: each database is whole, under one of the keys
 * or in the clear, and finishing the work succeeds.
 */

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { programFile } from '../../../scripts/testing/program-file.ts'
import { openEngine } from './open-engine.ts'
import { listSealing, rotateMasterKey, sealDatabase, unsealDatabase } from './sealing.ts'

const kills = 8
const script = programFile(new URL('./testing/sealing-child.ts', import.meta.url))
const [key, otherKey] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')]
const names = ['main', 'other']

async function fill(path: string): Promise<string[]> {
  const engine = await openEngine({ path })
  const heads: string[] = []
  for (const name of names) {
    const database = await engine.database(name)
    await database.query('DEFINE INDEX number ON item FIELDS number')
    await database.query('FOR $i IN 1..=150 { CREATE type::record("item", $i) SET number = $i % 10 }')
    heads.push(database.head().head)
  }
  await engine.close()
  return heads
}

/** Kills the child some time after its first line. Gives what it was doing. */
function workUntilKilled(path: string, afterMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, path, key, otherKey], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [output, errors] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), afterMs)
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(output.trimEnd().split('\n').at(-1) ?? '')
      else reject(new Error(`the child ended by itself: ${errors}`))
    })
  })
}

async function expectWhole(path: string, heads: readonly string[], where: string): Promise<void> {
  const sealed = new Map((await listSealing(path)).map(({ name, isSealed }) => [name, isSealed]))
  for (const [at, name] of names.entries()) {
    let database: Awaited<ReturnType<Awaited<ReturnType<typeof openEngine>>['database']>> | undefined
    const wrong: string[] = []
    for (const masterKey of sealed.get(name) === true ? [key, otherKey] : [undefined]) {
      const engine = await openEngine({ path, masterKey })
      try {
        database = await engine.database(name)
        expect((await database.verify()).findings, where).toEqual([])
        expect(database.head().head, where).toBe(heads[at])
      } catch (error) {
        expect(error, where).toMatchObject({ code: 'STORAGE_KEY_WRONG' })
        wrong.push(name)
      } finally {
        await engine.close()
      }
    }
    expect(wrong.length, where).toBe(sealed.get(name) === true ? 1 : 0)
    const files = await readdir(join(path, 'databases', name))
    expect(
      files.filter((file) => /^gen-\d+$/.test(file)),
      where,
    ).toHaveLength(1)
    expect(files, where).toHaveLength(sealed.get(name) === true ? 3 : 2)
  }
}

test(`${kills} kills leave every database whole, and the work can be finished`, {
  timeout: 120_000,
}, async () => {
  const path = await mkdtemp(join(tmpdir(), 'ddb-seal-crash-'))
  const seed = Date.now() % 100_000
  const heads = await fill(path)
  const doing = new Set<string>()
  for (let kill = 0; kill < kills; kill += 1) {
    const afterMs = (seed * 31 + kill * 389) % 1_100
    const what = await workUntilKilled(path, afterMs)
    doing.add(what.split(' ')[0] ?? '')
    const where = `seed ${seed}, kill ${kill} after ${afterMs} ms in ${what}`
    await expectWhole(path, heads, where)
    await rotateMasterKey({ path, from: otherKey, to: key })
    const change = kill % 2 === 0 ? unsealDatabase : sealDatabase
    for (const name of names) await change({ path, name, masterKey: key })
  }
  await expectWhole(path, heads, 'finished')
  expect(doing.size).toBeGreaterThan(1)
  await rm(path, { recursive: true })
})
