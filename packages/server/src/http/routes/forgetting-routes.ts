/**
 * `/api/admin/erase`, `/api/admin/forgetting`, `/api/admin/compact`: taking records and space out of a
 * database for good, by admins of the database and root.
 */

import type { Database } from '@dendrodb/engine'
import { RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { authErrors } from '../../auth/auth-errors.ts'
import type { AuthService } from '../../auth/auth-service.ts'
import { mayAdminister } from '../../auth/principal.ts'
import { sendValue } from '../answer.ts'
import { fieldError, objectBody, optionalTextField } from '../json-body.ts'
import { erasedIdsMax } from '../limits.ts'
import type { RequestDatabases } from '../request-database.ts'
import { adminMetaOf } from '../write-request.ts'

export interface ForgettingRouteOptions {
  readonly auth: AuthService
  readonly databases: RequestDatabases
}

export function forgettingRoutes(app: FastifyInstance, { auth, databases }: ForgettingRouteOptions): void {
  const open = async (request: FastifyRequest): Promise<Database> => {
    if (!mayAdminister(request.principal)) throw authErrors.FORBIDDEN()
    return databases.of(request)
  }

  app.post('/api/admin/erase', async (request, reply) => {
    const database = await open(request)
    const body = objectBody(request)
    const reason = optionalTextField(body, 'reason')
    const options = { ...(reason !== undefined && { reason }), meta: adminMetaOf(request, body) }
    const account = accountOf(body)
    const { id, ...answer } = await (account === undefined
      ? database.erase(idsOf(body), options)
      : auth.erase(database, account, options, request.principal))
    return sendValue(request, reply, { erasure: id, ...answer })
  })

  app.get('/api/admin/forgetting', async (request, reply) => {
    const { forgetting } = await open(request)
    return sendValue(request, reply, { ...(await forgetting.status()) })
  })

  app.post('/api/admin/compact', async (request, reply) => {
    const { forgetting } = await open(request)
    const { bytesBefore, bytesAfter } = await forgetting.compact()
    return sendValue(request, reply, { bytes_before: bytesBefore, bytes_after: bytesAfter })
  })
}

/** By email, by `user:…` as answers name it, or by the key alone. @throws HTTP_FIELD_INVALID */
function accountOf(body: ValueObject): string | undefined {
  const account = optionalTextField(body, 'account')
  if (account === undefined) return undefined
  if (body.id !== undefined || body.ids !== undefined) {
    throw fieldError('account', 'left out where id or ids is given', 'clash')
  }
  return account.replace(/^user:/, '')
}

/** `ids`, a list, or `id`. @throws HTTP_FIELD_INVALID, LITERAL_SYNTAX */
function idsOf({ id, ids }: ValueObject): readonly RecordId[] {
  const given: Value = ids ?? undefined
  if (given === undefined) {
    if (id === undefined || id === null) throw fieldError('id', 'the id of a record', 'required')
    return [idOf(id, 'id')]
  }
  if (id !== undefined) throw fieldError('id', 'left out where ids is given', 'clash')
  if (!Array.isArray(given) || given.length === 0 || given.length > erasedIdsMax) {
    throw fieldError('ids', `a list of 1 to ${erasedIdsMax} ids`, 'type')
  }
  return given.map((each: Value) => idOf(each, 'ids'))
}

function idOf(value: Value, field: string): RecordId {
  if (value instanceof RecordId) return value
  if (typeof value === 'string') return RecordId.parse(value)
  throw fieldError(field, 'the id of a record, such as user:alice', 'type')
}
