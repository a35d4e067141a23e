/**
 * One DQL statement about a record, and its answer: what all routes of records share.
 */

import type { Database, Receipt } from '@dendrodb/engine'
import { must, type RecordId, type Value } from '@dendrodb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ServerMetrics } from '../observability/server-metrics.ts'
import { sendValue } from './answer.ts'
import { httpErrors } from './http-errors.ts'
import { locationOf, pathPartOf } from './record-path.ts'
import type { RequestSession } from './request-session.ts'

export interface Outcome {
  readonly result: Value
  /** Of the commit; undefined for what only reads. */
  readonly receipt: Receipt | undefined
}

export interface RecordStatement {
  readonly text: string
  readonly vars: Readonly<Record<string, Value>>
  readonly session: RequestSession
}

/** The last result. @throws the error of the first statement that failed */
export async function runStatement(
  database: Database,
  metrics: ServerMetrics,
  { text, vars, session }: RecordStatement,
): Promise<Outcome> {
  const startedAt = performance.now()
  const { results, receipt } = await database.run(text, vars, { session })
  metrics.observeQuery('data', (performance.now() - startedAt) / 1000)
  const result = must(results.find(({ status }) => status === 'error') ?? results.at(-1), 'a result')
  if (result.status === 'error') throw result.error
  return { result: result.result, receipt }
}

export function sendRecord(
  request: FastifyRequest,
  reply: FastifyReply,
  id: RecordId,
  { result, receipt }: Outcome,
): FastifyReply {
  const { seq, head } = must(receipt, 'a receipt of the write')
  if (reply.statusCode === 201) reply.header('location', locationOf(id))
  return sendValue(request, reply, {
    id: pathPartOf(id),
    entity: id.table,
    tx_id: seq,
    seq,
    head,
    data: result,
  })
}

export function unknownRecord(id: RecordId): Error {
  return httpErrors.RECORD_UNKNOWN({ id: id.toString() })
}
