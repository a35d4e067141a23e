/**
 * `POST /api/nql`: one query of NQL in, its rows out.
 */

import type { FastifyInstance } from 'fastify'
import type { ServerMetrics } from '../../observability/server-metrics.ts'
import { sendValue } from '../answer.ts'
import { objectBody, optionalTextField, textField } from '../json-body.ts'
import type { RequestDatabases } from '../request-database.ts'
import { abortOf, sessionOf } from '../request-session.ts'
import type { QueryRouteOptions } from './query-routes.ts'

export interface NqlRouteOptions {
  readonly databases: RequestDatabases
  readonly limits: QueryRouteOptions['limits']
  readonly metrics: ServerMetrics
}

export function nqlRoutes(app: FastifyInstance, { databases, limits, metrics }: NqlRouteOptions): void {
  app.post('/api/nql', async (request, reply) => {
    const body = objectBody(request)
    const query = textField(body, 'query')
    const database = await databases.of(request, optionalTextField(body, 'database'))
    const session = { ...sessionOf(request, limits), signal: abortOf(reply) }
    const startedAt = performance.now()
    const { rows, count, seq, head } = await database.nql(query, { session })
    metrics.observeQuery('nql', (performance.now() - startedAt) / 1000)
    return sendValue(request, reply, { rows, count, seq, head })
  })
}
