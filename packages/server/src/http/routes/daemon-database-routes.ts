/**
 * `/v1/databases`: databases made, listed, described and dropped.
 * A name with slashes is one part of the path, encoded.
 */

import type { Database, Engine, HashName } from '@dendrodb/engine'
import type { Value, ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance } from 'fastify'
import { sendValue } from '../answer.ts'
import type { DaemonDatabases, DatabasePath } from '../daemon/daemon-databases.ts'
import { databaseInitOf } from '../daemon/database-init.ts'
import { fieldError, objectBody, optionalTextField, textField } from '../json-body.ts'
import { refuseMisspelt } from '../known-fields.ts'

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
    refuseMisspelt(body, ['name', 'hash', 'init'])
    const name = textField(body, 'name')
    const hash = optionalTextField(body, 'hash')
    const init = body.init === undefined || body.init === null ? {} : databaseInitOf(body.init)
    const { principal } = request
    const meta = principal.type === 'root' ? principal.session.meta : undefined
    const database = await engine.createDatabase(name, {
      ...(hash !== undefined && { hash: hash as HashName }),
      init: { ...init, ...(meta && { meta }) },
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
    const { scanProgress: scan, scanFailure: failure } = database
    return sendValue(request, reply, {
      ok: failure === undefined,
      startup_ready: scan === undefined,
      ...(scan && failure === undefined && { scan: { ...scan } }),
      ...(failure && { scan_failed: failure.message }),
      ...(await databaseBody(database)),
    })
  })
}

/** What a database is and how much is in it. */
async function databaseBody(database: Database): Promise<ValueObject> {
  const { name, id, hash } = database
  const { seq, head } = database.head()
  const collections: [name: string, rows: number][] = []
  const indexes: Value[] = []
  const view = await database.view()
  try {
    for (const table of view.catalog.tables()) {
      if (table.name.startsWith('$')) continue
      collections.push([table.name, await view.countTable(table)])
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
  const counts = Object.fromEntries(collections)
  return { name, id, hash, seq, head, collections: counts, indexes, size_bytes: await database.sizeBytes() }
}
