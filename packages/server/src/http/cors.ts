/**
 * Cross-origin requests (the Fetch standard): pages of the listed origins may call, no others.
 * Why no credentials mode: tokens travel in a header that a page sets itself, never in a cookie.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { preflightSeconds } from './limits.ts'

const exposed = [
  'X-Request-Id',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'Retry-After',
  'Location',
  'X-DDB-Seq',
  'X-DDB-Head',
].join(', ')

const requestHeaders = 'Authorization, Content-Type, Accept, X-DDB-Database, X-Request-Id'

export class CrossOrigin {
  readonly #origins: ReadonlySet<string>

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins)
  }

  /** Headers for an answer to `request`, whatever it will be. */
  allow(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#origins.size === 0) return
    const { origin } = request.headers
    const allowed = this.#origins.has('*') ? '*' : origin
    if (allowed !== '*') reply.header('vary', 'Origin')
    if (origin === undefined || allowed === undefined) return
    if (allowed !== '*' && !this.#origins.has(allowed)) return
    reply.header('access-control-allow-origin', allowed)
    reply.header('access-control-expose-headers', exposed)
  }

  /** Headers for the question what may be sent to a path. */
  allowPreflight(reply: FastifyReply, methods: readonly string[]): void {
    if (reply.getHeader('access-control-allow-origin') === undefined) return
    reply.header('access-control-allow-methods', methods.join(', '))
    reply.header('access-control-allow-headers', requestHeaders)
    reply.header('access-control-max-age', String(preflightSeconds))
  }
}
