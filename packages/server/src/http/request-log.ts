/**
 * One line of the log, and one observation, per request, once its answer is out or its client gone.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../observability/log.ts'
import type { ServerMetrics } from '../observability/server-metrics.ts'

/** Probes come every few seconds and say nothing new. */
const quietPaths: ReadonlySet<string> = new Set(['/health', '/live', '/ready', '/metrics'])

/** As web servers write it when a client did not wait for its answer. */
const clientGoneStatus = 499

export class RequestLog {
  readonly #log: Log
  readonly #metrics: ServerMetrics

  constructor(log: Log, metrics: ServerMetrics) {
    this.#log = log
    this.#metrics = metrics
  }

  /** To be called when the request begins. */
  watch(request: FastifyRequest, reply: FastifyReply): void {
    const startedAt = performance.now()
    // Also when the connection ends before the answer does, of which the framework tells nothing.
    reply.raw.once('close', () => this.#finish(request, reply, performance.now() - startedAt))
  }

  #finish(request: FastifyRequest, reply: FastifyReply, tookMs: number): void {
    const { method, principal, id } = request
    const path = pathOf(request.url)
    const status = reply.raw.writableFinished ? reply.statusCode : clientGoneStatus
    const line = {
      request_id: id,
      method,
      path,
      status,
      duration_ms: Math.round(tookMs * 1000) / 1000,
      ...(principal?.type === 'user' && { user_id: principal.userId, session_id: principal.sessionId }),
      ...(principal?.type === 'root' && { user_id: 'root' }),
    }
    if (quietPaths.has(path)) this.#log.debug(line, 'request')
    else this.#log.info(line, 'request')
    const { url: route = '(none)' } = request.routeOptions
    this.#metrics.observeRequest({ method, path: route, status, seconds: tookMs / 1000 })
  }
}

/** Without what follows it, which may hold secrets. */
function pathOf(url: string): string {
  const queryStart = url.indexOf('?')
  return queryStart < 0 ? url : url.slice(0, queryStart)
}
