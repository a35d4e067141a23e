/**
 * `GET /api/admin/backup`: a database as a backup, while it is being used. For root, as it holds everything,
 * accounts included.
 */

import { Readable } from 'node:stream'
import type { Engine } from '@dendrodb/engine'
import type { FastifyInstance } from 'fastify'
import { requireRoot } from '../../auth/principal.ts'
import { httpErrors } from '../http-errors.ts'
import { fieldError } from '../json-body.ts'
import { databaseNamed } from '../request-database.ts'
import { retainFor } from '../request-leases.ts'

export interface BackupRouteOptions {
  readonly engine: Engine
  /** Encrypts backups. */
  readonly masterKey: Uint8Array | undefined
}

interface BackupQuery {
  readonly Querystring: Readonly<Record<'database' | 'since' | 'head' | 'plain', string | undefined>>
}

export function backupRoutes(app: FastifyInstance, { engine, masterKey }: BackupRouteOptions): void {
  app.get<BackupQuery>('/api/admin/backup', async (request, reply) => {
    requireRoot(request.principal)
    const { since, head, plain } = request.query
    const name = databaseNamed(request, request.query.database)
    // Root makes a database by naming it, which is not what backing it up should do.
    if (!engine.hasDatabase(name)) throw httpErrors.DATABASE_UNKNOWN({ name })
    const database = retainFor(request, await engine.database(name))
    const backup = await database.openBackup({
      since: since === undefined ? undefined : { seq: seqOf(since), head: headOf(head) },
      masterKey: plain === 'true' ? undefined : masterKey,
    })
    reply.headers({
      'x-ddb-from-seq': backup.fromSeq,
      'x-ddb-seq': backup.toSeq,
      'x-ddb-head': backup.head,
    })
    reply.type('application/octet-stream')
    if (request.method === 'HEAD') {
      backup.close()
      return reply.send()
    }
    return reply.send(Readable.from(backup.chunks, { objectMode: false }))
  })
}

/** @throws HTTP_FIELD_INVALID */
function seqOf(text: string): number {
  const seq = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(seq)) return seq
  throw fieldError('since', 'the number of a commit', 'type')
}

/** @throws HTTP_FIELD_INVALID */
function headOf(text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined
  const hex = /^\w+:([0-9a-f]{64})$/.exec(text)?.[1]
  if (hex === undefined) throw fieldError('head', 'a head such as b2:9c1f…', 'type')
  return Buffer.from(hex, 'hex')
}
