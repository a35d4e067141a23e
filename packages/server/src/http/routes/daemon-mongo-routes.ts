/**
 * `POST /v1/databases/:name/mongo`: find, aggregate and change documents in the words of MongoDB.
 */

import type { Database, SessionLimits } from '@dendrodb/engine'
import { must, stringifyJson, type Value, type ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance } from 'fastify'
import type { ServerMetrics } from '../../observability/server-metrics.ts'
import { sendValue } from '../answer.ts'
import type { DaemonDatabases, DatabasePath } from '../daemon/daemon-databases.ts'
import { type MongoAnswer, mongoStatement } from '../daemon/mongo/statements.ts'
import { objectBody } from '../json-body.ts'
import { abortOf, sessionOf } from '../request-session.ts'
import { writeMetaOf } from '../write-request.ts'

export interface DaemonMongoOptions {
  readonly databases: DaemonDatabases
  readonly limits: SessionLimits
  readonly metrics: ServerMetrics
}

export function daemonMongoRoutes(app: FastifyInstance, options: DaemonMongoOptions): void {
  const { databases, limits, metrics } = options
  app.post<DatabasePath>('/v1/databases/:name/mongo', async (request, reply) => {
    const body = objectBody(request)
    const { text, vars, answer, isWrite } = mongoStatement(body)
    const database = await databases.of(request)
    const own = sessionOf(request, limits)
    const meta = isWrite ? { ...own.meta, ...writeMetaOf(request, body, '') } : own.meta
    const session = { ...own, ...(meta && { meta }), signal: abortOf(reply) }
    const startedAt = performance.now()
    const { result, seq, head } = await run(database, text, vars, session)
    metrics.observeQuery('mongo', (performance.now() - startedAt) / 1000)
    return sendValue(request, reply, { ok: true, ...answerBody(answer, result), seq, head })
  })
}

type RunOptions = NonNullable<Parameters<Database['run']>[2]>

async function run(
  database: Database,
  text: string,
  vars: ValueObject,
  session: NonNullable<RunOptions['session']>,
) {
  const { results, receipt } = await database.run(text, vars, { session })
  const result = must(results[0], 'a result of the statement')
  if (result.status === 'error') throw result.error
  return { result: result.result, ...(receipt ?? database.head()) }
}

function answerBody(answer: MongoAnswer, result: Value): ValueObject {
  switch (answer) {
    case 'rows': {
      const rows = (result as readonly ValueObject[]).map(documentBody)
      return { rows, count: rows.length }
    }
    case 'row': {
      const [row] = result as readonly ValueObject[]
      return { result: row === undefined ? null : documentBody(row) }
    }
    case 'count':
      return { count: (result as readonly ValueObject[])[0]?.n ?? 0 }
    case 'values':
      return { values: distinctOf(result as readonly Value[]) }
    case 'inserted':
      return { inserted_id: (result as readonly Value[])[0] }
    case 'updated':
      return { matched_count: result, modified_count: result }
    case 'deleted':
      return { deleted_count: result }
    default:
      return answer satisfies never
  }
}

/** A record's own id is `_id` here. */
function documentBody({ id: _, ...fields }: ValueObject): ValueObject {
  return fields
}

/** Elements of lists count for themselves. */
function distinctOf(values: readonly Value[]): readonly Value[] {
  const known = new Map<string, Value>()
  for (const value of values.flat() as readonly Value[]) known.set(stringifyJson(value), value)
  return [...known.values()]
}
