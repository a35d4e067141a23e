/**
 * Statements from a file, standard input or `-e`, one after the other; the first error ends it unless told otherwise.
 */

import type { CliIo } from '../cli-io.ts'
import { reportError } from '../output/report-error.ts'
import type { ResultView } from './result-view.ts'
import type { QuerySession } from './query-session.ts'
import { type ScannedStatement, scanStatements } from './scan-statements.ts'

export interface Script {
  readonly text: string
  /** File name, for errors. */
  readonly source?: string | undefined
}

export interface ScriptOptions {
  readonly session: QuerySession
  readonly view: ResultView
  readonly io: CliIo
  readonly continuesAfterErrors: boolean
  readonly signal?: AbortSignal
}

/** The exit code: of the first error, or 0. */
export async function runScript({ text, source }: Script, options: ScriptOptions): Promise<number> {
  const { statements, rest } = scanStatements(text)
  let exitCode = 0
  for (const statement of rest === undefined ? statements : [...statements, rest]) {
    const code = await runStatement(statement, source, options)
    exitCode ||= code
    if (code !== 0 && (!options.continuesAfterErrors || options.signal?.aborted === true)) return exitCode
  }
  return exitCode
}

async function runStatement(
  statement: ScannedStatement,
  source: string | undefined,
  { session, view, io, signal }: ScriptOptions,
): Promise<number> {
  const place = { firstLine: statement.line, ...(source !== undefined && { source }) }
  let exitCode = 0
  try {
    for (const outcome of await session.run(statement, signal)) {
      if (outcome.status === 'error') exitCode ||= reportError(outcome.error, io, place)
      else await view.show(outcome, statement.fields)
    }
  } catch (error) {
    exitCode ||= reportError(error, io, place)
  }
  return exitCode
}
