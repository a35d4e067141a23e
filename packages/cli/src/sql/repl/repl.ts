/**
 * The prompt of `ddb sql`: reads lines, runs statements as they become complete, shows what they gave.
 * Invariant: one thing at a time. While something runs, keys wait in the gate and only Ctrl-C gets through; a
 * failing statement ends itself, never the session.
 */

import { createInterface, type Interface } from 'node:readline'
import type { CliIo } from '../../cli-io.ts'
import { type Paint, paintFor } from '../../output/paint.ts'
import { reportError } from '../../output/report-error.ts'
import { version } from '../../version.ts'
import { completionMs, historyEntriesMax } from '../limits.ts'
import type { QuerySession } from '../query-session.ts'
import type { ResultView } from '../result-view.ts'
import { runStatement } from '../run-statement.ts'
import { type ScannedStatement, scanStatements } from '../scan-statements.ts'
import { type CompletionSources, type Completions, completionsFor } from './completion.ts'
import { databasesOf, resultOf, tablesOf } from './database-listing.ts'
import { runDotCommand } from './dot-commands.ts'
import type { HistoryFile } from './history-file.ts'
import { KeyGate } from './key-gate.ts'
import { promptText } from './prompt-text.ts'
import { singleLine } from './single-line.ts'

export interface ReplOptions {
  readonly session: QuerySession
  readonly view: ResultView
  readonly io: CliIo
  readonly history: HistoryFile
}

type Work = (signal: AbortSignal) => Promise<void>

const leavingWords: ReadonlySet<string> = new Set(['exit', 'quit', 'exit;', 'quit;'])

export class Repl {
  readonly #session: QuerySession
  readonly #view: ResultView
  readonly #io: CliIo
  readonly #history: HistoryFile
  /** For the person: with the results going into a file, the prompt still goes to the terminal. */
  readonly #terminal: CliIo['stdout']
  readonly #paint: Paint
  readonly #gate: KeyGate
  readonly #lines: Interface
  /** What was typed and is not complete yet. */
  #pending = ''
  /** What runs, or has run last. */
  #work: Promise<void> | undefined
  #isLeaving = false
  #isLeavingNear = false
  /** readline's own list, newest first. */
  #recalled: string[] = []

  constructor({ session, view, io, history }: ReplOptions) {
    this.#session = session
    this.#view = view
    this.#io = io
    this.#history = history
    this.#terminal = io.stdout.isTTY === true ? io.stdout : io.stderr
    this.#paint = paintFor(this.#terminal, io)
    this.#gate = new KeyGate(io.stdin)
    this.#lines = createInterface({
      input: this.#gate.keys,
      output: this.#terminal,
      terminal: true,
      crlfDelay: Number.POSITIVE_INFINITY,
      history: [...history.entries].reverse(),
      historySize: historyEntriesMax,
      removeHistoryDuplicates: true,
      completer: (line: string, done: CompletionDone) => this.#complete(line, done),
    })
  }

  /** Resolves when the person leaves. @throws when nobody answers at the start */
  async run(): Promise<number> {
    try {
      await resultOf(this.#session, 'RETURN NONE')
      const { connection, database } = this.#session
      this.#say(`DendroDB ${version} at ${connection.target}, database ${database}\n`)
      this.#say(`${this.#paint.dim('Statements end with ";". Type .help for help, .quit to leave.')}\n\n`)
      await this.#converse()
      return 0
    } finally {
      this.#lines.close()
      this.#gate.close()
    }
  }

  #converse(): Promise<void> {
    return new Promise((resolve) => {
      this.#lines.on('history', (recalled) => {
        this.#recalled = recalled
      })
      this.#lines.on('line', (line) => this.#onLine(line))
      this.#lines.on('SIGINT', () => this.#onInterrupt())
      this.#lines.on('close', () => {
        // Ctrl-D leaves the cursor behind the prompt.
        if (!this.#isLeaving) this.#say('\n')
        this.#isLeaving = true
        resolve(this.#work)
      })
      this.#prompt()
    })
  }

  #onLine(line: string): void {
    this.#isLeavingNear = false
    const work = this.#workOf(line)
    if (work === undefined) this.#prompt()
    else this.#work = this.#perform(work)
  }

  /** What the line completes; `undefined` when there is more to come. */
  #workOf(line: string): Work | undefined {
    if (this.#pending === '' && isCommand(line)) {
      this.#remember(line, 1)
      return (signal) => this.#command(line.trim(), signal)
    }
    const text = this.#pending === '' ? line : `${this.#pending}\n${line}`
    const { statements, rest, open } = scanStatements(text)
    // An empty line in what is pasted is just that.
    const isEnded = open === 'statement' && line.trim() === '' && !this.#gate.hasMore
    if (open !== undefined && !isEnded) {
      this.#pending = text
      return undefined
    }
    this.#pending = ''
    const all = rest === undefined ? statements : [...statements, rest]
    if (all.length === 0) return undefined
    this.#remember(text, text.split('\n').length)
    return (signal) => this.#statements(all, signal)
  }

  async #perform(work: Work): Promise<void> {
    const controller = new AbortController()
    this.#gate.hold(() => controller.abort())
    try {
      await work(controller.signal)
    } catch (error) {
      reportError(error, this.#io)
    }
    this.#prompt()
    this.#gate.release()
  }

  async #command(line: string, signal: AbortSignal): Promise<void> {
    if (leavingWords.has(line.toLowerCase())) return this.#leave()
    const [session, view, io] = [this.#session, this.#view, this.#io]
    await runDotCommand(line, { session, view, io, signal, leave: () => this.#leave() })
  }

  async #statements(statements: readonly ScannedStatement[], signal: AbortSignal): Promise<void> {
    const [session, view, io] = [this.#session, this.#view, this.#io]
    for (const statement of statements) {
      await runStatement(statement, undefined, { session, view, io, signal })
      if (signal.aborted) return
    }
  }

  #leave(): void {
    this.#isLeaving = true
    this.#lines.close()
  }

  #onInterrupt(): void {
    if (this.#pending !== '' || this.#lines.line !== '') {
      this.#pending = ''
      this.#say('^C\n')
      for (const name of ['e', 'u']) this.#lines.write(null, { ctrl: true, name })
    } else if (this.#isLeavingNear) {
      this.#lines.close()
      return
    } else {
      this.#isLeavingNear = true
      this.#say('\n(Ctrl-C again, Ctrl-D or .quit leaves)\n')
    }
    this.#prompt()
  }

  /**
   * Keeps a statement of several lines as one, so that it is recalled whole. A leading blank keeps it out.
   */
  #remember(text: string, lines: number): void {
    const entry = singleLine(text)
    const entries = (entry === undefined ? text.split('\n') : [entry]).filter((each) => each.trim() !== '')
    const typed = text.split('\n', lines).filter((each) => each.trim() !== '')
    for (const line of typed)
      if (this.#recalled.includes(line)) this.#recalled.splice(this.#recalled.indexOf(line), 1)
    if (text.startsWith(' ')) return
    for (const each of entries) {
      this.#recalled.unshift(each)
      this.#history.append(each)
    }
  }

  #prompt(): void {
    if (this.#isLeaving) return
    const open = this.#pending === '' ? undefined : scanStatements(this.#pending).open
    this.#lines.setPrompt(promptText(this.#session, open, this.#paint))
    this.#lines.prompt()
  }

  #say(text: string): void {
    this.#terminal.write(text)
  }

  #complete(line: string, done: CompletionDone): void {
    const signal = AbortSignal.timeout(completionMs)
    const session = this.#session
    const sources: CompletionSources = {
      tables: () => tablesOf(session, signal),
      databases: async () => (await databasesOf(session, signal)) ?? [],
    }
    void completionsFor(line, this.#pending === '', sources).then((completions) => done(null, completions))
  }
}

type CompletionDone = (error: null, completions: Completions) => void

function isCommand(line: string): boolean {
  return line.trimStart().startsWith('.') || leavingWords.has(line.trim().toLowerCase())
}
