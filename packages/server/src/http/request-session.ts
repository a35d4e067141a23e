/**
 * The session that a request's queries run in: its principal's rights, the server's bounds, where it came
 * from, and the branch of the header `X-DDB-Branch`.
 */

import type { Session, SessionLimits } from '@dendrodb/engine'
import { assert } from '@dendrodb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'

export type RequestSession = Omit<Session, 'database'>

export function sessionOf(request: FastifyRequest, limits: SessionLimits): RequestSession {
  const { principal } = request
  assert(principal.type !== 'anonymous', 'the route asks for an account')
  const branch = request.headers['x-ddb-branch']
  return {
    ...principal.session,
    limits,
    info: { ip: request.ip },
    ...(typeof branch === 'string' && { branch }),
  }
}

/** Aborts when the client goes away before it has its answer, so that nobody works for nobody. */
export function abortOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
