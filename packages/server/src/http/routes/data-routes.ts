/**
 * `/api/data/{table}`: records over plain HTTP.
 * Every route is one DQL statement with parameters, so that permissions, defaults and history are those of a
 * query.
 */

import type { Database, Receipt, SessionLimits } from '@dendrodb/engine'
import { formatIdentifier, must, RecordId, setField, type Value, type ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ServerMetrics } from '../../observability/server-metrics.ts'
import { sendValue } from '../answer.ts'
import { httpErrors } from '../http-errors.ts'
import { fieldError, objectBody } from '../json-body.ts'
import { pageRecordsDefault, pageRecordsMax } from '../limits.ts'
import { decodeCursor, encodeCursor } from '../page-cursor.ts'
import { checkTable, locationOf, pathPartOf, recordOfField, recordOfPath } from '../record-path.ts'
import type { RequestDatabases } from '../request-database.ts'
import { abortOf, type RequestSession, sessionOf } from '../request-session.ts'

export interface DataRouteOptions {
  readonly databases: RequestDatabases
  readonly limits: SessionLimits
  readonly metrics: ServerMetrics
}

interface TablePath {
  readonly Params: { readonly table: string }
}

interface RecordPath {
  readonly Params: { readonly table: string; readonly id: string }
}

interface Outcome {
  readonly result: Value
  /** Of the commit; undefined for what only reads. */
  readonly receipt: Receipt | undefined
}

interface Statement {
  readonly text: string
  readonly vars: Readonly<Record<string, Value>>
  readonly session: RequestSession
}

/** To replace a record does not make it nobody's: its owner stays unless the body names another. */
const statements = {
  get: 'SELECT * FROM ONLY $id',
  create: 'CREATE ONLY $id CONTENT $data',
  merge: 'UPDATE $id MERGE $data',
  replace:
    'UPSERT $id CONTENT object::extend({ owner: $before.owner }, $data) RETURN $before = NONE AS is_new, $after AS data',
  delete: 'DELETE $id RETURN BEFORE',
} as const

export function dataRoutes(app: FastifyInstance, options: DataRouteOptions): void {
  const { databases, limits, metrics } = options

  async function run(database: Database, { text, vars, session }: Statement): Promise<Outcome> {
    const startedAt = performance.now()
    const { results, receipt } = await database.run(text, vars, { session })
    metrics.observeQuery('data', (performance.now() - startedAt) / 1000)
    const result = must(results[0], 'a result of the statement')
    if (result.status === 'error') throw result.error
    return { result: result.result, receipt }
  }

  app.get<TablePath>('/api/data/:table', async (request, reply) => {
    const table = checkTable(request.params.table)
    const { limit, after } = readPage(table, request.query)
    const session = { ...sessionOf(request, limits), signal: abortOf(reply) }
    const { text, vars } = listStatement(table, limit, after)
    const database = await databases.of(request)
    const { result } = await run(database, { text, vars, session })
    return sendPage(request, reply, result as readonly ValueObject[], limit)
  })

  app.post<TablePath>('/api/data/:table', async (request, reply) => {
    const body = readRecord(request)
    const table = checkTable(request.params.table)
    const id = body.id === undefined ? RecordId.generate(table) : recordOfField(table, body.id)
    const vars = { id, data: withoutId(body) }
    const session = sessionOf(request, limits)
    const outcome = await run(await databases.of(request), { text: statements.create, vars, session })
    reply.code(201).header('location', locationOf(id))
    return sendRecord(request, reply, id, outcome)
  })

  app.get<RecordPath>('/api/data/:table/:id', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const session = sessionOf(request, limits)
    const { result } = await run(await databases.of(request), { text: statements.get, vars: { id }, session })
    if (result === undefined) throw unknownRecord(id)
    return sendValue(request, reply, { id: pathPartOf(id), entity: id.table, data: result })
  })

  app.patch<RecordPath>('/api/data/:table/:id', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const vars = { id, data: readRecordOf(id, request) }
    const session = sessionOf(request, limits)
    const outcome = await run(await databases.of(request), { text: statements.merge, vars, session })
    return sendRecord(request, reply, id, { ...outcome, result: onlyRow(id, outcome) })
  })

  app.put<RecordPath>('/api/data/:table/:id', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const vars = { id, data: readRecordOf(id, request) }
    const session = sessionOf(request, limits)
    const outcome = await run(await databases.of(request), { text: statements.replace, vars, session })
    const { is_new: isNew, data } = onlyRow(id, outcome)
    if (isNew === true) reply.code(201).header('location', locationOf(id))
    return sendRecord(request, reply, id, { ...outcome, result: data })
  })

  app.delete<RecordPath>('/api/data/:table/:id', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const session = sessionOf(request, limits)
    const outcome = await run(await databases.of(request), { text: statements.delete, vars: { id }, session })
    onlyRow(id, outcome)
    const { seq, head } = must(outcome.receipt, 'a receipt of the write')
    return reply.code(204).header('x-ddb-seq', seq).header('x-ddb-head', head).send()
  })
}

function listStatement(table: string, limit: number, after: RecordId | undefined) {
  const where = after === undefined ? '' : 'WHERE id > $after '
  const text = `SELECT * FROM ${formatIdentifier(table)} ${where}ORDER BY id LIMIT $limit`
  // One more than asked for tells whether there is another page.
  const vars = { limit: limit + 1, ...(after && { after }) }
  return { text, vars }
}

/** @throws HTTP_LIMIT_INVALID, HTTP_CURSOR_INVALID */
function readPage(table: string, query: unknown) {
  const { limit = String(pageRecordsDefault), cursor } = query as Readonly<Record<string, unknown>>
  const isNumber = typeof limit === 'string' && /^\d{1,9}$/.test(limit)
  if (!isNumber || Number(limit) < 1 || Number(limit) > pageRecordsMax) {
    throw httpErrors.LIMIT_INVALID({ recordsMax: pageRecordsMax })
  }
  if (cursor !== undefined && typeof cursor !== 'string') throw httpErrors.CURSOR_INVALID()
  return { limit: Number(limit), after: cursor === undefined ? undefined : decodeCursor(table, cursor) }
}

function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  rows: readonly ValueObject[],
  limit: number,
): FastifyReply {
  const hasMore = rows.length > limit
  const data = hasMore ? rows.slice(0, limit) : rows
  const cursor = hasMore ? encodeCursor(data.at(-1)?.id as RecordId) : null
  return sendValue(request, reply, { data, cursor, has_more: hasMore })
}

function sendRecord(
  request: FastifyRequest,
  reply: FastifyReply,
  id: RecordId,
  { result, receipt }: Outcome,
): FastifyReply {
  const { seq, head } = must(receipt, 'a receipt of the write')
  return sendValue(request, reply, {
    id: pathPartOf(id),
    entity: id.table,
    tx_id: seq,
    seq,
    head,
    data: result,
  })
}

/** The record of the body. @throws HTTP_BODY_NOT_OBJECT, HTTP_NOT_SUPPORTED */
function readRecord(request: FastifyRequest): ValueObject {
  const body = objectBody(request)
  if (Object.hasOwn(body, '$ttl')) throw httpErrors.NOT_SUPPORTED({ construct: 'a time to live ($ttl)' })
  return body
}

/** The same without its id, which has to be that of the path. */
function readRecordOf(id: RecordId, request: FastifyRequest): ValueObject {
  const body = readRecord(request)
  if (body.id !== undefined && !recordOfField(id.table, body.id).equals(id)) {
    throw fieldError('id', 'left out, or the id of the path', 'mismatch')
  }
  return withoutId(body)
}

function withoutId(body: ValueObject): ValueObject {
  if (!Object.hasOwn(body, 'id')) return body
  const fields: Record<string, Value> = {}
  for (const field of Object.keys(body)) if (field !== 'id') setField(fields, field, body[field])
  return fields
}

/** The one row of the result. @throws HTTP_RECORD_UNKNOWN when there is none */
function onlyRow(id: RecordId, { result }: Outcome): ValueObject {
  const [row] = result as readonly ValueObject[]
  if (row === undefined) throw unknownRecord(id)
  return row
}

function unknownRecord(id: RecordId): Error {
  return httpErrors.RECORD_UNKNOWN({ id: id.toString() })
}
