/**
 * The real command in a process of its own, in an empty folder with an empty home, so that neither the machine's
 * configuration nor another test has a say.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const mainFile = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface DdbOptions {
  /** Folder that it runs in. */
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; empty when not given. */
  readonly input?: string
  /** Options of node. */
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
  const folder = mkdtempSync(join(tmpdir(), 'ddb-cli-'))
  mkdirSync(join(folder, 'home'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
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
export function startDdb(
  args: readonly string[],
  { cwd, env = {}, nodeOptions = [] }: DdbOptions,
): RunningDdb {
  const child = spawn(process.execPath, [...nodeOptions, mainFile, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: join(cwd, 'home'), ...cacheEnv(), ...env },
  })
  const running = new RunningDdb(child)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await running.ended
  })
  return running
}

export interface RunningServer extends RunningDdb {
  readonly url: string
}

/** A server of its own on a free port, with its data in `<cwd>/ddb-data` unless told otherwise. */
export async function startServer(options: DdbOptions, args: readonly string[] = []): Promise<RunningServer> {
  const running = startDdb(['start', '--port', '0', ...args], options)
  const [, url = ''] = await running.waitForError(/listens on (http:\S+)/)
  return Object.assign(running, { url })
}

function cacheEnv(): Readonly<Record<string, string>> {
  const { NODE_COMPILE_CACHE: folder } = process.env
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}
