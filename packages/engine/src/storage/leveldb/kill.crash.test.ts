import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { programFile } from '../../../../../scripts/testing/program-file.ts'
import type { KvSnapshot } from '../kv-store.ts'
import { entriesOf, reading } from '../testing/store-fixture.ts'
import { openLevelStore } from './level-store.ts'
import { headKey, logKey, logValue } from './testing/numbered-batches.ts'
import { findFileDamage } from './verify-files.ts'

const script = programFile(new URL('./testing/commit-child.ts', import.meta.url))
const kills = 6

/** Runs the child for a while and kills it. Gives the last number that it said was committed. */
async function runAndKill(folder: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    output += data
  })
  await once(child.stdout, 'data')
  await setTimeout(afterMs)
  child.kill('SIGKILL')
  expect((await once(child, 'close'))[1]).toBe('SIGKILL')
  return Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1))
}

async function check(snapshot: KvSnapshot, acknowledged: number): Promise<number> {
  const head = Number(snapshot.get(headKey))
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

test('after kill -9 everything acknowledged is there and no batch is there in part', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kill-'))
  let before = 0
  for (let kill = 0; kill < kills; kill += 1) {
    const acknowledged = await runAndKill(folder, 20 + ((kill * 67) % 200))
    expect(acknowledged).toBeGreaterThan(before)
    expect(await findFileDamage(folder)).toEqual([])
    const store = await openLevelStore({ path: folder })
    before = await reading(store, (snapshot) => check(snapshot, acknowledged))
    await store.close()
  }
  await rm(folder, { recursive: true })
})
