import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { hasTool } from '../../../../../scripts/testing/has-tool.ts'
import { programFile } from '../../../../../scripts/testing/program-file.ts'
import { commits, type SyncOutcome } from './testing/failing-sync-child.ts'

const run = promisify(execFile)
const script = programFile(new URL('./testing/failing-sync-child.ts', import.meta.url))

/** The number of a call of fdatasync that belongs to a commit well behind the opening. */
const firstFault = 12

/** Runs the child with the first fault and another one `gap` calls later. */
async function runWithFaults(error: string, gap: number, ...mode: readonly string[]): Promise<SyncOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'failed-sync-'))
  const faults = `fdatasync:error=${error}:when=${firstFault}..${firstFault + gap}+${gap}`
  const strace = ['-f', '-qq', '-o', join(folder, 'trace'), '-e', 'trace=fdatasync', '-e', `inject=${faults}`]
  try {
    // Faults are counted for each thread: all writes go through one.
    const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
    const node = [process.execPath, script, join(folder, 'store'), ...mode]
    const { stdout } = await run('strace', [...strace, ...node], { env })
    return JSON.parse(stdout)
  } finally {
    await rm(folder, { recursive: true })
  }
}

// A batch whose sync fails is whole in the log, and LevelDB finds it there when it is opened again.
describe.skipIf(!hasTool('strace', ['-o', '/dev/null', 'true']))('a sync that fails', () => {
  test.each([
    ['EIO', 'STORAGE_IO'],
    ['ENOSPC', 'STORAGE_FULL'],
  ])(
    'with %s leaves nothing of its batch behind; the commits before and after are whole',
    async (error, code) => {
      // Gaps that meet the opening after the first fault, the undoing, the second attempt and later commits.
      const gaps = Array.from({ length: 7 }, (_, at) => at + 1)
      const refused: number[] = []
      for (const gap of gaps) {
        const outcome = await runWithFaults(error, gap)
        const { acknowledged, codes, readsFiles, found, foundAfterReopening } = outcome
        expect(readsFiles, `gap ${gap}`).toBe(false)
        expect(acknowledged.length + codes.length).toBe(commits)
        for (const each of codes) expect(each, `gap ${gap}`).toBe(code)
        const expected = { head: acknowledged.at(-1), entries: acknowledged }
        expect(found, `gap ${gap}`).toEqual(expected)
        expect(foundAfterReopening, `gap ${gap}`).toEqual(expected)
        refused.push(codes.length)
      }
      // One fault alone is mended by the second attempt; two in the same commit are not.
      expect(Math.max(...refused)).toBeGreaterThan(0)
      expect(Math.min(...refused)).toBe(0)
    },
  )

  test('leaves nothing of its batch behind when the store is closed right after it', async () => {
    const { acknowledged, codes, foundAfterReopening } = await runWithFaults('EIO', 5, 'stop')
    expect(codes).toEqual(['STORAGE_IO'])
    expect(foundAfterReopening).toEqual({ head: acknowledged.at(-1), entries: acknowledged })
  })
})
