/**
 * An error as a person reads it: one line, for a query the place with a caret, and the stable code.
 */

import { DbError, errorStatusTable } from '@dendrodb/protocol'
import type { CliIo } from '../cli-io.ts'
import { type Paint, paintFor } from './paint.ts'
import { printableLine, printableText } from './printable.ts'

/** Where the statement that failed stands, for errors that name no place themselves. */
export interface ErrorPlace {
  /** File, or nothing for what was typed. */
  readonly source?: string
  readonly line: number
}

/** Writes it to standard error and gives the exit code. */
export function reportError(error: unknown, io: Pick<CliIo, 'stderr' | 'env'>, place?: ErrorPlace): number {
  io.stderr.write(errorText(error, paintFor(io.stderr, io), place))
  return exitCodeOf(error)
}

export function exitCodeOf(error: unknown): number {
  return errorStatusTable[error instanceof DbError ? error.status : 'internal'].exit
}

export function errorText(error: unknown, paint: Paint, place?: ErrorPlace): string {
  if (!(error instanceof DbError)) return bugText(error, paint)
  const { message, code, details } = error
  const where = whereOf(details, place)
  const head = `${paint.red('error')}: ${where}${printableLine(message)} ${paint.dim(`[${code}]`)}\n`
  const { snippet } = details
  return typeof snippet === 'string' ? `${head}${snippetText(snippet, paint)}` : head
}

/** `file:line:column: `, or `file:line: ` for an error that has no column. */
function whereOf({ line, column }: DbError['details'], place: ErrorPlace | undefined): string {
  if (place?.source === undefined) return ''
  return line === undefined ? `${place.source}:${place.line}: ` : `${place.source}:${line}:${column}: `
}

/** The line of the query, and the caret below it. */
function snippetText(snippet: string, paint: Paint): string {
  const [line = '', caret = ''] = snippet.split('\n')
  return `  ${printableText(line)}\n  ${paint.red(printableText(caret))}\n`
}

/** Not one of our errors: whoever reports it needs the stack. */
function bugText(error: unknown, paint: Paint): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${paint.red('error')}: ddb met an unexpected error; please report it with what follows\n${printableText(text)}\n`
}
