import type { Log } from '@dendrodb/server'
import { expect, test } from 'vitest'
import { quietStart } from './quiet-start.ts'

function recorder() {
  const lines: string[] = []
  const at = (level: string) => (_: object, message: string) => {
    lines.push(`${level} ${message}`)
  }
  const request: Log['request'] = ({ path }) => lines.push(`request ${path}`)
  const log: Log = { request, info: at('info'), warn: at('warn'), error: at('error') }
  return { lines, log }
}

test('keeps still while the server starts, then writes warnings and errors in order', () => {
  const { lines, log } = recorder()
  const start = quietStart(log)
  start.log.info({}, 'listening')
  start.log.warn({}, 'first')
  start.log.error({}, 'second')
  expect(lines).toEqual([])
  start.release()
  expect(lines).toEqual(['warn first', 'error second'])
})

test('writes everything at once afterwards', () => {
  const { lines, log } = recorder()
  const start = quietStart(log)
  start.release()
  start.log.info({}, 'a')
  start.log.warn({}, 'b')
  start.log.error({}, 'c')
  start.log.request({
    level: 'info',
    requestId: 'r',
    method: 'GET',
    path: '/',
    status: 200,
    durationMs: 1,
    userId: undefined,
    sessionId: undefined,
  })
  expect(lines).toEqual(['info a', 'warn b', 'error c', 'request /'])
})
