/**
 * Bodies of requests: JSON in UTF-8, read as values, so that nothing behind this point meets anything else.
 */

import { isUtf8 } from 'node:buffer'
import { parseJson, type Value, type ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { BodyBudget } from './body-budget.ts'
import { httpErrors } from './http-errors.ts'

/** The only type of body that the server reads; all others are refused with 415. */
export function acceptJsonBodies(app: FastifyInstance, budget: BodyBudget): void {
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-type': type, 'content-length': length } = request.headers
    try {
      // Others are refused, or read as a stream.
      if (type?.toLowerCase().startsWith('application/json') === true) {
        const { bodyLimit } = request.routeOptions
        const bytes = length === undefined ? bodyLimit : Number(length)
        if (bytes > bodyLimit) throw httpErrors.BODY_TOO_LARGE({ bytesMax: bodyLimit })
        budget.take(bytes, reply.raw)
      }
      done(null, payload)
    } catch (error) {
      done(error as Error)
    }
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, readBody(request, body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** The body as an object. @throws HTTP_BODY_NOT_OBJECT */
export function objectBody(request: FastifyRequest): ValueObject {
  const body = request.body as Value
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  if (!isObject) throw httpErrors.BODY_NOT_OBJECT()
  return body as ValueObject
}

/** @throws HTTP_FIELD_INVALID */
export function textField(body: ValueObject, field: string): string {
  const value = optionalTextField(body, field)
  if (value === undefined) throw fieldError(field, 'a string', 'required')
  return value
}

/** @throws HTTP_FIELD_INVALID */
export function optionalTextField(body: ValueObject, field: string): string | undefined {
  const value = Object.hasOwn(body, field) ? body[field] : undefined
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw fieldError(field, 'a string', 'type')
}

export function fieldError(field: string, expected: string, code: string): Error {
  return httpErrors.FIELD_INVALID({ field, expected, errors: [{ field, code }] })
}

/** `undefined` for no body at all. */
function readBody(request: FastifyRequest, body: Buffer): Value {
  const { 'content-encoding': compression, 'content-type': type = '' } = request.headers
  if (compression !== undefined && compression !== 'identity') throw httpErrors.BODY_TYPE()
  const charset = /;\s*charset="?([^";\s]+)/i.exec(type)?.[1]
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw httpErrors.BODY_TYPE()
  if (body.length === 0) return undefined
  if (!isUtf8(body)) throw httpErrors.BODY_ENCODING()
  return parseJson(body.toString('utf8'), { uniqueFields: true })
}
