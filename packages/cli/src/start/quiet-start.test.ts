import type { Log } from '@dendrodb/server'
import { expect, test } from 'vitest'
import { quietStart } from './quiet-start.ts'

function recorder() {
  const lines: string[] = []
  const at = (level: string) => (_: object, message: string) => {
    lines.push(`${level} ${message}`)
  }
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { lines, log }
}

test('keeps still while the server starts, then writes warnings and errors in order', () => {
  const { lines, log } = recorder()
  const start = quietStart(log)
  start.log.info({}, 'listening')
  start.log.debug({}, 'detail')
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
  start.log.debug({}, 'a')
  start.log.info({}, 'b')
  start.log.warn({}, 'c')
  start.log.error({}, 'd')
  expect(lines).toEqual(['debug a', 'info b', 'warn c', 'error d'])
})
