/**
 * `/metrics` in the text format of Prometheus, for the listed addresses.
 */

import type { FastifyInstance } from 'fastify'
import type { ServerMetrics } from '../../observability/server-metrics.ts'
import type { CheckOperator } from '../operator-access.ts'

export interface MetricsOptions {
  readonly metrics: ServerMetrics
  readonly checkOperator: CheckOperator
}

export function metricsRoutes(app: FastifyInstance, { metrics, checkOperator }: MetricsOptions): void {
  app.get('/metrics', async (request, reply) => {
    checkOperator(request)
    const { contentType, text } = await metrics.exposition()
    return reply.type(contentType).send(text)
  })
}
