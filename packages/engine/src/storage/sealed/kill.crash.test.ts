import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { programFile } from '../../../../../scripts/testing/program-file.ts'
import type { KvSnapshot } from '../kv-store.ts'
import { openLevelStore } from '../leveldb/level-store.ts'
import { headKey, logKey, logValue } from '../leveldb/testing/numbered-batches.ts'
import { entriesOf, reading } from '../testing/store-fixture.ts'
import { openKilledStore } from './testing/commit-child.ts'
import { pagesOfStore } from './testing/sealed-fixture.ts'

const script = programFile(new URL('./testing/commit-child.ts', import.meta.url))
const kills = 8
const dataKey = randomBytes(32).toString('hex')

/** Runs the child for a while and kills it. Gives the last number that it said was committed. */
async function runAndKill(folder: string, afterMs: number): Promise<number> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const child = spawn(process.execPath, [script, folder, dataKey], { stdio: [...stdio] })
  let output = ''
  child.stdout?.on('data', (data: Buffer) => {
    output += data
  })
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  await setTimeout(afterMs)
  child.kill('SIGKILL')
  expect((await once(child, 'close'))[1]).toBe('SIGKILL')
  return Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1))
}

async function check(snapshot: KvSnapshot, acknowledged: number): Promise<number> {
  const head = Number(await snapshot.get(headKey))
  expect(head).toBeGreaterThanOrEqual(acknowledged)
  const log = await entriesOf(snapshot, {}, { gte: Buffer.from('log/'), lt: Buffer.from('log0') })
  expect(log).toHaveLength(head)
  for (const [at, { key, value }] of log.entries()) {
    if (!key.equals(logKey(at + 1)) || !value.equals(logValue(at + 1)))
      throw new Error(`entry ${at + 1} is ${key}`)
  }
  for (let slot = 0; slot < 50; slot += 1) {
    expect(await snapshot.get(Buffer.from(`a/${slot}`))).toEqual(await snapshot.get(Buffer.from(`z/${slot}`)))
  }
  return head
}

test('after kill -9 everything acknowledged is there, no batch in part, and no garbage', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sealed-kill-'))
  let before = 0
  for (let kill = 0; kill < kills; kill += 1) {
    const acknowledged = await runAndKill(folder, 20 + ((kill * 67) % 300))
    expect(acknowledged).toBeGreaterThan(before)
    const store = await openKilledStore(folder, dataKey)
    before = await reading(store, (snapshot) => check(snapshot, acknowledged))
    expect(await store.findDamage()).toEqual([])
    if (kill % 4 === 3) await store.compact()
    await store.close()
    if (kill % 4 !== 3) continue
    const base = await openLevelStore({ path: folder })
    const { referred, present } = await pagesOfStore(base, Buffer.from(dataKey, 'hex'))
    expect(present).toEqual(referred)
    await base.close()
  }
  await rm(folder, { recursive: true })
}, 60_000)
