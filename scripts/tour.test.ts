/**
 * The tour of the README, done as written: its shell blocks run in order in one shell, and what they print is
 * compared with what the page shows (docs/testing.md#the-tour has the rules).
 * Only the port is replaced, so that the tour can run beside a server; data folder, port and address come
 * from the environment, as a reader could set them.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missingLine } from './testing/expected-output.ts'
import { hasTool } from './testing/has-tool.ts'
import { type MarkdownBlock, markdownBlocks } from './testing/markdown-blocks.ts'
import { ShellSession } from './testing/shell-session.ts'

interface Step {
  readonly script: MarkdownBlock
  readonly outputs: readonly MarkdownBlock[]
}

const root = path.resolve(import.meta.dirname, '..')
const defaultPort = '7700'
const stepTimeoutMs = 60_000
const startTimeoutMs = 30_000

const steps = tourSteps(readFileSync(path.join(root, 'README.md'), 'utf8'))

describe.skipIf(!hasTool('bash') || !hasTool('curl') || !hasTool('npm'))('the tour of the README', () => {
  let port = 0
  let folder = ''
  let shell: ShellSession
  let server: ChildProcess | undefined
  let serverOutput = ''

  beforeAll(async () => {
    port = await freePort()
    folder = mkdtempSync(path.join(tmpdir(), 'dendrodb-tour-'))
    shell = new ShellSession({ cwd: root, env: readerEnv(), timeoutMs: stepTimeoutMs })
  })

  afterAll(async () => {
    shell.close()
    await stopServer()
    rmSync(folder, { recursive: true, force: true })
  })

  test('has steps, begins with the start and ends with the server stopped', () => {
    expect(steps.length).toBeGreaterThan(5)
    expect(steps[0]?.script.marks).toEqual(['start'])
    expect(steps.at(-1)?.script.marks).toEqual(['stopped'])
  })

  test('npx finds ddb here and asks no registry for it', () => {
    const ddb = path.join(root, 'node_modules/.bin/ddb')
    expect(() => accessSync(ddb, constants.X_OK), '`npm install` links it').not.toThrow()
  })

  test.each(steps.map((step) => ({ step, title: `line ${step.script.line}: ${firstCommand(step)}` })))(
    '$title',
    { timeout: stepTimeoutMs + startTimeoutMs },
    async ({ step }) => {
      const { script } = step
      if (script.marks.includes('start')) return await start(step)
      if (script.marks.includes('stopped')) await stopServer()
      const { code, stdout, stderr } = await shell.run(here(script.text))
      expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' })
      expectOutput(step, stdout)
    },
  )

  async function start({ script, outputs }: Step): Promise<void> {
    server = spawn('bash', ['--noprofile', '--norc', '-c', here(script.text)], {
      cwd: root,
      env: readerEnv(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [server.stdout, server.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        serverOutput += text
      })
    }
    await expect
      .poll(() => isReady(), { timeout: startTimeoutMs, interval: 100, message: 'the server is ready' })
      .toBe(true)
    await expect
      .poll(() => outputs.every((output) => missing(output, serverOutput) === undefined), { timeout: 5_000 })
      .toBe(true)
  }

  /** As Ctrl-C does it: to everything in the foreground. */
  async function stopServer(): Promise<void> {
    const started = server
    server = undefined
    if (started?.pid === undefined || started.exitCode !== null) return
    const ended = once(started, 'exit')
    process.kill(-started.pid, 'SIGINT')
    const late = setTimeout(() => process.kill(-(started.pid as number), 'SIGKILL'), 15_000)
    const [, signal] = await ended
    clearTimeout(late)
    expect(signal, serverOutput).not.toBe('SIGKILL')
  }

  async function isReady(): Promise<boolean> {
    if (server?.exitCode !== null) throw new Error(`npm start ended: ${serverOutput}`)
    try {
      return (await fetch(`http://127.0.0.1:${port}/ready`)).ok
    } catch {
      return false
    }
  }

  function expectOutput({ outputs }: Step, stdout: string): void {
    for (const output of outputs) {
      const line = missing(output, stdout)
      expect(line, `this line of README.md is not in the output:\n${line}\n\n${stdout}`).toBeUndefined()
    }
  }

  function missing({ text, marks }: MarkdownBlock, output: string): string | undefined {
    return missingLine({ text: here(text), isSample: marks.includes('sample') }, output)
  }

  function here(text: string): string {
    return text.replaceAll(`:${defaultPort}`, `:${port}`)
  }

  /**
   * What a reader's terminal has: their own Node and npm, nothing of the run of the tests. npm is offline, as
   * all that the tour uses must have been installed.
   */
  function readerEnv(): NodeJS.ProcessEnv {
    const pinned = [path.join(root, 'node_modules/.bin'), path.join(root, 'runtime')]
    const entries = (process.env.PATH ?? '').split(path.delimiter)
    const own = entries.filter((entry) => !pinned.some((folder) => entry.startsWith(folder)))
    const foreign = /^(npm_|NODE_|VITEST|DDB_|NEDB_|INIT_CWD$|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$)/
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
    return {
      ...env,
      PATH: own.join(path.delimiter),
      NO_COLOR: '1',
      npm_config_offline: 'true',
      DDB_PORT: String(port),
      DDB_DATA: path.join(folder, 'ddb-data'),
      DDB_URL: `http://127.0.0.1:${port}`,
    }
  }
})

/** Each shell block between the marks of the tour, with the output blocks that follow it. */
function tourSteps(page: string): readonly Step[] {
  const from = page.indexOf('<!-- tour -->')
  const to = page.indexOf('<!-- /tour -->')
  const firstLine = page.slice(0, from).split('\n').length - 1
  const found: { script: MarkdownBlock; outputs: MarkdownBlock[] }[] = []
  for (const block of markdownBlocks(page.slice(from, to))) {
    if (block.language === 'sh')
      found.push({ script: { ...block, line: block.line + firstLine }, outputs: [] })
    if (block.language === 'text') found.at(-1)?.outputs.push(block)
  }
  return found
}

function firstCommand({ script }: Step): string {
  return script.text.split('\n')[0] ?? ''
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}
