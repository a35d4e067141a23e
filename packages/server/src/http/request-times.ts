/**
 * Moments in requests: commits by their number, instants as text.
 */

import type { AsOf } from '@dendrodb/engine'
import { Datetime, DbError, type Value } from '@dendrodb/protocol'
import type { FastifyRequest } from 'fastify'
import { fieldError } from './json-body.ts'
import { queryNumber, seqBounds } from './query-numbers.ts'

/** A commit's number, or an instant as text. @throws HTTP_FIELD_INVALID */
export function timeField(value: Value, field: string): AsOf | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return { seq: value }
  if (typeof value === 'string') return { instant: parseInstant(value, field) }
  throw fieldError(field, 'the number of a commit or a datetime', 'type')
}

/** The same in the query of a URL, where a number is text. @throws HTTP_FIELD_INVALID */
export function queryTime(request: FastifyRequest, name: string): AsOf | undefined {
  const given = queryText(request, name)
  return given !== undefined && /^\d{1,15}$/.test(given) ? { seq: Number(given) } : timeField(given, name)
}

/** `?as_of=12`, or `?timestamp=2026-01-31T09:30:00Z`. @throws HTTP_FIELD_INVALID */
export function asOfQuery(request: FastifyRequest): { readonly asOf?: AsOf } {
  const seq = queryNumber(request, 'as_of', seqBounds)
  const timestamp = queryText(request, 'timestamp')
  if (timestamp === undefined) return seq === undefined ? {} : { asOf: { seq } }
  if (seq !== undefined) throw fieldError('timestamp', 'left out where as_of is given', 'clash')
  return { asOf: { instant: parseInstant(timestamp, 'timestamp') } }
}

/** @throws HTTP_FIELD_INVALID */
export function queryText(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Readonly<Record<string, unknown>>)[name]
  if (value === undefined || typeof value === 'string') return value
  throw fieldError(name, 'given once', 'type')
}

function parseInstant(text: string, field: string): Datetime {
  try {
    return Datetime.parse(text)
  } catch (error) {
    if (error instanceof DbError) throw fieldError(field, 'the number of a commit or a datetime', 'type')
    throw error
  }
}
