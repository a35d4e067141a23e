/**
 * `POST /api/query`: statements in, a result or an error per statement out.
 * Why 200 even when a statement fails: those before it have taken effect, and those after it are run; only a
 * text that does not parse is refused whole.
 */

import type { Engine, SessionLimits, StatementResult } from '@dendrodb/engine'
import type { Value, ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Log } from '../../observability/log.ts'
import type { ServerMetrics } from '../../observability/server-metrics.ts'
import { concernsOperator, publicError, sendValue, shownValue } from '../answer.ts'
import { httpErrors } from '../http-errors.ts'
import { fieldError, objectBody, optionalTextField } from '../json-body.ts'
import type { RequestDatabases } from '../request-database.ts'
import { abortOf, sessionOf } from '../request-session.ts'
import { writeMetaOf } from '../write-request.ts'

export interface QueryRouteOptions {
  readonly engine: Engine
  readonly databases: RequestDatabases
  readonly limits: SessionLimits
  readonly log: Log
  readonly metrics: ServerMetrics
}

export function queryRoutes(app: FastifyInstance, options: QueryRouteOptions): void {
  const { engine, databases, limits, log, metrics } = options
  app.post('/api/query', async (request, reply) => {
    const body = objectBody(request)
    const text = queryText(body)
    const vars = varsOf(body)
    const database = await databases.of(request, optionalTextField(body, 'database'))
    const session = { ...sessionOf(request, limits), signal: abortOf(reply) }
    const meta = { ...session.meta, ...writeMetaOf(request, body, '') }
    const startedAt = performance.now()
    const answer = await database.run(text, vars, { session: { ...session, meta } })
    metrics.observeQuery('dql', (performance.now() - startedAt) / 1000)
    for (const result of answer.results) logTrouble(log, request.id, result)
    const { seq, head } = answer.receipt ?? (await engine.database(answer.database)).head()
    const results = answer.results.map((result) => resultBody(request, result))
    return sendValue(request, reply, { results, seq, head })
  })
}

/** @throws HTTP_NOT_SUPPORTED for the JSON form, HTTP_FIELD_INVALID */
function queryText(body: ValueObject): string {
  const query = Object.hasOwn(body, 'query') ? body.query : undefined
  if (typeof query === 'string') return query
  if (typeof query === 'object' && query !== null && !Array.isArray(query)) {
    throw httpErrors.NOT_SUPPORTED({ construct: 'the JSON query form' })
  }
  throw fieldError('query', 'a string of DQL', query === undefined ? 'required' : 'type')
}

function varsOf(body: ValueObject): ValueObject {
  const vars = Object.hasOwn(body, 'vars') ? (body.vars ?? {}) : {}
  if (typeof vars === 'object' && !Array.isArray(vars)) return vars as ValueObject
  throw fieldError('vars', 'an object', 'type')
}

function resultBody(request: FastifyRequest, result: StatementResult): Value {
  const timeMs = Math.round(result.timeMs * 1000) / 1000
  if (result.status === 'ok') {
    return { status: 'ok', result: shownValue(request, result.result), time_ms: timeMs }
  }
  return { status: 'error', error: publicError(result.error) as ValueObject, time_ms: timeMs }
}

/** A bug in a statement is answered as neutrally as everywhere; the log has it whole. */
function logTrouble(log: Log, requestId: string, result: StatementResult): void {
  if (result.status !== 'error' || !concernsOperator(result.error)) return
  log.error({ request_id: requestId, err: result.error.cause ?? result.error }, result.error.message)
}
