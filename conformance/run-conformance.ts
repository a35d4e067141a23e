/**
 * Conformance cases: DQL text with what it must answer, run against any host.
 * Why text: the cases are the reference of the language. Whoever writes an engine, a server or an SDK runs
 * the same files, and whoever learns the language reads them.
 *
 * A file is DQL; its comments say what is expected.
 *
 * | line               | meaning                                                            |
 * |--------------------|--------------------------------------------------------------------|
 * | `--# name`         | a case begins; what stands before the first is run before each     |
 * | `--> literal`      | the statement above gives this; further such lines go on with it   |
 * | `--! CODE`         | the statement above, or the text as a whole, fails with this code  |
 * | `--= ok CODE …`    | the status of each statement of the part, for transactions         |
 * | `--@ root`         | who asks from here on: `root`, `anonymous`, or `user:ann editor`   |
 * | `--$ name literal` | a parameter for the rest of the case                               |
 *
 * Statements between two expectations are one request: all but the last must succeed, the last is what is
 * expected of.
 * Any other comment is a comment.
 */

import { compareExact, DbError, formatValue, parseLiteral, RecordId, type Value } from '@dendrodb/protocol'
import type { QueryHost } from '../packages/engine/src/query/host.ts'
import type { Session } from '../packages/engine/src/query/session.ts'
import { type QueryAnswer, runQuery } from '../packages/engine/src/run-query.ts'

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

type Step =
  | { readonly type: 'request'; readonly text: string; readonly line: number; readonly expected: Expectation }
  | { readonly type: 'session'; readonly words: readonly string[] }
  | { readonly type: 'parameter'; readonly name: string; readonly literal: string }

export function parseConformance(text: string): readonly ConformanceCase[] {
  const reader = new CaseReader()
  text.split('\n').forEach((line, i) => {
    reader.read(line, i + 1)
  })
  return reader.end()
}

/** The examples of a page, fenced as `dql`: every block is a case of its own. */
export function parseExamples(page: string): readonly ConformanceCase[] {
  const lines = page.split('\n')
  const cases: ConformanceCase[] = []
  let heading = ''
  for (let i = 0; i < lines.length; i += 1) {
    heading = /^#+ (.*)$/.exec(lines[i] ?? '')?.[1] ?? heading
    if (lines[i] !== '```dql') continue
    const end = lines.indexOf('```', i + 1)
    const [example] = parseConformance(['--# example', ...lines.slice(i + 1, end)].join('\n'))
    if (example !== undefined) cases.push({ ...example, name: `${heading}, line ${i + 1}`, line: i + 1 })
    i = end
  }
  return cases
}

class CaseReader {
  readonly #cases: ConformanceCase[] = []
  #setup: readonly Step[] = []
  #steps: Step[] = []
  #title: { readonly name: string; readonly line: number } | undefined
  #text: string[] = []
  #textLine = 0

  read(line: string, number: number): void {
    const [, mark, rest = ''] = /^--([#>!=@$])\s?(.*)$/.exec(line) ?? []
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
    if (!isComment) this.#steps.push({ type: 'request', text, line: this.#textLine, expected })
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
          session = { ...session, database: answer.database, branch: answer.branch }
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
  { text, line, expected }: Extract<Step, { type: 'request' }>,
): Promise<QueryAnswer | undefined> {
  const fail = (problem: string) => new Error(`line ${line}: ${problem}\n${text}`)
  let answer: QueryAnswer
  try {
    answer = await runQuery(host, session, text, vars)
  } catch (error) {
    if (expected.type === 'error' && error instanceof DbError && error.code === expected.code)
      return undefined
    throw fail(
      `the text was refused: ${error instanceof DbError ? `${error.code}: ${error.message}` : error}`,
    )
  }
  const { results } = answer
  if (expected.type === 'statuses') {
    const found = results.map((each) => (each.status === 'ok' ? 'ok' : each.error.code))
    if (found.join(' ') === expected.statuses.join(' ')) return answer
    throw fail(`expected ${expected.statuses.join(' ')}, found ${found.join(' ')}`)
  }
  const last = results[results.length - 1]
  const before = expected.type === 'success' ? results : results.slice(0, -1)
  for (const [i, each] of before.entries()) {
    if (each.status === 'error') throw fail(`statement ${i + 1} failed with ${describe(each.error)}`)
  }
  if (expected.type === 'success' || last === undefined) return answer
  if (expected.type === 'error') {
    if (last.status === 'ok') throw fail(`expected ${expected.code}, found ${formatValue(last.result)}`)
    if (last.error.code !== expected.code)
      throw fail(`expected ${expected.code}, found ${describe(last.error)}`)
    return answer
  }
  if (last.status === 'error') throw fail(`failed with ${describe(last.error)}`)
  const value = parseLiteral(expected.text)
  if (compareExact(value, last.result) !== 0) {
    throw fail(`expected ${formatValue(value)}\n   found ${formatValue(last.result)}`)
  }
  return answer
}

function describe(error: DbError): string {
  const cause = error.cause instanceof Error ? `\n${error.cause.stack}` : ''
  return `${error.code}: ${error.message}${cause}`
}
