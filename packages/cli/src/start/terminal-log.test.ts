import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { plain } from '../output/paint.ts'
import { openTerminalLog } from './terminal-log.ts'

type Level = Parameters<typeof openTerminalLog>[1]

const request = {
  level: 'info',
  requestId: 'r',
  method: 'GET',
  path: '/api/data/user',
  status: 200,
  durationMs: 1.2,
  userId: 'root',
  sessionId: 's',
} as const

function openLog(least: Level = 'debug') {
  const stream = new PassThrough({ encoding: 'utf8' })
  const log = openTerminalLog(stream, least, plain, () => new Date(2026, 0, 31, 9, 5, 7))
  return { log, text: () => String(stream.read() ?? '') }
}

test('a line has the time, the level, the message and the fields', () => {
  const { log, text } = openLog()
  log.warn({ after_ms: 10, database: 'main' }, 'cutting off')
  expect(text()).toBe('09:05:07 warn  cutting off after_ms=10 database=main\n')
})

test('a request is told as method, path, status, time and user, without what only programs need', () => {
  const { log, text } = openLog()
  log.request(request)
  log.request({ ...request, level: 'debug', path: '/health', userId: undefined })
  expect(text()).toBe(
    '09:05:07 info  GET /api/data/user 200 1.2 ms root\n09:05:07 debug GET /health 200 1.2 ms\n',
  )
})

test('an error has its stack below it', () => {
  const { log, text } = openLog()
  log.error({ err: new Error('broken') }, 'work failed')
  expect(text()).toMatch(/^09:05:07 error work failed\n {9}Error: broken\n {9} +at /)
})

test('what a client sent cannot move the cursor or begin a line', () => {
  const { log, text } = openLog()
  log.request({ ...request, path: '/\u001b[2J\nfake', userId: 'a\nb' })
  log.info({ name: 'a\u001b]0;title\u0007' }, 'x\ny')
  const written = text()
  expect(written).not.toContain('\u001b')
  expect(written).not.toContain('\u0007')
  expect(written.split('\n')).toHaveLength(3)
})

test.each([
  ['trace', ['debug', 'info ', 'warn ', 'error']],
  ['debug', ['debug', 'info ', 'warn ', 'error']],
  ['info', ['info ', 'warn ', 'error']],
  ['warn', ['warn ', 'error']],
  ['error', ['error']],
  ['fatal', []],
  ['silent', []],
] as const)('the level %s leaves %j', (least, expected) => {
  const { log, text } = openLog(least)
  log.request({ ...request, level: 'debug' })
  for (const level of ['info', 'warn', 'error'] as const) log[level]({}, 'x')
  const written = text()
    .split('\n')
    .filter((line) => line !== '')
  expect(written.map((line) => line.slice(9, 14))).toEqual(expected)
})
