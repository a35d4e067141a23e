/**
 * `/v1/databases/:name`: records, links and indexes written, one by one or several at once.
 */

import type { Database, WriteMeta } from '@dendrodb/engine'
import { RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sendValue } from '../answer.ts'
import { type BatchOperation, batchOperations, batchRequest, runBatch } from '../daemon/batch-operations.ts'
import type { DaemonDatabases, DatabasePath } from '../daemon/daemon-databases.ts'
import { indexKind } from '../daemon/database-init.ts'
import { documentOf } from '../daemon/document.ts'
import { rowBody } from '../daemon/log-bodies.ts'
import { findRecord, type PlainId, plainIdOf, plainKey, plainText, splitId } from '../daemon/plain-ids.ts'
import { httpErrors } from '../http-errors.ts'
import { fieldError, objectBody, optionalTextField, textField } from '../json-body.ts'
import { refuseMisspelt } from '../known-fields.ts'
import { neighborsMax } from '../limits.ts'
import { checkTable } from '../record-path.ts'
import { writeConditionsOf, writeFields, writeMetaOf } from '../write-request.ts'

export interface DaemonRecordOptions {
  readonly databases: DaemonDatabases
}

interface RowPath {
  readonly Params: { readonly name: string; readonly coll: string; readonly id: string }
}

export function daemonRecordRoutes(app: FastifyInstance, { databases }: DaemonRecordOptions): void {
  app.post<DatabasePath>('/v1/databases/:name/put', async (request, reply) => {
    const body = objectBody(request)
    refuseMisspelt(body, ['coll', 'doc', 'idem', ...writeFields])
    const database = await databases.of(request)
    const target = plainIdOf(body.coll, body.id, '')
    const fields = documentOf(body.doc, target, 'doc')
    const id = await recordIn(database, target)
    const { ifSeq, validFrom, validTo } = writeConditionsOf(body, '')
    const { seq, head } = await database.put(id, fields, {
      ...metaOf(request, body),
      ...(ifSeq !== undefined && { ifSeq }),
      ...(validFrom !== undefined && { validFrom: validFrom as string }),
      ...(validTo !== undefined && { validTo: validTo as string }),
    })
    const doc = (await rowAt(database, id, seq)) ?? null
    return sendValue(request, reply, { ok: true, doc, seq, head })
  })

  app.get<RowPath>('/v1/databases/:name/rows/:coll/:id', async (request, reply) => {
    const { coll, id: given } = request.params
    const database = await databases.of(request)
    const id = await recordIn(database, plainIdOf(coll, given, ''))
    const rows = await database.from(coll).where('_id', '=', plainKey(id)).rows()
    const row = rows.find((each) => each.id instanceof RecordId && each.id.equals(id))
    if (row === undefined) throw httpErrors.RECORD_UNKNOWN({ id: plainText(id) })
    return sendValue(request, reply, { doc: row, ...database.head() })
  })

  app.delete<RowPath>('/v1/databases/:name/rows/:coll/:id', async (request, reply) => {
    const { coll, id: given } = request.params
    const database = await databases.of(request)
    const id = await recordIn(database, plainIdOf(coll, given, ''))
    const said = {
      ...(request.query as ValueObject),
      ...(request.body === undefined ? {} : objectBody(request)),
    }
    const { ifSeq } = writeConditionsOf(said, '')
    const { isDeleted, seq, head } = await database.delete(id, {
      ...metaOf(request, said),
      ...(ifSeq !== undefined && { ifSeq }),
    })
    return sendValue(request, reply, { ok: true, deleted: isDeleted, seq, head })
  })

  app.post<DatabasePath>('/v1/databases/:name/link', async (request, reply) => {
    const body = objectBody(request)
    const database = await databases.of(request)
    const [from, relation, to] = await linkOf(database, body)
    const { isChanged, seq, head } = await database.link(from, relation, to, metaOf(request, body))
    return sendValue(request, reply, { ok: true, created: isChanged, seq, head })
  })

  app.post<DatabasePath>('/v1/databases/:name/unlink', async (request, reply) => {
    const body = objectBody(request)
    const database = await databases.of(request)
    const [from, relation, to] = await linkOf(database, body)
    const { isChanged, seq, head } = await database.unlink(from, relation, to, metaOf(request, body))
    return sendValue(request, reply, { ok: true, removed: isChanged, seq, head })
  })

  app.post<DatabasePath>('/v1/databases/:name/neighbors', async (request, reply) => {
    const body = objectBody(request)
    const database = await databases.of(request)
    const node = await endOf(database, body.frm ?? body.from ?? body.id ?? undefined, 'frm')
    const relation = optionalTextField(body, 'rel')
    const direction = directionOf(optionalTextField(body, 'direction'))
    const found = await database.neighbors(node, { ...(relation !== undefined && { relation }), direction })
    const neighbors = found.slice(0, neighborsMax).map(plainText)
    return sendValue(request, reply, {
      neighbors,
      count: neighbors.length,
      more: found.length > neighbors.length,
      ...database.head(),
    })
  })

  app.post<DatabasePath>('/v1/databases/:name/index', async (request, reply) => {
    const body = objectBody(request)
    const database = await databases.of(request)
    const coll = checkTable(textField(body, 'coll'))
    const field = textField(body, 'field')
    const kind = indexKind(body.kind)
    if (kind === 'search') {
      return sendValue(request, reply, { ok: true, coll, field, kind, state: 'none', ...database.head() })
    }
    const { name, receipt } = await defineIndex(
      database,
      { coll, field, isUnique: kind === 'unique' },
      request,
    )
    const progress = await database.indexProgress(coll, name)
    const state = progress?.state ?? 'building'
    return sendValue(request, reply, { ok: true, coll, field, kind, name, state, ...receipt })
  })

  app.post<DatabasePath>('/v1/databases/:name/batch', async (request, reply) => {
    const body = objectBody(request)
    const database = await databases.of(request)
    const operations = batchOperations(body)
    const meta = metaOf(request, batchMeta(body, operations))
    const { result, receipt } = await database.write((tx) => runBatch(tx, operations), {
      meta,
      request: batchRequest(operations),
    })
    const results = (result as readonly Value[]) ?? []
    return sendValue(request, reply, { ok: true, count: results.length, results, ...receipt })
  })
}

/** One commit has one set of reasons: causes of all operations together, the rest from the batch alone. */
function batchMeta(body: ValueObject, operations: readonly BatchOperation[]): ValueObject {
  const causes = operations.flatMap(({ causedBy }) => causedBy)
  if (causes.length === 0) return body
  const given = body.caused_by ?? []
  const own = Array.isArray(given) ? (given as readonly Value[]) : [given]
  return { ...body, caused_by: [...new Set([...own, ...causes])] }
}

async function defineIndex(
  database: Database,
  { coll, field, isUnique }: { readonly coll: string; readonly field: string; readonly isUnique: boolean },
  request: FastifyRequest,
) {
  const steps = field.split('.')
  if (steps.some((step) => step === '')) throw fieldError('field', 'a field, or a path with dots', 'format')
  const name = steps.join('_')
  const meta = metaOf(request, {})
  const { receipt } = await database.write(
    async (tx) => {
      const known = tx.catalog.table(coll)?.indexes.find((each) => each.name === name && !each.isAdjacency)
      const isSame = known?.fields.length === 1 && known.fields[0]?.join('.') === field
      if (known !== undefined && isSame && known.unique === isUnique && known.state !== 'failed') return
      await tx.defineIndex({ name, table: coll, fields: [steps], unique: isUnique })
    },
    { meta },
  )
  return { name, receipt }
}

/** `idem` is what the idempotency key is called here. */
function metaOf(request: FastifyRequest, said: ValueObject): WriteMeta {
  const { principal } = request
  const own = principal.type === 'root' ? principal.session.meta : undefined
  const { idem, ...rest } = said
  const named = idem === undefined || idem === null ? rest : { ...rest, idempotency_key: idem }
  return { ...own, ...writeMetaOf(request, named, '') }
}

/** The record as the commit wrote it; the first one, where a repeated key brings its answer back. */
async function rowAt(database: Database, id: RecordId, seq: number): Promise<ValueObject | undefined> {
  for await (const [entry] of database.log({ after: seq - 1, limit: 1 })) {
    const change = entry?.changes.find((each) => each.id.equals(id))
    if (entry !== undefined && change !== undefined) return rowBody(entry, change)
  }
  return undefined
}

async function linkOf(
  database: Database,
  body: ValueObject,
): Promise<readonly [from: RecordId, relation: string, to: RecordId]> {
  const relation = checkTable(textField(body, 'rel'))
  const from = await endOf(database, body.frm ?? body.from ?? undefined, 'frm')
  return [from, relation, await endOf(database, body.to ?? undefined, 'to')]
}

function endOf(database: Database, given: Value, field: string): Promise<RecordId> {
  return recordIn(database, splitId(given, field))
}

function recordIn(database: Database, plain: PlainId): Promise<RecordId> {
  return findRecord(plain, (id) => database.get(id))
}

/** @throws HTTP_FIELD_INVALID */
function directionOf(given: string | undefined): 'out' | 'in' | 'both' {
  if (given === undefined || given === 'out') return 'out'
  if (given === 'in' || given === 'both') return given
  throw fieldError('direction', 'out, in or both', 'type')
}
