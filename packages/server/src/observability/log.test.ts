import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLog } from './log.ts'

test('writes a line of JSON per call, of the level asked for and above', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-log-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'log')
  const log = openLog('info', file)
  await new Promise((resolve) => setTimeout(resolve, 20))
  log.debug({ a: 1 }, 'hidden')
  log.info({ path: '/a\n"b"' }, 'shown')
  log.error({ err: new TypeError('broken') }, 'failed')
  log.flush()
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), path: '/a\n"b"', msg: 'shown' },
    expect.objectContaining({
      level: 'error',
      err: expect.objectContaining({ type: 'TypeError', message: 'broken', stack: expect.any(String) }),
    }),
  ])
})
