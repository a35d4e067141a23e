/**
 * The past of a record, and what changed between two moments, over plain HTTP.
 * Every route is one DQL statement with parameters, so that permissions are those of a query.
 */

import type { AsOf, Database, RecordDiff, SessionLimits } from '@dendrodb/engine'
import { formatIdentifier, type RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ServerMetrics } from '../../observability/server-metrics.ts'
import { sendValue } from '../answer.ts'
import { changeBody } from '../change-body.ts'
import { httpErrors } from '../http-errors.ts'
import { fieldError, objectBody } from '../json-body.ts'
import { diffRecordsDefault, diffRecordsMax, pageRecordsDefault, pageRecordsMax } from '../limits.ts'
import { decodeRecordCursor, encodeRecordCursor } from '../page-cursor.ts'
import { queryNumber, readNumber, seqBounds } from '../query-numbers.ts'
import {
  type Outcome,
  type RecordStatement,
  runStatement,
  sendRecord,
  unknownRecord,
} from '../record-answer.ts'
import { recordOfPath } from '../record-path.ts'
import { unexpectedSeq } from '../record-write.ts'
import type { RequestDatabases } from '../request-database.ts'
import { abortOf, branchSessionOf } from '../request-session.ts'
import { queryText, queryTime } from '../request-times.ts'
import { writeConditionsOf, writeMetaOf } from '../write-request.ts'

export interface HistoryRouteOptions {
  readonly databases: RequestDatabases
  readonly limits: SessionLimits
  readonly metrics: ServerMetrics
}

interface RecordPath {
  readonly Params: { readonly table: string; readonly id: string }
}

interface VersionPath {
  readonly Params: RecordPath['Params'] & { readonly version: string }
}

export function historyRoutes(app: FastifyInstance, options: HistoryRouteOptions): void {
  const { databases, limits, metrics } = options
  const run = (database: Database, statement: RecordStatement) => runStatement(database, metrics, statement)

  app.get<RecordPath>('/api/data/:table/:id/history', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const limit = queryNumber(request, 'limit', { least: 1, most: pageRecordsMax }) ?? pageRecordsDefault
    const before = queryNumber(request, 'cursor', seqBounds)
    const database = await databases.of(request)
    const session = { ...branchSessionOf(request, database, limits), signal: abortOf(reply) }
    // One more than asked for tells whether there is another page.
    const vars = { id, before, limit: limit + 1 }
    const text = 'SELECT * FROM record::history($id, $before) LIMIT $limit'
    const { result } = await run(database, { text, vars, session })
    const rows = result as readonly ValueObject[]
    if (rows.length === 0 && before === undefined) throw unknownRecord(id)
    const hasMore = rows.length > limit
    const data = rows.slice(0, limit)
    const cursor = hasMore ? String(data.at(-1)?.seq) : null
    return sendValue(request, reply, { data: data.map(versionBody), cursor, has_more: hasMore })
  })

  app.get<VersionPath>('/api/data/:table/:id/history/:version', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const version = readNumber(request.params.version, 'version', seqBounds)
    const database = await databases.of(request)
    const session = branchSessionOf(request, database, limits)
    const text = 'RETURN record::version($id, $version)'
    const { result } = await run(database, { text, vars: { id, version }, session })
    if (result === undefined) throw httpErrors.VERSION_UNKNOWN({ id: id.toString(), version })
    return sendValue(request, reply, versionBody(result as ValueObject))
  })

  app.post<VersionPath>('/api/data/:table/:id/restore/:version', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    const version = readNumber(request.params.version, 'version', seqBounds)
    return sendRecord(
      request,
      reply,
      id,
      await bringBack(request, id, 'RESTORE $id TO $version', { version }),
    )
  })

  app.post<RecordPath>('/api/data/:table/:id/undo', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    return sendRecord(request, reply, id, await bringBack(request, id, 'UNDO $id'))
  })

  app.post<RecordPath>('/api/data/:table/:id/undelete', async (request, reply) => {
    const id = recordOfPath(request.params.table, request.params.id)
    return sendRecord(request, reply, id, await bringBack(request, id, 'UNDELETE $id'))
  })

  app.get('/api/diff', async (request, reply) => {
    const limit = queryNumber(request, 'limit', { least: 1, most: diffRecordsMax }) ?? diffRecordsDefault
    const from = queryTime(request, 'from')
    if (from === undefined) throw fieldError('from', 'the number of a commit or a datetime', 'required')
    const database = await databases.of(request)
    const session = { ...branchSessionOf(request, database, limits), signal: abortOf(reply) }
    const statement = diffStatement(request, { from, to: queryTime(request, 'to') }, limit)
    const { result } = await run(database, { ...statement, session })
    return sendValue(request, reply, changesPage(result as readonly ValueObject[], limit))
  })

  /** Answers with the record as it is then; null where it is gone. */
  async function bringBack(
    request: FastifyRequest,
    id: RecordId,
    statement: string,
    more: ValueObject = {},
  ): Promise<Outcome> {
    const said = request.body === undefined ? {} : objectBody(request)
    const { ifSeq } = writeConditionsOf(said, '')
    const database = await databases.of(request)
    const own = branchSessionOf(request, database, limits)
    const session = {
      ...own,
      meta: { ...own.meta, ...writeMetaOf(request, said, '') },
      request: [request.method, request.url, said],
    }
    const condition = ifSeq === undefined ? '' : ' WHERE (record::seq(id) ?? -1) = $if_seq'
    const text = `${statement}${condition} RETURN $after AS data`
    const vars = { id, ...more, ...(ifSeq !== undefined && { if_seq: ifSeq }) }
    const { result, receipt } = await run(database, { text, vars, session })
    const [row] = result as readonly ValueObject[]
    if (row !== undefined) return { result: row.data ?? null, receipt }
    // The record may be seen, or the statement would have failed.
    const reading = { ...own, meta: {} }
    const found = await run(database, { text: 'RETURN record::seq($id)', vars: { id }, session: reading })
    throw unexpectedSeq(id, ifSeq ?? -1, found.result)
  }
}

/**
 * The statement of a page of changes, its tables and its cursor from the query. @throws HTTP_CURSOR_INVALID
 */
function diffStatement(
  request: FastifyRequest,
  { from, to }: { readonly from: AsOf; readonly to: AsOf | undefined },
  limit: number,
): Pick<RecordStatement, 'text' | 'vars'> {
  const tables = queryText(request, 'tables')?.split(',')
  if (tables?.includes('') === true) throw fieldError('tables', 'names with commas between', 'type')
  const cursor = queryText(request, 'cursor')
  const text = [
    'DIFF FROM $from',
    to && 'TO $to',
    tables !== undefined && `TABLES ${tables.map(formatIdentifier).join(', ')}`,
    cursor !== undefined && 'AFTER $after',
    'LIMIT $limit',
  ]
  const vars = {
    from: momentValue(from),
    limit: limit + 1,
    ...(to && { to: momentValue(to) }),
    ...(cursor !== undefined && { after: decodeRecordCursor(cursor) }),
  }
  return { text: text.filter((part) => typeof part === 'string').join(' '), vars }
}

/** A page of DIFF, of which one row more was asked for. */
function changesPage(rows: readonly ValueObject[], limit: number): ValueObject {
  const changes = rows.slice(0, limit)
  const hasMore = rows.length > limit
  const cursor = hasMore ? encodeRecordCursor(changes.at(-1)?.id as RecordId) : null
  // Rows of DIFF have the fields of a difference.
  const bodies = changes.map((row) => changeBody(row as unknown as RecordDiff))
  return { changes: bodies, cursor, has_more: hasMore }
}

function momentValue(moment: AsOf): Value {
  return 'seq' in moment ? moment.seq : moment.instant
}

/** A version is named by its commit. */
function versionBody({ seq, value, ...known }: ValueObject): ValueObject {
  return { version: seq, ...known, ...(value !== undefined && { data: value }) }
}
