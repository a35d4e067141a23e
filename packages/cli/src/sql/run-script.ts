/**
 * Statements from a file, standard input or `-e`, one after the other; the first error ends it unless told
 * otherwise.
 */

import type { CliIo } from '../cli-io.ts'
import type { QuerySession } from './query-session.ts'
import type { ResultView } from './result-view.ts'
import { runStatement } from './run-statement.ts'
import { scanStatements } from './scan-statements.ts'

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
  readonly signal?: AbortSignal | undefined
}

/** The exit code: of the first error, or 0. @throws what is about no statement but the connection */
export async function runScript({ text, source }: Script, options: ScriptOptions): Promise<number> {
  const { continuesAfterErrors, signal } = options
  const { statements, rest } = scanStatements(text)
  let exitCode = 0
  for (const statement of rest === undefined ? statements : [...statements, rest]) {
    const code = await runStatement(statement, source, options)
    exitCode ||= code
    if (code !== 0 && (!continuesAfterErrors || signal?.aborted === true)) return exitCode
  }
  return exitCode
}
