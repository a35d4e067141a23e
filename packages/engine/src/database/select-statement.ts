/**
 * `select(table, options)` as DQL text and parameters, so that there is one way to run a query.
 */

import { type Datetime, formatIdentifier, RecordId } from '@dendrodb/protocol'

export interface SelectOptions {
  /** Fields and the values they must equal; nested fields with dots. */
  readonly where?: Readonly<Record<string, unknown>>
  readonly orderBy?: Readonly<Record<string, 'asc' | 'desc'>>
  readonly limit?: number
  readonly start?: number
  /** Commit to read as of. */
  readonly asOf?: number
  /** Instant or day of valid time to read as of. */
  readonly validAsOf?: string | Date | Datetime
}

export function selectStatement(
  table: string,
  options: SelectOptions,
): { readonly text: string; readonly vars: Readonly<Record<string, unknown>> } {
  const { where = {}, orderBy = {}, limit, start, asOf, validAsOf } = options
  const vars: Record<string, unknown> = {}
  const bind = (value: unknown) => {
    const name = `v${Object.keys(vars).length}`
    vars[name] = value
    return `$${name}`
  }
  const conditions = Object.entries(where).map(([path, value]) => `${formatPath(path)} = ${bind(value)}`)
  const orders = Object.entries(orderBy).map(([path, direction]) => {
    return `${formatPath(path)} ${direction === 'desc' ? 'DESC' : 'ASC'}`
  })
  const clauses = [
    `SELECT * FROM ${formatIdentifier(new RecordId(table, 0).table)}`,
    conditions.length > 0 && `WHERE ${conditions.join(' AND ')}`,
    orders.length > 0 && `ORDER BY ${orders.join(', ')}`,
    limit !== undefined && `LIMIT ${bind(limit)}`,
    start !== undefined && `START ${bind(start)}`,
    asOf !== undefined && `AS OF ${bind(asOf)}`,
    validAsOf !== undefined && `VALID AS OF ${bind(validAsOf)}`,
  ]
  return { text: clauses.filter((clause) => clause !== false).join(' '), vars }
}

function formatPath(path: string): string {
  return path.split('.').map(formatIdentifier).join('.')
}
