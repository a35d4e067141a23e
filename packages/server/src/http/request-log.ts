/**
 * One line of the log, and one observation, per request, once its answer is out or its client gone.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../observability/log.ts'
import type { ServerMetrics } from '../observability/server-metrics.ts'

/** Probes come every few seconds and say nothing new. */
const quietPaths: ReadonlySet<string> = new Set(['/health', '/live', '/ready', '/metrics'])

export function createRequestLog(log: Log, metrics: ServerMetrics) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { method, url, principal } = request
    const status = reply.statusCode
    const durationMs = Math.round(reply.elapsedTime * 1000) / 1000
    // What follows the path may hold secrets.
    const queryStart = url.indexOf('?')
    const path = queryStart < 0 ? url : url.slice(0, queryStart)
    const line = {
      request_id: request.id,
      method,
      path,
      status,
      duration_ms: durationMs,
      ...(principal?.type === 'user' && { user_id: principal.userId, session_id: principal.sessionId }),
      ...(principal?.type === 'root' && { user_id: 'root' }),
      ...(!reply.raw.writableFinished && { aborted: true }),
    }
    if (quietPaths.has(path)) log.debug(line, 'request')
    else log.info(line, 'request')
    const { url: route } = request.routeOptions
    metrics.observeRequest({ method, path: route ?? '(none)', status, seconds: durationMs / 1000 })
    done()
  }
}
