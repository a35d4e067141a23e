/**
 * `/metrics` in the text format of Prometheus, for the listed addresses.
 */

import type { FastifyInstance } from 'fastify'
import type { ServerMetrics } from '../../observability/server-metrics.ts'
import { createAllowList } from '../allow-list.ts'
import { httpErrors } from '../http-errors.ts'

export interface MetricsOptions {
  readonly metrics: ServerMetrics
  readonly allowedIps: readonly string[]
}

export function metricsRoutes(app: FastifyInstance, { metrics, allowedIps }: MetricsOptions): void {
  const isAllowed = createAllowList(allowedIps)
  app.get('/metrics', async (request, reply) => {
    if (!isAllowed(request.ip)) throw httpErrors.METRICS_FORBIDDEN()
    const { contentType, text } = await metrics.exposition()
    return reply.type(contentType).send(text)
  })
}
