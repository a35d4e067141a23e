/**
 * One statement, or one transaction, run and shown.
 */

import { DbError, type ErrorStatus } from '@dendrodb/protocol'
import type { CliIo } from '../cli-io.ts'
import { type ErrorPlace, reportError } from '../output/report-error.ts'
import type { Outcome } from './connection.ts'
import type { QuerySession } from './query-session.ts'
import type { ResultView } from './result-view.ts'
import type { ScannedStatement } from './scan-statements.ts'

export interface StatementOptions {
  readonly session: QuerySession
  readonly view: ResultView
  readonly io: CliIo
  readonly signal?: AbortSignal | undefined
}

/**
 * The exit code: of the first error, or 0.
 * @throws what is not about this statement: nobody answers, or lets us in
 */
export async function runStatement(
  statement: ScannedStatement,
  source: string | undefined,
  { session, view, io, signal }: StatementOptions,
): Promise<number> {
  const place = { line: statement.line, ...(source !== undefined && { source }) }
  try {
    const outcomes = await session.run(statement, signal)
    for (const outcome of outcomes) {
      if (outcome.status === 'error') continue
      // Within a transaction only what has a result is worth a line.
      if (outcomes.length > 1 && (outcome.value ?? null) === null) continue
      await view.show(outcome, statement)
    }
    return reportFailures(outcomes, io, place)
  } catch (error) {
    if (error instanceof DbError && aboutConnection.has(error.status)) throw error
    return reportError(error, io, place)
  }
}

const aboutConnection: ReadonlySet<ErrorStatus> = new Set([
  'unavailable',
  'unauthenticated',
  'invalid_credentials',
  'account_locked',
  'rate_limited',
])

/** Of a transaction that failed only the statement that is to blame: of the others each says just that. */
function reportFailures(outcomes: readonly Outcome[], io: CliIo, place: ErrorPlace): number {
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'error' ? [outcome.error] : []))
  const causes = errors.filter((error) => !consequences.has(error.code))
  const nothing = 'nothing of the transaction was written'
  if (causes.length === 0 && isCancelledOnPurpose(outcomes, errors)) {
    io.stderr.write(`${nothing}: CANCEL ended it\n`)
    return 0
  }
  let exitCode = 0
  for (const error of causes.length > 0 ? causes : errors.slice(0, 1)) {
    exitCode ||= reportError(error, io, place)
  }
  if (causes.length > 0 && causes.length < errors.length) io.stderr.write(`${nothing}\n`)
  return exitCode
}

const consequences: ReadonlySet<string> = new Set(['QUERY_TRANSACTION_FAILED', 'QUERY_TRANSACTION_CANCELLED'])

/** CANCEL itself succeeds; a transaction without an end does not. */
function isCancelledOnPurpose(outcomes: readonly Outcome[], errors: readonly DbError[]): boolean {
  return errors.length > 0 && outcomes.at(-1)?.status === 'ok'
}
