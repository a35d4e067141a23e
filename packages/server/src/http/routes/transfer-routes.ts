/**
 * `/api/admin/export` and `/api/admin/import`: a database as lines of JSON, and lines of records into one.
 * For root, as they reach past all rules.
 */

import { Readable } from 'node:stream'
import type { Engine } from '@dendrodb/engine'
import type { Value, ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance } from 'fastify'
import { requireRoot } from '../../auth/principal.ts'
import { sendValue } from '../answer.ts'
import { httpErrors } from '../http-errors.ts'
import { fieldError, objectBody, optionalTextField } from '../json-body.ts'
import { databaseNamed, type RequestDatabases } from '../request-database.ts'
import { retainFor } from '../request-leases.ts'

export interface TransferRouteOptions {
  readonly engine: Engine
  readonly databases: RequestDatabases
}

interface ExportQuery {
  readonly Querystring: Readonly<Record<'database' | 'history', string | undefined>>
}

interface ImportQuery {
  readonly Querystring: Readonly<Record<'database', string | undefined>>
}

export function transferRoutes(app: FastifyInstance, { engine, databases }: TransferRouteOptions): void {
  app.get<ExportQuery>('/api/admin/export', async (request, reply) => {
    requireRoot(request.principal)
    const name = databaseNamed(request, request.query.database)
    // Root makes a database by naming it, which is not what exporting it should do.
    if (!engine.hasDatabase(name)) throw httpErrors.DATABASE_UNKNOWN({ name })
    const database = retainFor(request, await engine.database(name))
    const { seq, head, chunks, close } = await database.openExport({
      history: request.query.history === 'true',
    })
    reply.headers({ 'x-ddb-seq': seq, 'x-ddb-head': head }).type('application/x-ndjson')
    if (request.method === 'HEAD') {
      close()
      return reply.send()
    }
    return reply.send(Readable.from(chunks, { objectMode: false }))
  })

  app.post<ImportQuery>('/api/admin/import', async (request, reply) => {
    requireRoot(request.principal)
    const body = objectBody(request)
    const lines = linesOf(body)
    const first = firstLineOf(body)
    const database = await databases.of(request, request.query.database)
    const records = database.openImport({
      file: optionalTextField(body, 'file') ?? 'the request',
      overwrite: body.overwrite === true,
      meta: { actor: 'root' },
    })
    for (const [at, text] of lines.entries()) await records.add({ number: first + at, text })
    await records.flush()
    return sendValue(request, reply, { ...records.counts, ...database.head() })
  })
}

/** @throws HTTP_FIELD_INVALID */
function linesOf({ lines }: ValueObject): readonly string[] {
  const isList = (value: Value): value is readonly string[] => {
    return Array.isArray(value) && value.every((line) => typeof line === 'string')
  }
  if (!isList(lines)) throw fieldError('lines', 'a list of lines', lines === undefined ? 'required' : 'type')
  return lines
}

/** @throws HTTP_FIELD_INVALID */
function firstLineOf({ first_line: first = 1 }: ValueObject): number {
  if (typeof first === 'number' && Number.isSafeInteger(first) && first > 0) return first
  throw fieldError('first_line', 'the number of the first line', 'type')
}
