/**
 * Conformance cases: DQL or NQL text with what it must answer, run against any host.
 * Why text: the cases are the reference of the language. Whoever writes an engine, a server or an SDK runs
 * the same files, and whoever learns the language reads them.
 *
 * A file is of one language; lines that begin with `--` say what is expected.
 *
 * | line               | meaning                                                            |
 * |--------------------|--------------------------------------------------------------------|
 * | `--# name`         | a case begins; what stands before the first is run before each     |
 * | `--> literal`      | the statement above gives this; further such lines go on with it   |
 * | `--! CODE`         | the statement above, or the text as a whole, fails with this code  |
 * | `--= ok CODE …`    | the status of each statement of the part, for transactions         |
 * | `--@ root`         | who asks from here on: `root`, `anonymous`, or `user:ann editor`   |
 * | `--$ name literal` | a parameter for the rest of the case                               |
 * | `--< statements`   | DQL to be run, in a file of NQL                                    |
 *
 * Statements between two expectations are one request: all but the last must succeed, the last is what is
 * expected of.
 * A query of NQL stands alone between two expectations; of its rows `_hash` is only looked for, since salts
 * are random.
 * Any other comment is a comment.
 */

import { compareExact, DbError, formatValue, parseLiteral, RecordId, type Value } from '@dendrodb/protocol'
import type { QueryHost } from '../packages/engine/src/query/host.ts'
import type { Session } from '../packages/engine/src/query/session.ts'
import { type QueryAnswer, runNql, runQuery } from '../packages/engine/src/run-query.ts'

export interface ConformanceCase {
  readonly name: string
  /** Line of its title. */
  readonly line: number
  readonly steps: readonly Step[]
}

export type Expectation =
  | { readonly type: 'value'; readonly text: string }
  | { readonly type: 'error'; readonly code: string }
  | { readonly type: 'statuses'; readonly statuses: readonly string[] }
  /** All statements succeed. */
  | { readonly type: 'success' }

export type Language = 'dql' | 'nql'

interface RequestStep {
  readonly type: 'request'
  readonly language: Language
  readonly text: string
  readonly line: number
  readonly expected: Expectation
}

type Step =
  | RequestStep
  | { readonly type: 'session'; readonly words: readonly string[] }
  | { readonly type: 'parameter'; readonly name: string; readonly literal: string }

export function parseConformance(text: string, language: Language = 'dql'): readonly ConformanceCase[] {
  const reader = new CaseReader(language)
  text.split('\n').forEach((line, i) => {
    reader.read(line, i + 1)
  })
  return reader.end()
}

/**
 * The examples of a page, fenced by the name of their language: every block is a case of its own. Before one
 * of NQL the blocks of DQL above it are run.
 */
export function parseExamples(page: string, language: Language = 'dql'): readonly ConformanceCase[] {
  const lines = page.split('\n')
  const cases: ConformanceCase[] = []
  const setup: string[] = []
  let heading = ''
  for (let i = 0; i < lines.length; i += 1) {
    heading = /^#+ (.*)$/.exec(lines[i] ?? '')?.[1] ?? heading
    const [, fenced] = /^```(dql|nql)$/.exec(lines[i] ?? '') ?? []
    if (fenced === undefined) continue
    const end = lines.indexOf('```', i + 1)
    const block = lines.slice(i + 1, end)
    if (fenced === language) {
      const [example] = parseConformance(['--# example', ...setup, ...block].join('\n'), language)
      if (example !== undefined) cases.push({ ...example, name: `${heading}, line ${i + 1}`, line: i + 1 })
    } else if (language === 'nql') {
      setup.push(`--< ${block.join(' ')}`)
    }
    i = end
  }
  return cases
}

class CaseReader {
  readonly #language: Language
  readonly #cases: ConformanceCase[] = []
  #setup: readonly Step[] = []
  #steps: Step[] = []
  #title: { readonly name: string; readonly line: number } | undefined
  #text: string[] = []
  #textLine = 0

  constructor(language: Language) {
    this.#language = language
  }

  read(line: string, number: number): void {
    const [, mark, rest = ''] = /^--([#>!=@$<])\s?(.*)$/.exec(line) ?? []
    switch (mark) {
      case undefined:
        this.#readText(line, number)
        break
      case '#':
        this.#endCase()
        this.#title = { name: rest.trim(), line: number }
        break
      case '>':
        this.#expectValue(rest)
        break
      case '!':
        this.#expect({ type: 'error', code: rest.trim() })
        break
      case '<':
        this.#expect({ type: 'success' })
        this.#steps.push({
          type: 'request',
          language: 'dql',
          text: rest,
          line: number,
          expected: { type: 'success' },
        })
        break
      case '=':
        this.#expect({ type: 'statuses', statuses: rest.trim().split(/\s+/) })
        break
      case '@':
        this.#expect({ type: 'success' })
        this.#steps.push({ type: 'session', words: rest.trim().split(/\s+/) })
        break
      default: {
        this.#expect({ type: 'success' })
        const [, name = '', literal = ''] = /^(\w+)\s+(.*)$/.exec(rest) ?? []
        this.#steps.push({ type: 'parameter', name, literal })
      }
    }
  }

  end(): readonly ConformanceCase[] {
    this.#endCase()
    return this.#cases
  }

  #readText(line: string, number: number): void {
    if (this.#text.length === 0) {
      if (line.trim() === '') return
      this.#textLine = number
    }
    this.#text.push(line)
  }

  #expectValue(rest: string): void {
    const last = this.#steps[this.#steps.length - 1]
    const goesOn = this.#text.length === 0 && last?.type === 'request' && last.expected.type === 'value'
    if (!goesOn) return this.#expect({ type: 'value', text: rest })
    const text = `${last.expected.type === 'value' ? last.expected.text : ''}\n${rest}`
    this.#steps[this.#steps.length - 1] = { ...last, expected: { type: 'value', text } }
  }

  #expect(expected: Expectation): void {
    const text = this.#text.join('\n')
    this.#text = []
    const isComment = text.split('\n').every((line) => /^\s*(--.*)?$/.test(line))
    const language = this.#language
    if (!isComment) this.#steps.push({ type: 'request', language, text, line: this.#textLine, expected })
  }

  #endCase(): void {
    this.#expect({ type: 'success' })
    if (this.#title === undefined) this.#setup = this.#steps
    else this.#cases.push({ ...this.#title, steps: [...this.#setup, ...this.#steps] })
    this.#steps = []
  }
}

const root: Session = { database: 'main', isRoot: true, isSystem: false }

/** Runs a case. @throws an error that names the line when an answer is not the expected one */
export async function runCase(host: QueryHost, { steps }: ConformanceCase): Promise<void> {
  // As on a connection: USE and LET hold from request to request.
  let session = root
  const vars: Record<string, Value> = {}
  for (const step of steps) {
    switch (step.type) {
      case 'session':
        session = sessionOf(step.words)
        break
      case 'parameter':
        vars[step.name] = parseLiteral(step.literal)
        break
      default: {
        const answer = await runStep(host, session, vars, step)
        if (answer !== undefined) {
          session = { ...session, database: answer.database }
          Object.assign(vars, answer.variables)
        }
      }
    }
  }
}

function sessionOf([who = 'root', ...roles]: readonly string[]): Session {
  if (who === 'root') return root
  const anonymous: Session = { database: 'main', isRoot: false, isSystem: false }
  return who === 'anonymous' ? anonymous : { ...anonymous, auth: { id: RecordId.parse(who), roles } }
}

async function runStep(
  host: QueryHost,
  session: Session,
  vars: Readonly<Record<string, Value>>,
  step: RequestStep,
): Promise<QueryAnswer | undefined> {
  const { language, text, line, expected } = step
  try {
    if (language === 'nql') {
      checkResult(step, await runNqlText(host, session, text))
      return undefined
    }
    const answer = await runQuery(host, session, text, vars)
    checkAnswer(step, answer)
    return answer
  } catch (error) {
    if (error instanceof Mismatch) throw error
    if (expected.type === 'error' && error instanceof DbError && error.code === expected.code)
      return undefined
    const problem = error instanceof DbError ? `${error.code}: ${error.message}` : error
    throw new Mismatch(`line ${line}: the text was refused: ${problem}\n${text}`)
  }
}

/** An answer that is not the expected one. */
class Mismatch extends Error {}

async function runNqlText(host: QueryHost, session: Session, text: string): Promise<Value> {
  const lines = text.split('\n').filter((line) => !line.startsWith('--'))
  const { rows, count } = await runNql(host, session, lines.join('\n'))
  if (count !== rows.length) throw new Error(`${count} is not the number of rows`)
  return rows.map(({ _hash, ...row }) => row)
}

function checkAnswer({ text, line, expected }: RequestStep, { results }: QueryAnswer): void {
  const fail = (problem: string) => new Mismatch(`line ${line}: ${problem}\n${text}`)
  if (expected.type === 'statuses') {
    const found = results.map((each) => (each.status === 'ok' ? 'ok' : each.error.code))
    if (found.join(' ') === expected.statuses.join(' ')) return
    throw fail(`expected ${expected.statuses.join(' ')}, found ${found.join(' ')}`)
  }
  const last = results[results.length - 1]
  const before = expected.type === 'success' ? results : results.slice(0, -1)
  for (const [i, each] of before.entries()) {
    if (each.status === 'error') throw fail(`statement ${i + 1} failed with ${describe(each.error)}`)
  }
  if (expected.type === 'success' || last === undefined) return
  if (last.status === 'ok') return checkResult({ text, line, expected }, last.result)
  if (expected.type !== 'error') throw fail(`failed with ${describe(last.error)}`)
  if (last.error.code !== expected.code)
    throw fail(`expected ${expected.code}, found ${describe(last.error)}`)
}

function checkResult({ text, line, expected }: Omit<RequestStep, 'type' | 'language'>, found: Value): void {
  const fail = (problem: string) => new Mismatch(`line ${line}: ${problem}\n${text}`)
  if (expected.type === 'error') throw fail(`expected ${expected.code}, found ${formatValue(found)}`)
  if (expected.type !== 'value') return
  const value = parseLiteral(expected.text)
  if (compareExact(value, found) === 0) return
  throw fail(`expected ${formatValue(value)}\n   found ${formatValue(found)}`)
}

function describe(error: DbError): string {
  const cause = error.cause instanceof Error ? `\n${error.cause.stack}` : ''
  return `${error.code}: ${error.message}${cause}`
}
