/**
 * `/v1/databases`: databases made, listed, described and dropped.
 * A name with slashes is one part of the path, encoded.
 */

import type { Database, DatabaseInit, Engine, InitIndex, InitLink } from '@dendrodb/engine'
import type { RecordId, Value, ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sendValue } from '../answer.ts'
import type { DaemonDatabases, DatabasePath } from '../daemon/daemon-databases.ts'
import { documentOf, isDocument } from '../daemon/document.ts'
import { plainIdOf, recordOf, splitId } from '../daemon/plain-ids.ts'
import { fieldError, objectBody, optionalTextField, textField } from '../json-body.ts'
import { checkTable } from '../record-path.ts'

export interface DaemonDatabaseOptions {
  readonly engine: Engine
  readonly databases: DaemonDatabases
}

export function daemonDatabaseRoutes(
  app: FastifyInstance,
  { engine, databases }: DaemonDatabaseOptions,
): void {
  app.get('/v1/databases', async (request, reply) => {
    const names = await engine.databaseNames()
    return sendValue(request, reply, { databases: names, count: names.length })
  })

  app.post('/v1/databases', async (request, reply) => {
    const body = objectBody(request)
    const name = textField(body, 'name')
    const hash = optionalTextField(body, 'hash')
    const init = initOf(request, body.init)
    const database = await engine.createDatabase(name, {
      ...(hash !== undefined && { hash: hash as 'blake2b' }),
      ...(init && { init }),
    })
    reply.code(201).header('location', `/v1/databases/${encodeURIComponent(name)}`)
    return sendValue(request, reply, { ok: true, ...(await databaseBody(database)) })
  })

  app.get<DatabasePath>('/v1/databases/:name', async (request, reply) => {
    const database = await databases.of(request)
    return sendValue(request, reply, await databaseBody(database))
  })

  app.delete<DatabasePath>('/v1/databases/:name', async (request, reply) => {
    const { purge } = request.query as Readonly<Record<string, unknown>>
    if (purge !== undefined && purge !== 'true' && purge !== 'false') {
      throw fieldError('purge', 'true or false', 'type')
    }
    const name = databases.nameOf(request)
    await engine.dropDatabase(name, { purge: purge === 'true' })
    return sendValue(request, reply, { ok: true, name, purged: purge === 'true' })
  })

  app.get<DatabasePath>('/v1/databases/:name/status', async (request, reply) => {
    const database = await databases.of(request)
    const { scanProgress: scan } = database
    return sendValue(request, reply, {
      ok: true,
      startup_ready: scan === undefined,
      ...(scan && { scan: { ...scan } }),
      ...(await databaseBody(database)),
    })
  })
}

/** What a database is and how much is in it. */
async function databaseBody(database: Database): Promise<ValueObject> {
  const { name, id, hash } = database
  const { seq, head } = database.head()
  const collections: Record<string, Value> = {}
  const indexes: Value[] = []
  const view = await database.view()
  try {
    for (const table of view.catalog.tables()) {
      if (table.name.startsWith('$')) continue
      collections[table.name] = await view.countTable(table)
      for (const index of table.indexes) {
        if (index.isAdjacency) continue
        const fields = index.fields.map((path) => path.map((step) => (typeof step === 'string' ? step : '*')))
        indexes.push({
          coll: table.name,
          name: index.name,
          fields: fields.map((path) => path.join('.')),
          unique: index.unique,
          state: index.state,
        })
      }
    }
  } finally {
    view.close()
  }
  return { name, id, hash, seq, head, collections, indexes, size_bytes: await database.sizeBytes() }
}

/** `{indexes: [[coll, field, kind]], seed: {coll: [docs]}, links: [[from, rel, to]]}` */
function initOf(request: FastifyRequest, given: Value): DatabaseInit | undefined {
  if (given === undefined || given === null) return undefined
  if (!isDocument(given)) throw fieldError('init', 'an object', 'type')
  const meta = request.principal.type === 'root' ? request.principal.session.meta : undefined
  return {
    indexes: listOf(given.indexes, 'init.indexes').flatMap(indexOf),
    seed: seedOf(given.seed),
    links: listOf(given.links, 'init.links').map(linkOf),
    ...(meta && { meta }),
  }
}

/** Kinds of an index; what one for searching would be needed for is read from the records. */
export const indexKinds = ['eq', 'ordered', 'sorted', 'unique', 'search'] as const

/** @throws HTTP_FIELD_INVALID */
export function indexKind(kind: Value): (typeof indexKinds)[number] {
  const known = indexKinds.find((each) => each === (kind ?? 'eq'))
  if (known === undefined) throw fieldError('kind', `one of ${indexKinds.join(', ')}`, 'type')
  return known
}

function indexOf(given: Value): InitIndex[] {
  const [collection, field, kind] = Array.isArray(given) ? (given as readonly Value[]) : []
  if (typeof collection !== 'string' || typeof field !== 'string') {
    throw fieldError('init.indexes', 'lists of collection, field and kind', 'type')
  }
  const known = indexKind(kind)
  if (known === 'search') return []
  return [{ table: checkTable(collection), fields: [field], unique: known === 'unique' }]
}

function linkOf(given: Value): InitLink {
  const [from, relation, to] = Array.isArray(given) ? (given as readonly Value[]) : []
  if (typeof relation !== 'string') throw fieldError('init.links', 'lists of from, relation and to', 'type')
  return { from: endOf(from), relation: checkTable(relation), to: endOf(to) }
}

function endOf(given: Value): RecordId {
  return recordOf(splitId(given, 'init.links'))
}

function seedOf(given: Value): NonNullable<DatabaseInit['seed']> {
  if (given === undefined || given === null) return {}
  if (!isDocument(given)) throw fieldError('init.seed', 'an object of lists', 'type')
  const seed: Record<string, ValueObject[]> = {}
  for (const [collection, documents] of Object.entries(given)) {
    checkTable(collection)
    seed[collection] = listOf(documents, 'init.seed').map((document) => seedRecord(collection, document))
  }
  return seed
}

/** Its id is `_id`, else `id`; without either it is given one. */
function seedRecord(collection: string, document: Value): ValueObject {
  if (!isDocument(document)) throw fieldError('init.seed', 'lists of objects', 'type')
  const { _id, id } = document
  const given = _id ?? id
  if (given === undefined || given === null) return document
  const isWhole = typeof given === 'string' && given.startsWith(`${collection}:`)
  const plain = isWhole ? splitId(given, 'init.seed') : plainIdOf(collection, given, 'init.seed.')
  return { ...documentOf(document, plain, 'init.seed'), id: recordOf(plain) }
}

function listOf(given: Value, field: string): readonly Value[] {
  if (given === undefined || given === null) return []
  if (Array.isArray(given)) return given as readonly Value[]
  throw fieldError(field, 'a list', 'type')
}
