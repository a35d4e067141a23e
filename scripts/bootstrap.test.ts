/**
 * The bootstrap in a small copy of the repository with a stand-in for npm that records how it was called and
 * "installs" a Node that marks its environment. The real npm and registry are used by .ci/run, which starts
 * from a clean clone.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const fakeNpm = `
import fs from 'node:fs'
import path from 'node:path'
const argv = process.argv.slice(2)
const dir = argv[argv.indexOf('--prefix') + 1]
const { CALLS, PINNED = 'system', npm_config_local_prefix = '' } = process.env
const call = [argv[0], path.basename(dir), PINNED, npm_config_local_prefix]
fs.appendFileSync(CALLS, call.join(' ').trim() + '\\n')
const bin = path.join(dir, 'node_modules', path.basename(dir) === 'runtime' ? 'node/bin' : '.bin')
fs.rmSync(path.join(dir, 'node_modules'), { recursive: true, force: true })
fs.mkdirSync(bin, { recursive: true })
await new Promise((resolve) => setTimeout(resolve, Number(process.env.NPM_MS ?? 0)))
if (process.env.NPM_FAILS === path.basename(dir)) process.exit(7)
const node = process.env.REAL_NODE
const script = '#!/bin/sh\\nPINNED=pinned exec ' + node + ' "$@"\\n'
if (bin.endsWith('node/bin')) fs.writeFileSync(path.join(bin, 'node'), script, { mode: 0o755 })
`

const target = `
import fs from 'node:fs'
const [task, ...rest] = process.argv.slice(2)
if (task === 'exit') process.exit(Number(rest[0]))
if (task === 'print') console.log(process.env.PINNED, JSON.stringify(rest))
if (task === 'wait') {
  let signals = 0
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.on(name, () => {
      signals++
      setTimeout(() => {
        console.log(name, signals)
        if (rest[0] === 'die') process.kill(process.pid, 'SIGKILL')
        process.exit(0)
      }, 200)
    })
  }
  setInterval(() => {}, 1000)
  console.log('ready')
}
`

let dir = ''
let root = ''

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'dendrodb-bootstrap-'))
  root = path.join(dir, 'repository')
  cpSync(path.join(import.meta.dirname, 'bootstrap'), path.join(root, 'scripts/bootstrap'), {
    recursive: true,
  })
  cpSync(path.join(import.meta.dirname, 'bootstrap.mjs'), path.join(root, 'scripts/bootstrap.mjs'))
  write('npm/npm-cli.js', fakeNpm)
  write('npm/package.json', '{ "type": "module" }')
  write('repository/target.mjs', target)
  write('repository/package-lock.json', '{ "first": true }')
  write('repository/runtime/package.json', '{ "dependencies": { "node": "26.1.2" } }')
  write('repository/runtime/package-lock.json', '{}')
})

afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('what is installed', () => {
  test('the pinned Node, then the packages under it, then the script runs under it', async () => {
    const { output } = await run(['target.mjs', 'print', '--port', '7701', 'a b'])
    expect(calls()).toEqual(['ci runtime system', 'install repository pinned'])
    expect(output).toContain('pinned ["--port","7701","a b"]')
  })

  test('nothing when all is up to date', async () => {
    await run(['target.mjs', 'print'])
    const again = await run(['target.mjs', 'print'])
    expect(calls()).toHaveLength(2)
    expect(again.errors).toBe('')
  })

  test('only the packages when the lock file changed, and only Node when its lock file changed', async () => {
    await run(['target.mjs', 'print'])
    write('repository/package-lock.json', '{ "second": true }')
    await run(['target.mjs', 'print'])
    expect(calls().slice(2)).toEqual(['install repository pinned'])
    write('repository/runtime/package-lock.json', '{ "second": true }')
    await run(['target.mjs', 'print'])
    expect(calls().slice(3)).toEqual(['ci runtime system'])
  })

  test('the packages again when another Node installed them by hand', async () => {
    await run(['target.mjs', 'print'])
    await run(['--record'], { npm_config_user_agent: 'npm/11.0.0 node/v20.0.0 linux x64' })
    await run(['target.mjs', 'print'])
    expect(calls().slice(2)).toEqual(['install repository pinned'])
    await run(['--record'], { npm_config_user_agent: 'npm/11.0.0 node/v26.1.2 linux x64' })
    await run(['target.mjs', 'print'])
    expect(calls()).toHaveLength(3)
  })

  test('the packages again after an install that failed, with the way out on standard error', async () => {
    const failed = await run(['target.mjs', 'print'], { NPM_FAILS: 'repository' })
    expect(failed.code).toBe(7)
    expect(failed.output).toBe('')
    expect(failed.errors).toContain('run the same command again')
    expect(existsSync(path.join(root, 'runtime/.install-lock'))).toBe(false)
    await run(['target.mjs', 'print'])
    expect(calls().slice(2)).toEqual(['install repository pinned'])
  })

  test('the packages again after an install that was killed', async () => {
    const child = start(['target.mjs', 'print'], { NPM_MS: '60000' })
    await until(() => calls().length === 1)
    child.kill('SIGTERM')
    const [, signal] = await once(child, 'exit')
    expect(signal).toBe('SIGTERM')
    const { code } = await run(['target.mjs', 'print'])
    expect(code).toBe(0)
    expect(calls()).toEqual(['ci runtime system', 'ci runtime system', 'install repository pinned'])
  })

  test('once, when several start at the same time', async () => {
    const starts = [1, 2, 3, 4].map(() => run(['target.mjs', 'print'], { NPM_MS: '300' }))
    const codes = (await Promise.all(starts)).map(({ code }) => code)
    expect(codes).toEqual([0, 0, 0, 0])
    expect(calls()).toEqual(['ci runtime system', 'install repository pinned'])
  })

  test('after a lock whose owner is gone', async () => {
    const host = (await import('node:os')).hostname()
    const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(gone, 'exit')
    write('repository/runtime/.install-lock', JSON.stringify({ host, pids: [gone.pid] }))
    expect((await run(['target.mjs', 'print'])).code).toBe(0)
  })
})

describe('what the script sees and how it ends', () => {
  beforeEach(async () => {
    await run(['target.mjs', 'print'])
  })

  test('its exit code is ours', async () => {
    expect((await run(['target.mjs', 'exit', '3'])).code).toBe(3)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('%s reaches it once, however often it comes', async (signal) => {
    const child = start(['target.mjs', 'wait'])
    const output = collect(child)
    await until(() => output.text.includes('ready'))
    child.kill(signal)
    await new Promise((resolve) => setTimeout(resolve, 50))
    child.kill(signal)
    const [code] = await once(child, 'close')
    expect(output.text).toContain(`${signal} 1`)
    expect(code).toBe(0)
  })

  test('it is asked to end when npm is gone', async () => {
    const bootstrap = path.join(root, 'scripts/bootstrap.mjs')
    const npm = `spawn(process.execPath, ['${bootstrap}', 'target.mjs', 'wait'], { stdio: 'inherit' })`
    const child = spawn(
      process.execPath,
      ['-e', `const { spawn } = require('node:child_process')\n${npm}\nsetInterval(() => {}, 1000)`],
      {
        env: { ...environment(), npm_lifecycle_event: 'start' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const output = collect(child)
    await until(() => output.text.includes('ready'))
    child.kill('SIGKILL')
    // Closed when the last process that writes to it has ended.
    await once(child, 'close')
    expect(output.text).toContain('SIGTERM 1')
  })

  test('the signal that killed it kills us', async () => {
    const child = start(['target.mjs', 'wait', 'die'])
    const output = collect(child)
    await until(() => output.text.includes('ready'))
    child.kill('SIGTERM')
    const [, signal] = await once(child, 'close')
    expect(signal).toBe('SIGKILL')
  })
})

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(dir, file)), { recursive: true })
  writeFileSync(path.join(dir, file), text)
}

function calls(): readonly string[] {
  const file = path.join(dir, 'calls')
  // The file is there a moment before its first line.
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  return lines.filter((line) => line !== '')
}

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    REAL_NODE: process.execPath,
    CALLS: path.join(dir, 'calls'),
    npm_execpath: path.join(dir, 'npm/npm-cli.js'),
    // What the outer npm says about itself must not reach the inner one.
    npm_config_local_prefix: '/elsewhere',
  }
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [path.join(root, 'scripts/bootstrap.mjs'), ...args], {
    env: { ...environment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = start(args, env)
  const output = collect(child)
  const errors = collect(child, 'stderr')
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output: output.text, errors: errors.text }
}

function collect(child: ChildProcess, from: 'stdout' | 'stderr' = 'stdout'): { text: string } {
  const collected = { text: '' }
  child[from]?.setEncoding('utf8').on('data', (chunk: string) => {
    collected.text += chunk
  })
  return collected
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
