/**
 * `/api/checkpoint`, `/api/consistency`, `/api/proof`: what a database can prove of itself to anybody, for
 * its users to hand on.
 * Why to every user: checkpoints, growth and commits hold hashes and times alone. A record's proof shows the
 * whole record, so it is for those who may read the whole record; who made a commit, and why, is for admins.
 */

import type { Database, ProofFile, ProofOptions, SessionLimits } from '@dendrodb/engine'
import {
  DbError,
  decodeBase64,
  decodeVersion,
  equalValues,
  must,
  RecordId,
  recordOfVersion,
  type ValueObject,
} from '@dendrodb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { authErrors } from '../../auth/auth-errors.ts'
import { mayAdminister } from '../../auth/principal.ts'
import { sendValue } from '../answer.ts'
import { httpErrors } from '../http-errors.ts'
import { fieldError } from '../json-body.ts'
import { queryNumber, seqBounds } from '../query-numbers.ts'
import { checkTable } from '../record-path.ts'
import type { RequestDatabases } from '../request-database.ts'
import { sessionOf } from '../request-session.ts'

export interface ProofRouteOptions {
  readonly databases: RequestDatabases
  readonly limits: SessionLimits
}

export function proofRoutes(app: FastifyInstance, { databases, limits }: ProofRouteOptions): void {
  app.get('/api/checkpoint', async (request, reply) => {
    const size = queryNumber(request, 'size', seqBounds)
    const { text, ...said } = await (await databases.of(request)).checkpoint(size)
    return sendValue(request, reply, { checkpoint: text, ...said })
  })

  app.get('/api/consistency', async (request, reply) => {
    const from = queryNumber(request, 'from', seqBounds)
    if (from === undefined) throw fieldError('from', 'the size of the smaller tree', 'required')
    const to = queryNumber(request, 'to', seqBounds)
    const database = await databases.of(request)
    return sendValue(request, reply, await database.consistency(from, to))
  })

  app.get('/api/proof', async (request, reply) => {
    const { record } = request.query as Readonly<Record<string, unknown>>
    const options = readOptions(request)
    const seq = queryNumber(request, 'seq', seqBounds)
    if ((record === undefined) === (seq === undefined)) {
      throw fieldError('seq', 'the number of a commit; or record is given instead, a record id', 'required')
    }
    if (seq !== undefined) {
      return sendValue(request, reply, await (await databases.of(request)).proof({ seq }, options))
    }
    const id = proofRecord(record, 'record')
    const asOf = queryNumber(request, 'as_of', seqBounds)
    const database = await databases.of(request)
    const at = asOf ?? options.size ?? database.head().seq
    const row = await visibleRow(request, database, { id, at, limits })
    const proof = await database.proof({ record: id, asOf: { seq: at } }, options)
    if (row !== undefined && !showsAll(row, proof)) throw authErrors.FORBIDDEN_FIELDS({ id })
    return sendValue(request, reply, proof)
  })
}

/** A record of an application, by its whole id. @throws HTTP_FIELD_INVALID, HTTP_TABLE_NAME */
export function proofRecord(given: unknown, field: string): RecordId {
  try {
    if (typeof given === 'string') {
      const id = RecordId.parse(given)
      checkTable(id.table)
      return id
    }
  } catch (error) {
    if (!(error instanceof DbError) || error.code === 'HTTP_TABLE_NAME') throw error
  }
  throw fieldError(field, 'a record id such as person:ada', 'format')
}

/** @throws HTTP_FIELD_INVALID, AUTH_FORBIDDEN */
function readOptions(request: FastifyRequest): ProofOptions {
  const size = queryNumber(request, 'size', seqBounds)
  const { meta } = request.query as Readonly<Record<string, unknown>>
  if (meta !== undefined && meta !== 'true' && meta !== 'false')
    throw fieldError('meta', 'true or false', 'type')
  if (meta === 'true' && !mayAdminister(request.principal)) throw authErrors.FORBIDDEN()
  return { meta: meta === 'true', ...(size !== undefined && { size }) }
}

interface Reading {
  readonly id: RecordId
  /** Commit that it is read as of. */
  readonly at: number
  readonly limits: SessionLimits
}

/**
 * What the caller sees of the record as it was; `undefined` for an admin where there is nothing to see: what
 * was deleted can be proved to have been. @throws HTTP_RECORD_UNKNOWN
 */
async function visibleRow(
  request: FastifyRequest,
  database: Database,
  { id, at, limits }: Reading,
): Promise<ValueObject | undefined> {
  const session = sessionOf(request, limits)
  const { results } = await database.run('SELECT * FROM ONLY $id AS OF $at', { id, at }, { session })
  const result = must(results[0], 'a result of the statement')
  if (result.status === 'error') throw result.error
  if (result.result === undefined && !mayAdminister(request.principal)) {
    throw httpErrors.RECORD_UNKNOWN({ id: id.toString() })
  }
  return result.result as ValueObject | undefined
}

/** Whether the caller sees every field that the proof would show. */
function showsAll(row: ValueObject, { payload }: ProofFile): boolean {
  const bytes = must(decodeBase64(payload as string), 'a payload in base64')
  const { fields = {} } = recordOfVersion(decodeVersion(bytes).version)
  return Object.keys(fields).every((name) => Object.hasOwn(row, name) && equalValues(row[name], fields[name]))
}
