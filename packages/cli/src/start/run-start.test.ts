import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { runStart } from './run-start.ts'

interface Streams {
  readonly isTerminal: boolean
}

function start(args: readonly string[], { isTerminal }: Streams) {
  const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: isTerminal })
  const stderr = new PassThrough({ encoding: 'utf8' })
  const written = { stdout: '', stderr: '' }
  stdout.on('data', (text: string) => {
    written.stdout += text
  })
  stderr.on('data', (text: string) => {
    written.stderr += text
  })
  const signals = Object.assign(new EventEmitter(), { exit: () => {} })
  const io = { stdin: new PassThrough(), stdout, stderr, env: { NO_COLOR: '1', HOME: '/nonexistent' } }
  const ended = runStart(['--data', ':memory:', '--port', '0', ...args], io, signals)
  return { written, signals, ended }
}

test('on a terminal: the banner first, then a line per request, then that it has stopped', async () => {
  const { written, signals, ended } = start([], { isTerminal: true })
  const url = await vi.waitFor(() => /listens on (\S+)/.exec(written.stdout)?.[1] ?? expect.fail('not yet'))
  await fetch(`${url}/api/auth/me`)
  await vi.waitFor(() => expect(written.stdout).toMatch(/info {2}GET \/api\/auth\/me 401 [\d.]+ ms/))
  signals.emit('SIGINT')
  expect(await ended).toBe(0)
  await delay(0)
  expect(written.stdout).not.toMatch(/info .*listening/)
  expect(written.stdout.trim().endsWith('DendroDB has stopped.')).toBe(true)
  expect(written.stderr).toBe('')
})

test('elsewhere: the banner on standard error, so that the log is nothing but JSON', async () => {
  // The log itself goes to the process's own standard output, past the streams of this test.
  const { written, signals, ended } = start(['--log-level', 'error'], { isTerminal: false })
  await vi.waitFor(() => expect(written.stderr).toContain('listens on'))
  signals.emit('SIGTERM')
  expect(await ended).toBe(0)
  expect(written.stdout).toBe('')
})

test('silent is silent', async () => {
  const { written, signals, ended } = start(['--log-level', 'silent'], { isTerminal: false })
  await vi.waitFor(() => expect(signals.listenerCount('SIGTERM')).toBe(1))
  signals.emit('SIGTERM')
  expect(await ended).toBe(0)
  expect(written).toEqual({ stdout: '', stderr: '' })
})
