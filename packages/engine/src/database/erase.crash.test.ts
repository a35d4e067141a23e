/**
 * kill -9 at random moments of erasing, cutting histories and compacting: what was acknowledged is there or
 * gone for good, an erasure that was acknowledged is completed by the next start, and the chain verifies.
 */

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { programFile } from '../../../../scripts/testing/program-file.ts'
import { openEngine } from '../open-engine.ts'
import { findBytes } from '../testing/file-bytes.ts'

const kills = 8
const writer = programFile(new URL('../testing/erase-writer.ts', import.meta.url))

test(`${kills} kills leave nothing half forgotten`, { timeout: 180_000 }, async () => {
  const seed = Date.now() % 100_000
  const path = await mkdtemp(join(tmpdir(), 'ddb-erase-crash-'))
  const put = new Set<number>()
  const erased = new Set<number>()
  for (let kill = 0; kill < kills; kill += 1) {
    const delayMs = 50 + ((seed * 31 + kill * 197) % 700)
    // Behind whatever was begun and not acknowledged.
    const from = kill === 0 ? 0 : 5 * Math.ceil((Math.max(0, ...put) + 10) / 5)
    const lines = await writeUntilKilled(path, from, delayMs)
    const numbers = (word: string) =>
      lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.split(' ')[1]))
    for (const at of numbers('put')) put.add(at)
    for (const at of numbers('erased')) erased.add(at)
    await check(
      path,
      { put, erased, log: numbers('log').at(-1) },
      `seed ${seed}, kill ${kill} after ${delayMs} ms`,
    )
  }
  expect(erased.size, `seed ${seed}`).toBeGreaterThan(0)
  await rm(path, { recursive: true })
})

interface Acknowledged {
  readonly put: ReadonlySet<number>
  readonly erased: ReadonlySet<number>
  readonly log: number | undefined
}

async function check(path: string, { put, erased, log }: Acknowledged, name: string): Promise<void> {
  const engine = await openEngine({ path })
  try {
    const database = await engine.database('crash')
    await database.forgetting.settle()
    for (const at of put) {
      const found = await database.get(`item:${at}`)
      // The last erasure may have been carried out without having been acknowledged.
      if (erased.has(at)) expect(found, `${name}: item ${at}`).toBeUndefined()
      else if (found === undefined) expect(await database.history(`item:${at}`), name).toEqual([])
      else expect(found, `${name}: item ${at}`).toMatchObject({ mark: `secret-mark-of-${at}-again` })
    }
    const missing = [...put].filter((at) => !erased.has(at))
    const there = await Promise.all(missing.map((at) => database.get(`item:${at}`)))
    const unexplained = missing.filter((_, at) => there[at] === undefined)
    expect(
      unexplained.every((at) => at % 5 === 2),
      `${name}: ${unexplained}`,
    ).toBe(true)
    if (log !== undefined) {
      expect(Number((await database.get('log:1'))?.value), name).toBeGreaterThanOrEqual(log)
    }
    const gone = [...erased].map((at): [string, string] => [`item ${at}`, `secret-mark-of-${at}-`])
    expect(findBytes(path, Object.fromEntries(gone)), name).toEqual([])
    expect((await database.verify()).findings, name).toEqual([])
    await database.forgetting.expire()
    expect((await database.verify()).findings, name).toEqual([])
    expect((await database.history('log:1')).length, name).toBeLessThanOrEqual(1)
  } finally {
    await engine.close()
  }
}

function writeUntilKilled(path: string, from: number, delayMs: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, path, String(from)], { stdio: ['ignore', 'pipe', 'pipe'] })
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
