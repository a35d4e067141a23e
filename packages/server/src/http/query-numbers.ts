/**
 * Numbers in the query of a URL: `?limit=50`.
 */

import type { FastifyRequest } from 'fastify'
import { fieldError } from './json-body.ts'

export interface NumberBounds {
  readonly least: number
  readonly most: number
}

/** The number, or `undefined` where it is not given. @throws HTTP_FIELD_INVALID */
export function queryNumber(
  request: FastifyRequest,
  name: string,
  { least, most }: NumberBounds,
): number | undefined {
  const given = (request.query as Readonly<Record<string, unknown>>)[name]
  if (given === undefined) return undefined
  return readNumber(given, name, { least, most })
}

/** The same for a text from elsewhere in the request. @throws HTTP_FIELD_INVALID */
export function readNumber(given: unknown, name: string, { least, most }: NumberBounds): number {
  const isNumber = typeof given === 'string' && /^\d{1,16}$/.test(given)
  const number = isNumber ? Number(given) : Number.NaN
  if (number >= least && number <= most) return number
  throw fieldError(name, `an integer from ${least} to ${most}`, 'range')
}

/** Numbers of commits, and sizes of trees. */
export const seqBounds: NumberBounds = { least: 0, most: Number.MAX_SAFE_INTEGER }
