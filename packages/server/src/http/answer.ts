/**
 * Answers: JSON, or canonical CBOR for who asks for it. Errors are JSON whoever asks.
 */

import {
  type DbError,
  type ErrorBody,
  encodeCanonicalAnswer,
  errorBody,
  errorStatusTable,
  stringifyJson,
  toDbError,
  type Value,
} from '@dendrodb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { httpStatusOf } from './http-errors.ts'

export const jsonType = 'application/json; charset=utf-8'
const cborType = 'application/cbor'

export function sendValue(request: FastifyRequest, reply: FastifyReply, value: Value): FastifyReply {
  if (wantsCbor(request.headers.accept)) return reply.type(cborType).send(encodeCanonicalAnswer(value))
  return reply.type(jsonType).send(stringifyJson(value))
}

/** A value of its own in an answer: in JSON, which leaves NONE out of objects, NONE would be missing. */
export function shownValue(request: FastifyRequest, value: Value): Value {
  return value === undefined && !wantsCbor(request.headers.accept) ? null : value
}

/** The body of an error: `{error: {code, reason, message, status, …}}`, and its HTTP status. */
export function errorAnswer(error: unknown): { readonly status: number; readonly text: string } {
  const body = publicError(toDbError(error))
  return { status: body.status, text: JSON.stringify({ error: body }) }
}

/** What a client is told. Where our files lie is for the log alone. */
export function publicError(error: DbError): ErrorBody {
  const body: ErrorBody = { ...errorBody(error), ...httpStatusOf.get(error.code) }
  if (body.status < 500) return body
  const { path: _, ...shown } = body
  let { message } = body
  for (const place of [error.details.path, error.details.file, error.details.folder]) {
    if (typeof place === 'string') message = message.replaceAll(place, 'the data folder')
  }
  return { ...shown, message }
}

/** Whether whoever runs the server should learn of it: it is no fault of the request. */
export function concernsOperator({ code, status, details }: DbError): boolean {
  const isPassing = details.retry_after_secs !== undefined || code === 'HTTP_NOT_READY'
  return errorStatusTable[status].http === 500 || (status === 'unavailable' && !isPassing)
}

/** Whether CBOR is named and JSON is not preferred to it (RFC 9110, 12.5.1). */
function wantsCbor(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*' || !/cbor/i.test(accept)) return false
  const ranges = new Map(accept.toLowerCase().split(',').map(readRange))
  const cbor = ranges.get(cborType) ?? 0
  const json = ranges.get('application/json') ?? ranges.get('application/*') ?? ranges.get('*/*') ?? 0
  return cbor > 0 && cbor >= json
}

/** A range of types and its weight. */
function readRange(range: string): readonly [type: string, weight: number] {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
  const weight = parameters.map((parameter) => /^q=(\d(?:\.\d*)?)$/.exec(parameter)?.[1]).find(Boolean)
  return [type, Number(weight ?? 1)]
}
