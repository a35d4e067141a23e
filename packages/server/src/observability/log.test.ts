import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lineBatchCharsMax } from './limits.ts'
import { openLog, type RequestLine } from './log.ts'

async function newLog(level: string) {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-log-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'log')
  const log = openLog(level, file)
  await new Promise((resolve) => setTimeout(resolve, 20))
  const lines = async () => {
    log.flush()
    const text = await readFile(file, 'utf8')
    return text === ''
      ? []
      : text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
  }
  return { log, lines, file }
}

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)

const request: RequestLine = {
  level: 'info',
  requestId: 'r1',
  method: 'GET',
  path: '/a\n"b"',
  status: 200,
  durationMs: 1.25,
  userId: 'user:⟨a"b⟩',
  sessionId: 's1',
}

test('writes a line of JSON per call, of the level asked for and above', async () => {
  const { log, lines } = await newLog('warn')
  log.info({ a: 1 }, 'hidden')
  log.request(request)
  log.warn({ path: '/a\n"b"' }, 'shown')
  log.error({ err: new TypeError('broken') }, 'failed')
  expect(await lines()).toEqual([
    { level: 'warn', time, path: '/a\n"b"', msg: 'shown' },
    expect.objectContaining({
      level: 'error',
      err: expect.objectContaining({ type: 'TypeError', message: 'broken', stack: expect.any(String) }),
    }),
  ])
})

test('the line of a request has its fields, and those of a user where there is one', async () => {
  const { log, lines } = await newLog('info')
  log.request(request)
  log.request({ ...request, userId: undefined, sessionId: undefined })
  log.request({ ...request, level: 'debug' })
  const fields = { level: 'info', time, request_id: 'r1', method: 'GET', path: '/a\n"b"', status: 200 }
  expect(await lines()).toEqual([
    { ...fields, duration_ms: 1.25, user_id: 'user:⟨a"b⟩', session_id: 's1', msg: 'request' },
    { ...fields, duration_ms: 1.25, msg: 'request' },
  ])
})

test('lines of requests are written before long, or when there are many, without a flush', async () => {
  const { log, file } = await newLog('info')
  log.request(request)
  await expect.poll(() => readFile(file, 'utf8'), { timeout: 5000 }).toContain('"r1"')
  const many = Math.ceil(lineBatchCharsMax / 100)
  for (let count = 0; count < many; count += 1) log.request({ ...request, requestId: 'r2' })
  await expect.poll(() => readFile(file, 'utf8'), { timeout: 150, interval: 10 }).toContain('"r2"')
})
