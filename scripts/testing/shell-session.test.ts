import { tmpdir } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { ShellSession } from './shell-session.ts'

const sessions: ShellSession[] = []

function open(timeoutMs = 10_000): ShellSession {
  const session = new ShellSession({ cwd: tmpdir(), env: process.env, timeoutMs })
  sessions.push(session)
  return session
}

afterEach(() => {
  for (const session of sessions.splice(0)) session.close()
})

test('keeps variables and functions from piece to piece', async () => {
  const shell = open()
  await shell.run('name=ada; greet() { echo "hello $1"; }')
  expect(await shell.run('greet "$name"')).toEqual({ code: 0, stdout: 'hello ada\n', stderr: '' })
})

test('ends at the first command that fails, and says with which code', async () => {
  const { code, stdout } = await open().run('echo one\n(exit 7)\necho two')
  expect([code, stdout]).toEqual([7, 'one\n'])
})

test('a command that fails inside of a pipe counts', async () => {
  expect((await open().run('(exit 3) | cat')).code).toBe(3)
})

test('commands have an empty input, not the script', async () => {
  expect((await open().run('cat\necho end')).stdout).toBe('end\n')
})

test('a piece that hangs is ended', async () => {
  expect((await open(200).run('sleep 60')).code).not.toBe(0)
})
