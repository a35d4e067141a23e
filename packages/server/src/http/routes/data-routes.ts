/**
 * `/api/data/{table}`: records over plain HTTP.
 * Every route is one DQL statement with parameters, so that permissions, defaults and history are those of a
 * query.
 */

import type { Database, SessionLimits } from '@dendrodb/engine'
import {
  DbError,
  formatIdentifier,
  must,
  RecordId,
  setField,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ServerMetrics } from '../../observability/server-metrics.ts'
import { sendValue } from '../answer.ts'
import { httpErrors } from '../http-errors.ts'
import { fieldError, objectBody } from '../json-body.ts'
import { refuseUnknown } from '../known-fields.ts'
import { pageRecordsDefault, pageRecordsMax } from '../limits.ts'
import { decodeCursor, encodeCursor } from '../page-cursor.ts'
import {
  type Outcome,
  type RecordStatement,
  runStatement,
  sendRecord,
  unknownRecord,
} from '../record-answer.ts'
import { checkTable, pathPartOf, recordOfField, recordOfPath } from '../record-path.ts'
import { type RecordWrite, statementOf, unexpectedRecord, unexpectedSeq } from '../record-write.ts'
import type { RequestDatabases } from '../request-database.ts'
import { abortOf, branchSessionOf } from '../request-session.ts'
import { asOfQuery } from '../request-times.ts'
import { absentSeq, recordWriteFields, writeConditionsOf, writeMetaOf } from '../write-request.ts'

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

const getStatement = 'LET $row = SELECT * FROM ONLY $id; RETURN { seq: record::seq($id), data: $row }'

export function dataRoutes(app: FastifyInstance, options: DataRouteOptions): void {
  const { databases, limits, metrics } = options
  const run = (database: Database, statement: RecordStatement) => runStatement(database, metrics, statement)

  app.get<TablePath>('/api/data/:table', async (request, reply) => {
    const table = checkTable(request.params.table)
    const { limit, after } = readPage(table, request.query)
    const database = await databases.of(request)
    const session = {
      ...branchSessionOf(request, database, limits),
      ...asOfQuery(request),
      signal: abortOf(reply),
    }
    const { text, vars } = listStatement(table, limit, after)
    const { result } = await run(database, { text, vars, session })
    return sendPage(request, reply, result as readonly ValueObject[], limit)
  })

  app.post<TablePath>('/api/data/:table', async (request, reply) => {
    const body = readRecord(request)
    const table = checkTable(request.params.table)
    const given = body.id === undefined ? undefined : recordOfField(table, body.id)
    const { write, outcome } = await writeRecord(request, 'create', given ?? RecordId.generate(table), body)
    // A repeated request is answered with the id that the first one was given.
    const id = (outcome.result as ValueObject).id
    reply.code(201)
    return sendRecord(request, reply, id instanceof RecordId ? id : write.id, outcome)
  })

  app.get<RecordPath>('/api/data/:table/:id', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const database = await databases.of(request)
    const session = { ...branchSessionOf(request, database, limits), ...asOfQuery(request) }
    const { result } = await run(database, { text: getStatement, vars: { id }, session })
    const { seq, data } = result as { readonly seq: Value; readonly data: Value }
    if (data === undefined) throw unknownRecord(id)
    return sendValue(request, reply, { id: pathPartOf(id), entity: id.table, seq, data })
  })

  app.patch<RecordPath>('/api/data/:table/:id', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const { outcome } = await writeRecord(request, 'merge', id, readRecordOf(id, request))
    return sendRecord(request, reply, id, { ...outcome, result: onlyRow(id, outcome) })
  })

  app.put<RecordPath>('/api/data/:table/:id', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const { outcome } = await writeRecord(request, 'replace', id, readRecordOf(id, request))
    const { is_new: isNew, data } = onlyRow(id, outcome)
    if (isNew === true) reply.code(201)
    return sendRecord(request, reply, id, { ...outcome, result: data })
  })

  app.delete<RecordPath>('/api/data/:table/:id', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const { outcome } = await writeRecord(request, 'delete', id)
    onlyRow(id, outcome)
    const { seq, head } = must(outcome.receipt, 'a receipt of the write')
    return reply.code(204).header('x-ddb-seq', seq).header('x-ddb-head', head).send()
  })

  async function writeRecord(
    request: FastifyRequest,
    kind: RecordWrite['kind'],
    id: RecordId,
    body?: ValueObject,
  ): Promise<{ readonly write: RecordWrite; readonly outcome: Outcome }> {
    const said = body ?? (request.query as ValueObject)
    const prefix = body === undefined ? '' : '$'
    const database = await databases.of(request)
    const session = branchSessionOf(request, database, limits)
    const meta = { ...session.meta, ...writeMetaOf(request, said, prefix) }
    const write: RecordWrite = {
      id,
      kind,
      conditions: writeConditionsOf(said, prefix),
      session: { ...session, meta, request: [request.method, request.url, body ?? null] },
      ...(body && { data: fieldsOf(body) }),
    }
    const outcome = await run(database, { ...statementOf(write), session: write.session }).catch((error) => {
      throw write.conditions.ifSeq === absentSeq && isThere(error) ? unexpectedRecord(id) : error
    })
    await checkCondition(database, write, outcome)
    return { write, outcome }
  }

  /** Nothing was found although the caller may see the record: it is of another commit than was expected. */
  async function checkCondition(database: Database, write: RecordWrite, { result }: Outcome): Promise<void> {
    const { id, session, conditions } = write
    const { ifSeq } = conditions
    if (ifSeq === undefined || !Array.isArray(result) || result.length > 0) return
    const reading = { ...session, meta: {} }
    const found = await run(database, { text: 'RETURN record::seq($id)', vars: { id }, session: reading })
    if (found.result !== undefined) throw unexpectedSeq(id, ifSeq, found.result)
  }
}

function isThere(error: unknown): boolean {
  return error instanceof DbError && error.code === 'QUERY_RECORD_EXISTS'
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

/** The record of the body. @throws HTTP_BODY_NOT_OBJECT, HTTP_NOT_SUPPORTED */
function readRecord(request: FastifyRequest): ValueObject {
  const body = objectBody(request)
  if (Object.hasOwn(body, '$ttl')) throw httpErrors.NOT_SUPPORTED({ construct: 'a time to live ($ttl)' })
  return body
}

/** The same, where its id has to be that of the path. */
function readRecordOf(id: RecordId, request: FastifyRequest): ValueObject {
  const body = readRecord(request)
  if (body.id !== undefined && !recordOfField(id.table, body.id).equals(id)) {
    throw fieldError('id', 'left out, or the id of the path', 'mismatch')
  }
  return body
}

/** The fields of the record. @throws HTTP_FIELD_UNKNOWN */
function fieldsOf(body: ValueObject): ValueObject {
  const isOther = (field: string) => field === 'id' || field.startsWith('$')
  const names = Object.keys(body)
  if (!names.some(isOther)) return body
  refuseUnknown(
    names.filter((field) => field.startsWith('$')),
    recordWriteFields,
  )
  const fields: Record<string, Value> = {}
  for (const field of names) if (!isOther(field)) setField(fields, field, body[field])
  return fields
}

/** The one row of the result. @throws HTTP_RECORD_UNKNOWN when there is none */
function onlyRow(id: RecordId, { result }: Outcome): ValueObject {
  const [row] = result as readonly ValueObject[]
  if (row === undefined) throw unknownRecord(id)
  return row
}
