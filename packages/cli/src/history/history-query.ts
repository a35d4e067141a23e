/** The DQL statements behind `ddb history` and `ddb diff`. */

import { Datetime, DbError, formatIdentifier, formatValue, type RecordId } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'

/** @throws LITERAL_SYNTAX, CLI_OPTION_VALUE */
export function historyQuery(record: RecordId, before: number | undefined, limit: number): string {
  const args = [formatValue(record), ...(before === undefined ? [] : [before])]
  return `SELECT * FROM record::history(${args.join(', ')}) LIMIT ${limit}`
}

export interface DiffRequest {
  readonly from: string
  readonly to: string | undefined
  readonly tables: readonly string[]
}

export function diffQuery(
  { from, to, tables }: DiffRequest,
  after: RecordId | undefined,
  limit: number,
): string {
  return [
    `DIFF FROM ${momentText(from)}`,
    to === undefined ? '' : ` TO ${momentText(to)}`,
    tables.length === 0 ? '' : ` TABLES ${tables.map(formatIdentifier).join(', ')}`,
    after === undefined ? '' : ` AFTER ${formatValue(after)}`,
    ` LIMIT ${limit}`,
  ].join('')
}

/** A commit by its number, an instant, or else the name of a snapshot. */
function momentText(given: string): string {
  if (/^\d{1,16}$/.test(given)) return given
  try {
    return formatValue(Datetime.parse(given))
  } catch (error) {
    if (error instanceof DbError) return `SNAPSHOT ${formatIdentifier(given)}`
    throw error
  }
}

/** @throws CLI_OPTION_VALUE */
export function numberOption(args: Arguments, name: string, least: number): number | undefined {
  const text = args.value(name)
  if (text === undefined) return undefined
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (number >= least) return number
  throw cliErrors.OPTION_VALUE({
    name: `--${name}`,
    problem: `must be a number from ${least}, not "${text}"`,
  })
}
