/**
 * The session that a request's queries run in: its principal's rights, the server's bounds, where it came
 * from, and the branch of the header `X-DDB-Branch` on the routes that know branches.
 */

import type { Database, Session, SessionLimits } from '@dendrodb/engine'
import { assert } from '@dendrodb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'

export type RequestSession = Omit<Session, 'database'>

export function sessionOf(request: FastifyRequest, limits: SessionLimits): RequestSession {
  const { principal } = request
  assert(principal.type !== 'anonymous', 'the route asks for an account')
  return { ...principal.session, limits, info: { ip: request.ip } }
}

/** On the branch that the request names. @throws BRANCH_UNKNOWN */
export function branchSessionOf(
  request: FastifyRequest,
  database: Database,
  limits: SessionLimits,
): RequestSession {
  const session = sessionOf(request, limits)
  const branch = request.headers['x-ddb-branch']
  if (typeof branch !== 'string') return session
  // That there is no such branch is an error of the request, not of each of its statements.
  database.branches.open(branch)
  return { ...session, branch }
}

/** Aborts when the client goes away before it has its answer, so that nobody works for nobody. */
export function abortOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
