/**
 * Answers: JSON, or canonical CBOR for who asks for it. Errors are JSON whoever asks.
 */

import { encodeCanonical, errorBody, stringifyJson, toDbError, type Value } from '@dendrodb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { httpStatusOf } from './http-errors.ts'

export const jsonType = 'application/json; charset=utf-8'
const cborType = 'application/cbor'

export function sendValue(request: FastifyRequest, reply: FastifyReply, value: Value): FastifyReply {
  if (wantsCbor(request.headers.accept)) return reply.type(cborType).send(encodeCanonical(value))
  return reply.type(jsonType).send(stringifyJson(value))
}

/** The body of an error: `{error: {code, reason, message, status, …}}`, and its HTTP status. */
export function errorAnswer(error: unknown): { readonly status: number; readonly text: string } {
  const known = toDbError(error)
  const body = { ...errorBody(known), ...httpStatusOf.get(known.code) }
  return { status: body.status, text: JSON.stringify({ error: body }) }
}

function wantsCbor(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*' || !accept.includes(cborType)) return false
  return accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim())
    return type === cborType && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}
