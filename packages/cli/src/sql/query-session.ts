/**
 * What a person at a REPL takes for granted and a request does not have: the database and the branch that USE
 * chose, and the variables that LET set. They are kept here and sent along with each statement that needs
 * them, so that a session is the same over HTTP, which has none, and in the process.
 */

import { DbError, formatIdentifier, formatValue, type Value } from '@dendrodb/protocol'
import { cliErrors } from '../cli-errors.ts'
import type { Connection, Outcome } from './connection.ts'
import { variableCharsMax } from './limits.ts'
import type { ScannedStatement } from './scan-statements.ts'

interface Variable {
  /** The LET that sets it. */
  readonly text: string
  /** Variables that this LET needs itself. */
  readonly params: readonly string[]
}

export class QuerySession {
  readonly connection: Connection
  database: string
  branch: string | undefined
  /** In the order in which they were set. */
  readonly #variables = new Map<string, Variable>()

  constructor(connection: Connection, database: string, branch?: string) {
    this.connection = connection
    this.database = database
    this.branch = branch
  }

  /**
   * Runs a statement, or a transaction of several: the outcome of each.
   * @throws when it does not parse (with its place in the text that it was cut from), or nobody is there to
   * run it
   */
  async run(statement: ScannedStatement, signal?: AbortSignal): Promise<readonly Outcome[]> {
    const lets = this.#letsFor(statement.params)
    // On lines of their own, so that the columns of the statement stay.
    const prefix = lets.map(({ text }) => `${text};\n`).join('')
    const text = `${prefix}${statement.text}${probeOf(statement)}`
    const prefixLines = prefix.split('\n').length - 1
    try {
      const { database, branch } = this
      const outcomes = await this.connection.run(text, { database, branch, signal })
      return this.#withoutProbe(statement, outcomes.slice(lets.length))
    } catch (error) {
      // It was removed meanwhile: what comes next is not held up by that.
      if (error instanceof DbError && error.code === 'BRANCH_UNKNOWN') this.branch = undefined
      throw placedError(error, prefixLines, statement)
    }
  }

  /** What the statement needs, and what that needs, in the order in which it was set. */
  #letsFor(params: readonly string[]): readonly Variable[] {
    const needed = new Set<string>()
    const need = (names: readonly string[]) => {
      for (const name of names) {
        if (needed.has(name)) continue
        needed.add(name)
        need(this.#variables.get(name)?.params ?? [])
      }
    }
    need(params)
    return [...this.#variables].filter(([name]) => needed.has(name)).map(([, variable]) => variable)
  }

  #withoutProbe(statement: ScannedStatement, outcomes: readonly Outcome[]): readonly Outcome[] {
    const { keyword, variable } = statement
    const probe = outcomes.at(-1)
    if (probe === undefined || probeOf(statement) === '') return outcomes
    const own = outcomes.slice(0, -1)
    if (own.some(({ status }) => status === 'error')) return own
    if (keyword === 'USE' && probe.status === 'ok') this.#enter(probe.value)
    if (variable !== undefined) this.#keep(variable, statement, probe)
    return own
  }

  #enter(place: Value): void {
    const [database, branch] = place as readonly Value[]
    this.database = String(database)
    this.branch = String(branch)
  }

  #keep(name: string, statement: ScannedStatement, probe: Outcome): void {
    this.#variables.delete(name)
    // What is no value, a closure, is kept as it was written.
    if (probe.status === 'error') {
      const { text } = statement
      this.#variables.set(name, { text, params: statement.params.filter((param) => param !== name) })
      return
    }
    const literal = formatValue(probe.value)
    if (literal.length > variableCharsMax)
      throw cliErrors.VARIABLE_TOO_LARGE({ name, limit: variableCharsMax })
    this.#variables.set(name, { text: `LET $${formatIdentifier(name)} = ${literal}`, params: [] })
  }
}

/** A further statement, whose result is what has to be remembered. */
function probeOf({ keyword, variable }: ScannedStatement): string {
  if (variable !== undefined) return `;RETURN $${formatIdentifier(variable)}`
  return keyword === 'USE' ? ';RETURN [$session.db, $session.branch]' : ''
}

/**
 * An error of parsing with the place that it has in the text which the statement was cut from. It was counted
 * in what was sent: the lines put before the statement, and the statement.
 */
function placedError(error: unknown, linesBefore: number, statement: ScannedStatement): unknown {
  if (!(error instanceof DbError)) return error
  const { code, status, details, cause } = error
  if (typeof details.line !== 'number' || typeof details.column !== 'number') return error
  const ownLine = Math.max(1, details.line - linesBefore)
  const line = statement.line + ownLine - 1
  const column = ownLine === 1 ? details.column + statement.column - 1 : details.column
  const counted = `at line ${details.line}, column ${details.column}`
  const message = error.message.replace(counted, `at line ${line}, column ${column}`)
  const { offset: _counted, ...rest } = details
  return new DbError({ code, status, message, details: { ...rest, line, column }, cause })
}
