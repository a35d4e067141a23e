/**
 * kill -9 at random moments: everything acknowledged is there, nothing is half there, the chain verifies.
 */

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordId } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { programFile } from '../../../../scripts/testing/program-file.ts'
import { openEngine } from '../open-engine.ts'

const clearKills = 35
const sealedKills = 15
/** Kills after which a new folder is begun and the old one verified. */
const killsPerFolder = 10
const writer = programFile(new URL('../testing/crash-writer.ts', import.meta.url))

interface Acknowledged {
  readonly seq: number
  readonly key: string
  readonly counter: number
}

test.each([
  ['in the clear', clearKills, undefined],
  ['sealed', sealedKills, 'ab'.repeat(32)],
] as const)(
  'kills lose nothing that was acknowledged: files %s, %d times',
  { timeout: 240_000 },
  async (...run) => {
    const [, kills, masterKey] = run
    const seed = Date.now() % 100_000
    let path = ''
    for (let kill = 0; kill < kills; kill += 1) {
      if (kill % killsPerFolder === 0) path = await mkdtemp(join(tmpdir(), 'ddb-crash-'))
      const delayMs = (seed * 31 + kill * 97) % 180
      const acknowledged = await writeUntilKilled([path, String(kill), masterKey ?? ''], delayMs)
      const name = `seed ${seed}, kill ${kill} after ${delayMs} ms`
      await check({ path, masterKey, kill, acknowledged, name })
      if (kill % killsPerFolder === killsPerFolder - 1) await rm(path, { recursive: true })
    }
  },
)

function writeUntilKilled(args: readonly string[], delayMs: number): Promise<Acknowledged[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
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
      const lines = output.slice(0, output.lastIndexOf('\n')).split('\n').slice(1)
      resolve(lines.map(parseLine))
    })
  })
}

function parseLine(line: string): Acknowledged {
  const [seq, key = '', counter] = line.split(' ')
  return { seq: Number(seq), key, counter: Number(counter) }
}

interface Killed {
  readonly path: string
  readonly masterKey: string | undefined
  readonly kill: number
  readonly acknowledged: readonly Acknowledged[]
  readonly name: string
}

async function check({ path, masterKey, kill, acknowledged, name }: Killed): Promise<void> {
  const engine = await openEngine({ path, masterKey })
  try {
    const database = await engine.database('crash')
    expect(database.head().seq, name).toBeGreaterThanOrEqual(
      Math.max(0, ...acknowledged.map(({ seq }) => seq)),
    )
    for (const { seq, key, counter } of acknowledged.slice(-200)) {
      const then = await database.get(new RecordId('item', key), { asOf: { seq } })
      expect(then, `${name}: ${key} as of ${seq}`).toMatchObject({ counter, run: kill })
    }
    for (let writerNumber = 0; writerNumber < 16; writerNumber += 1) {
      const left = await database.get(new RecordId('pair', `l${writerNumber}`))
      const right = await database.get(new RecordId('pair', `r${writerNumber}`))
      expect(left?.counter, name).toBe(right === undefined ? undefined : -(right.counter as number))
    }
    if (kill % killsPerFolder !== killsPerFolder - 1) return
    const report = await database.verify()
    expect(report.findings, name).toEqual([])
  } finally {
    await engine.close()
  }
}
