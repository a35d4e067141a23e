/**
 * A shell that is fed one piece of script after another and keeps its variables and functions between them,
 * as a person's terminal does. A piece ends at the first command that fails, and with it the session.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface ShellOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** After this a piece counts as hanging. */
  readonly timeoutMs: number
}

export interface ShellResult {
  /** Exit code; of the command that failed when it is not 0. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

interface Running {
  readonly mark: string
  readonly resolve: (result: ShellResult) => void
}

export class ShellSession {
  readonly #shell: ChildProcess
  readonly #timeoutMs: number
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'dendrodb-shell-'))
  #stdout = ''
  #stderr = ''
  #pieces = 0
  #running: Running | undefined

  constructor({ cwd, env, timeoutMs }: ShellOptions) {
    this.#timeoutMs = timeoutMs
    // In a group of its own, so that what it started can be ended with it.
    this.#shell = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail'], {
      cwd,
      env,
      detached: true,
    })
    this.#shell.stdout?.setEncoding('utf8').on('data', (text: string) => this.#onOutput(text))
    this.#shell.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.#shell.once('close', (code) => this.#end(code ?? 1))
  }

  async run(script: string): Promise<ShellResult> {
    this.#pieces += 1
    const file = path.join(this.#folder, `${this.#pieces}.sh`)
    const mark = `piece ${this.#pieces} of ${this.#folder} has ended`
    writeFileSync(file, `${script}\n`)
    this.#stdout = ''
    this.#stderr = ''
    const ended = new Promise<ShellResult>((resolve) => {
      this.#running = { mark, resolve }
    })
    const timer = setTimeout(() => this.#kill(), this.#timeoutMs)
    // From a file, so that no command of it reads the script as its input.
    this.#shell.stdin?.write(`. '${file}' < /dev/null\nprintf '\\n%s\\n' '${mark}'\n`)
    try {
      return await ended
    } finally {
      clearTimeout(timer)
    }
  }

  close(): void {
    this.#kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #onOutput(text: string): void {
    this.#stdout += text
    const mark = this.#running?.mark
    if (mark === undefined || !this.#stdout.includes(`\n${mark}\n`)) return
    this.#stdout = this.#stdout.replace(`\n${mark}\n`, '')
    this.#end(0)
  }

  #end(code: number): void {
    this.#running?.resolve({ code, stdout: this.#stdout, stderr: this.#stderr })
    this.#running = undefined
  }

  #kill(): void {
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null || this.#shell.pid === undefined)
      return
    process.kill(-this.#shell.pid, 'SIGKILL')
  }
}
