/** The prompt in a real pseudo-terminal, which script(1) of util-linux gives. */

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hasTool } from '../../../../../scripts/testing/has-tool.ts'
import { mainFile, temporaryFolder } from '../../testing/run-ddb.ts'

const tool = 'script'

describe.skipIf(!hasTool(tool))('in a terminal', () => {
  test('answers, recalls, survives Ctrl-C, keeps the history and leaves with Ctrl-D', async () => {
    const cwd = temporaryFolder()
    const terminal = openTerminal(`'${process.execPath}' '${mainFile}' sql --embedded`, cwd)
    await terminal.until('main> ')
    terminal.type("CREATE user:1 SET name = 'Ann';\r")
    await terminal.until('user:1 │ Ann')
    await terminal.until('main> ')
    terminal.type('SLEEP 60s;\r')
    await terminal.until('\n')
    terminal.type('\u0003')
    await terminal.until('error')
    await terminal.until('main> ')
    terminal.type('\u001b[A\u001b[A')
    await terminal.until("CREATE user:1 SET name = 'Ann';")
    terminal.type('\r')
    await terminal.until('already exists')
    await terminal.until('main> ')
    terminal.type('\u0004')
    expect(await terminal.ended).toBe(0)
    expect(readFileSync(join(cwd, 'home/.config/dendrodb/history'), 'utf8')).toMatch(
      /^CREATE user:1 .*\nSLEEP 60s;\n/,
    )
  })

  test('asks for a password without showing it', async () => {
    const cwd = temporaryFolder()
    const command = `'${process.execPath}' '${mainFile}' sql --url http://127.0.0.1:9 --user ann@example.com -e 'RETURN 1'`
    const terminal = openTerminal(command, cwd)
    await terminal.until('Password of ann@example.com: ')
    terminal.type('a secret\r')
    expect(await terminal.ended).not.toBe(0)
    expect(terminal.text()).not.toContain('secret')
  })
})

function openTerminal(command: string, cwd: string) {
  const child = spawn(tool, ['-qec', command, '/dev/null'], {
    cwd,
    env: { PATH: process.env.PATH, HOME: join(cwd, 'home'), TERM: 'xterm', NO_COLOR: '1' },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let text = ''
  let seen = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return {
    ended,
    text: () => text,
    type: (keys: string) => child.stdin.write(keys),
    /** Waits for a text behind the one that was waited for before. */
    until: async (wanted: string) => {
      await expect
        .poll(() => text.indexOf(wanted, seen), { timeout: 10_000, message: wanted })
        .toBeGreaterThan(-1)
      seen = text.indexOf(wanted, seen) + wanted.length
    },
  }
}
