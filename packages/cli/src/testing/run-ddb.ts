/**
 * The real command in a process of its own, in an empty folder with an empty home, so that neither the
 * machine's configuration nor another test has a say.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, onTestFinished } from 'vitest'
import { bundledMain, sourceMain } from '../../../../scripts/start/bundle.mjs'

/** Of the bundle that `npm start` runs: tests start it hundreds of times. */
export const mainFile = await bundledMain()

export interface DdbOptions {
  /** Folder that it runs in. */
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; empty when not given. */
  readonly input?: string
  /** Options of node, which then runs the sources. */
  readonly nodeOptions?: readonly string[]
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder for the current test, removed at its end. */
export function temporaryFolder(): string {
  const folder = makeFolder()
  onTestFinished(() => removeFolder(folder))
  return folder
}

/** A folder, filled once, of which every test of the file gets a copy of its own. */
export function sharedFolder(fill: (folder: string) => Promise<void>): () => string {
  let original = ''
  beforeAll(async () => {
    original = makeFolder()
    await fill(original)
    return () => removeFolder(original)
  })
  return () => {
    const copy = temporaryFolder()
    cpSync(original, copy, { recursive: true })
    return copy
  }
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ddb-cli-'))
  mkdirSync(join(folder, 'home'))
  return folder
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Runs it to its end. */
export function runDdb(args: readonly string[], options: DdbOptions): Promise<Ended> {
  const running = startDdb(args, options)
  running.child.stdin?.end(options.input ?? '')
  return running.ended
}

export class RunningDdb {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  #stdout = ''
  #stderr = ''

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr })
      })
    })
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  /** What matched on standard error. */
  waitForError(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this.#stderr)
        if (match !== null) resolve(match)
      }
      this.child.stderr?.on('data', look)
      void this.ended.then(({ stderr }) => reject(new Error(`it ended without ${pattern}: ${stderr}`)))
      look()
    })
  }
}

/** Killed at the end of the test when it still runs. */
export function startDdb(args: readonly string[], options: DdbOptions): RunningDdb {
  const running = spawnDdb(args, options)
  onTestFinished(() => kill(running))
  return running
}

function spawnDdb(args: readonly string[], { cwd, env = {}, nodeOptions }: DdbOptions): RunningDdb {
  const command = nodeOptions === undefined ? [mainFile] : [...nodeOptions, sourceMain]
  const child = spawn(process.execPath, [...command, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: join(cwd, 'home'), ...cacheEnv(), ...env },
  })
  return new RunningDdb(child)
}

async function kill({ child, ended }: RunningDdb): Promise<void> {
  child.kill('SIGKILL')
  await ended
}

const serverArgs = ['start', '--port', '0']
const listening = /listens on (http:\S+)/

export interface RunningServer extends RunningDdb {
  readonly url: string
}

/** A server of its own on a free port, with its data in `<cwd>/ddb-data` unless told otherwise. */
export async function startServer(options: DdbOptions, args: readonly string[] = []): Promise<RunningServer> {
  const running = startDdb([...serverArgs, ...args], options)
  const [, url = ''] = await running.waitForError(listening)
  return Object.assign(running, { url })
}

export interface SharedServer {
  readonly url: string
  /** Its folder, in which commands find its token. */
  readonly cwd: string
}

/** One server for all tests of a file, or of a `describe`. */
export function sharedServer(env: Readonly<Record<string, string>> = {}): SharedServer {
  const shared = { url: '', cwd: '' }
  beforeAll(async () => {
    shared.cwd = makeFolder()
    const running = spawnDdb(serverArgs, { cwd: shared.cwd, env })
    shared.url = (await running.waitForError(listening))[1] ?? ''
    return async () => {
      await kill(running)
      removeFolder(shared.cwd)
    }
  })
  return shared
}

/** An address on which nobody listens. */
export async function unusedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}

function cacheEnv(): Readonly<Record<string, string>> {
  const { NODE_COMPILE_CACHE: folder } = process.env
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}
