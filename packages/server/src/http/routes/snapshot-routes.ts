/**
 * `/api/snapshots`: names for moments, made, listed, compared, restored and removed, by admins of the
 * database and root. A snapshot's id is its name.
 */

import type { Database, DiffPageOptions, SnapshotInfo } from '@dendrodb/engine'
import type { Value, ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { authErrors } from '../../auth/auth-errors.ts'
import { mayAdminister } from '../../auth/principal.ts'
import { sendValue } from '../answer.ts'
import { changeBody } from '../change-body.ts'
import { fieldError, objectBody, optionalTextField, textField } from '../json-body.ts'
import { diffRecordsDefault, diffRecordsMax } from '../limits.ts'
import { decodeRecordCursor, encodeRecordCursor } from '../page-cursor.ts'
import { queryNumber } from '../query-numbers.ts'
import type { RequestDatabases } from '../request-database.ts'
import { abortOf } from '../request-session.ts'
import { queryText, timeField } from '../request-times.ts'
import { adminMetaOf } from '../write-request.ts'

export interface SnapshotRouteOptions {
  readonly databases: RequestDatabases
}

interface SnapshotPath {
  readonly Params: { readonly id: string }
}

export function snapshotRoutes(app: FastifyInstance, { databases }: SnapshotRouteOptions): void {
  const open = async (request: FastifyRequest): Promise<Database> => {
    if (!mayAdminister(request.principal)) throw authErrors.FORBIDDEN()
    return databases.of(request)
  }

  app.get('/api/snapshots', async (request, reply) => {
    const { snapshots } = await open(request)
    return sendValue(request, reply, { snapshots: (await snapshots.list()).map(snapshotBody) })
  })

  app.post('/api/snapshots', async (request, reply) => {
    const { snapshots } = await open(request)
    const body = objectBody(request)
    const at = timeField(body.at, 'at')
    const tables = tablesOf(body)
    const description = optionalTextField(body, 'description')
    const { seq, head, ...info } = await snapshots.create(textField(body, 'name'), {
      ...(at && { at }),
      ...(tables && { tables }),
      ...(description !== undefined && { comment: description }),
      meta: adminMetaOf(request, body),
    })
    reply.code(201).header('location', `/api/snapshots/${encodeURIComponent(info.name)}`)
    return sendValue(request, reply, { ...snapshotBody(info), seq, head })
  })

  app.get<SnapshotPath>('/api/snapshots/:id', async (request, reply) => {
    const { snapshots } = await open(request)
    return sendValue(request, reply, snapshotBody(await snapshots.info(request.params.id)))
  })

  app.get<SnapshotPath>('/api/snapshots/:id/diff', async (request, reply) => {
    const database = await open(request)
    const { at, tables } = await database.snapshots.info(request.params.id)
    const cursor = queryText(request, 'cursor')
    const options: DiffPageOptions = {
      from: at,
      limit: queryNumber(request, 'limit', { least: 1, most: diffRecordsMax }) ?? diffRecordsDefault,
      ...(tables && { tables }),
      ...(cursor !== undefined && { after: decodeRecordCursor(cursor) }),
    }
    const { changes, next } = await database.diff(options)
    return sendValue(request, reply, {
      changes: changes.map(changeBody),
      cursor: next === undefined ? null : encodeRecordCursor(next),
      has_more: next !== undefined,
    })
  })

  app.post<SnapshotPath>('/api/snapshots/:id/restore', async (request, reply) => {
    const { snapshots } = await open(request)
    const body = request.body === undefined ? {} : objectBody(request)
    const tables = tablesOf(body)
    const branch = optionalTextField(body, 'branch')
    const answer = await snapshots.restore(request.params.id, {
      ...(branch !== undefined && { branch }),
      ...(tables && { tables }),
      meta: adminMetaOf(request, body),
      signal: abortOf(reply),
    })
    const { restored, seq, head } = answer
    return sendValue(request, reply, { restored, seq, head })
  })

  app.delete<SnapshotPath>('/api/snapshots/:id', async (request, reply) => {
    const { snapshots } = await open(request)
    const { seq, head } = await snapshots.remove(request.params.id, {
      meta: adminMetaOf(request, request.query as ValueObject),
    })
    return reply.code(204).header('x-ddb-seq', seq).header('x-ddb-head', head).send()
  })
}

/** `tables`, a list, or `entity_type`, one of them. @throws HTTP_FIELD_INVALID */
function tablesOf(body: ValueObject): readonly string[] | undefined {
  const one = optionalTextField(body, 'entity_type')
  const tables: Value = body.tables ?? undefined
  if (tables === undefined) return one === undefined ? undefined : [one]
  if (one !== undefined) throw fieldError('entity_type', 'left out where tables is given', 'clash')
  if (Array.isArray(tables) && tables.every((name) => typeof name === 'string')) return tables
  throw fieldError('tables', 'a list of names', 'type')
}

function snapshotBody({ name, at, created, tables, comment }: SnapshotInfo): ValueObject {
  return {
    id: name,
    name,
    at,
    created,
    ...(tables && { tables: [...tables] }),
    ...(comment !== undefined && { description: comment }),
  }
}
