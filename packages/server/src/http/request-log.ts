/**
 * One line of the log, and one observation, per request, once its answer is out or its client gone.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../observability/log.ts'
import type { ServerMetrics } from '../observability/server-metrics.ts'
import { isRefusing } from './refused-body.ts'

/** Probes come every few seconds and say nothing new. */
const quietPaths: ReadonlySet<string> = new Set(['/health', '/health/full', '/live', '/ready', '/metrics'])

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
    reply.raw.on('close', () => this.#finish(request, reply, performance.now() - startedAt))
  }

  #finish(request: FastifyRequest, reply: FastifyReply, tookMs: number): void {
    const { method, principal } = request
    const path = pathOf(request.url)
    // A refusal is sent at once, and its end held back.
    const isAnswered = reply.raw.writableFinished || isRefusing(request.raw.socket)
    const status = isAnswered ? reply.statusCode : clientGoneStatus
    this.#log.request({
      level: quietPaths.has(path) ? 'debug' : 'info',
      requestId: request.id,
      method,
      path,
      status,
      durationMs: Math.round(tookMs * 1000) / 1000,
      userId: principal?.type === 'user' ? principal.userId : rootName(principal?.type),
      sessionId: principal?.type === 'user' ? principal.sessionId : undefined,
    })
    const { url: route = '(none)' } = request.routeOptions
    this.#metrics.observeRequest({ method, path: route, status, seconds: tookMs / 1000 })
  }
}

function rootName(type: string | undefined): string | undefined {
  return type === 'root' ? 'root' : undefined
}

/** Without what follows it, which may hold secrets. */
function pathOf(url: string): string {
  const queryStart = url.indexOf('?')
  return queryStart < 0 ? url : url.slice(0, queryStart)
}
