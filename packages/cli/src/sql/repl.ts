/**
 * The prompt of `ddb sql`: reads lines, runs statements as they become complete, shows what they gave.
 * Lines are worked on one after the other, also those that were typed ahead or pasted. An error ends its statement and
 * the rest of its line, never the session.
 */

import { createInterface, type Interface } from 'node:readline'
import type { CliIo } from '../cli-io.ts'
import { type Paint, paintFor } from '../output/paint.ts'
import { reportError } from '../output/report-error.ts'
import { version } from '../version.ts'
import { completionsFor } from './completion.ts'
import { databasesOf, resultOf, tablesOf } from './database-listing.ts'
import { runDotCommand } from './dot-commands.ts'
import type { HistoryFile } from './history-file.ts'
import { historyEntriesMax } from './limits.ts'
import type { QuerySession } from './query-session.ts'
import type { ResultView } from './result-view.ts'
import { type OpenPart, type ScannedStatement, scanStatements } from './scan-statements.ts'
import { showOutcomes } from './show-outcomes.ts'
import { singleLine } from './single-line.ts'

export interface ReplOptions {
  readonly session: QuerySession
  readonly view: ResultView
  readonly io: CliIo
  readonly history: HistoryFile
}

const leavingWords: ReadonlySet<string> = new Set(['exit', 'quit', 'exit;', 'quit;'])

export class Repl {
  readonly #session: QuerySession
  readonly #view: ResultView
  readonly #io: CliIo
  readonly #history: HistoryFile
  readonly #paint: Paint
  readonly #lines: Interface
  /** What was typed and is not complete yet. */
  #pending = ''
  /** Lines to be worked on. */
  readonly #queue: string[] = []
  #isWorking = false
  #isLeaving = false
  /** Set while something runs that Ctrl-C may cancel. */
  #running: AbortController | undefined
  #wasInterrupted = false
  /** readline's own, newest first. */
  #recalled: string[] = []
  #finish: (() => void) | undefined

  constructor({ session, view, io, history }: ReplOptions) {
    this.#session = session
    this.#view = view
    this.#io = io
    this.#history = history
    // With the results going into a file, the prompt is still for the person.
    const output = io.stdout.isTTY === true ? io.stdout : io.stderr
    this.#paint = paintFor(output, io)
    this.#lines = createInterface({
      input: io.stdin,
      output,
      terminal: true,
      history: [...history.lines].reverse(),
      historySize: historyEntriesMax,
      removeHistoryDuplicates: true,
      completer: (line: string, done: Done) => this.#complete(line, done),
    })
  }

  /** Resolves when the person leaves. @throws when nothing answers at the start */
  async run(): Promise<number> {
    try {
      await resultOf(this.#session, 'RETURN NONE')
      const { connection, database } = this.#session
      const where = `${connection.target}, database ${database}`
      await this.#view.print(
        `DendroDB ${version} at ${where}. Statements end with ; and .help explains the rest.\n`,
      )
      await this.#readUntilLeft()
      return 0
    } finally {
      this.#lines.close()
    }
  }

  #readUntilLeft(): Promise<void> {
    return new Promise((resolve) => {
      this.#finish = resolve
      this.#lines.on('history', (recalled) => {
        this.#recalled = recalled
      })
      this.#lines.on('line', (line) => this.#onLine(line))
      this.#lines.on('SIGINT', () => this.#onInterrupt())
      this.#lines.on('close', () => this.#onClose())
      this.#prompt()
    })
  }

  #onLine(line: string): void {
    this.#wasInterrupted = false
    this.#queue.push(line)
    if (!this.#isWorking) void this.#workOff()
  }

  /** Ctrl-D, `.quit`, or the end of the input: what was typed before it is done first. */
  #onClose(): void {
    this.#isLeaving = true
    if (!this.#isWorking) this.#finish?.()
  }

  #onInterrupt(): void {
    if (this.#running !== undefined) {
      this.#running.abort()
      this.#queue.length = 0
      return
    }
    if (this.#pending !== '' || this.#lines.line !== '') {
      this.#pending = ''
      this.#clearLine()
      this.#prompt()
      return
    }
    if (this.#wasInterrupted) {
      this.#say('\n')
      this.#lines.close()
      return
    }
    this.#wasInterrupted = true
    this.#say('\n(Ctrl-C again, Ctrl-D or .quit leaves)\n')
    this.#prompt()
  }

  #clearLine(): void {
    this.#say('^C\n')
    this.#lines.write(null, { ctrl: true, name: 'e' })
    this.#lines.write(null, { ctrl: true, name: 'u' })
  }

  async #workOff(): Promise<void> {
    this.#isWorking = true
    for (let line = this.#queue.shift(); line !== undefined; line = this.#queue.shift()) {
      await this.#work(line)
      if (this.#isLeaving && this.#queue.length === 0) break
    }
    this.#isWorking = false
    if (this.#isLeaving) this.#finish?.()
    else this.#prompt()
  }

  async #work(line: string): Promise<void> {
    const controller = new AbortController()
    this.#running = controller
    try {
      await (this.#pending === '' && this.#isCommand(line)
        ? this.#command(line.trim(), controller.signal)
        : this.#statements(line, controller.signal))
    } catch (error) {
      reportError(error, this.#io)
    } finally {
      this.#running = undefined
    }
  }

  #isCommand(line: string): boolean {
    return line.trimStart().startsWith('.') || leavingWords.has(line.trim().toLowerCase())
  }

  async #command(line: string, signal: AbortSignal): Promise<void> {
    this.#remember(line, 1)
    if (leavingWords.has(line.toLowerCase())) return this.#leave()
    const [session, view, io] = [this.#session, this.#view, this.#io]
    await runDotCommand(line, { session, view, io, signal, leave: () => this.#leave() })
  }

  #leave(): void {
    this.#queue.length = 0
    this.#isLeaving = true
    this.#lines.close()
  }

  /** Runs what the line completes and keeps what it leaves open. */
  async #statements(line: string, signal: AbortSignal): Promise<void> {
    const text = this.#pending === '' ? line : `${this.#pending}\n${line}`
    const { statements, rest, restAt, open } = scanStatements(text)
    this.#pending = open === undefined ? '' : text.slice(rest === undefined ? 0 : restAt)
    if (statements.length > 0)
      this.#remember(text.slice(0, text.length - this.#pending.length), text.split('\n').length)
    for (const statement of statements) {
      if (!(await this.#runStatement(statement, signal))) return
    }
  }

  async #runStatement(statement: ScannedStatement, signal: AbortSignal): Promise<boolean> {
    const outcomes = await this.#session.run(statement, signal)
    return (await showOutcomes(statement, outcomes, { view: this.#view, io: this.#io })) === 0
  }

  /** Keeps a statement of several lines as one, so that it can be recalled whole. A leading space keeps it out. */
  #remember(text: string, lines: number): void {
    const entry = singleLine(text)
    const entries = entry === undefined ? text.split('\n') : [entry]
    this.#recalled.splice(0, Math.min(lines, this.#recalled.length))
    if (text.startsWith(' ')) return
    for (const each of entries) {
      this.#recalled.unshift(each)
      this.#history.append(each)
    }
  }

  #prompt(): void {
    if (this.#isLeaving) return
    this.#lines.setPrompt(this.#promptText())
    this.#lines.prompt()
  }

  #promptText(): string {
    const { database } = this.#session
    if (this.#pending === '') return `${this.#paint.cyan(database)}> `
    return `${continuationMark(scanStatements(this.#pending).open).padStart(database.length)}> `
  }

  /** To the person, beside the results. */
  #say(text: string): void {
    const { stdout, stderr } = this.#io
    ;(stdout.isTTY === true ? stdout : stderr).write(text)
  }

  #complete(line: string, done: Done): void {
    const session = this.#session
    const sources = {
      tables: async () => [...(await tablesOf(session)).keys()],
      databases: async () => (await databasesOf(session)) ?? [],
    }
    // Without an answer there is nothing to offer; the next statement will tell why.
    completionsFor(line, this.#pending === '', sources).then(
      ([words, piece]) => done(null, [[...words], piece]),
      () => done(null, [[], line]),
    )
  }
}

type Done = (error: null, completions: [string[], string]) => void

/** What the next line has to close. */
function continuationMark(open: OpenPart | undefined): string {
  switch (open) {
    case 'string':
      return "'"
    case 'name':
      return '`'
    case 'comment':
      return '/*'
    case 'bracket':
      return '('
    case 'transaction':
      return 'tx'
    case 'statement':
    case undefined:
      return '-'
    default:
      return open satisfies never
  }
}
