/**
 * `/api/admin`: what only admins of a database and root may do.
 */

import type { FastifyInstance } from 'fastify'
import type { AuthService } from '../../auth/auth-service.ts'
import { sendValue } from '../answer.ts'
import { objectBody } from '../json-body.ts'
import type { RequestDatabases } from '../request-database.ts'

export interface AdminRouteOptions {
  readonly auth: AuthService
  readonly databases: RequestDatabases
}

interface UserPath {
  readonly Params: { readonly user: string }
}

export function adminRoutes(app: FastifyInstance, { auth, databases }: AdminRouteOptions): void {
  /** The user by email, by `user:…` as answers name it, or by the key alone. */
  app.put<UserPath>('/api/admin/users/:user/roles', async (request, reply) => {
    const { roles: given } = objectBody(request)
    const name = request.params.user.replace(/^user:/, '')
    const database = await databases.of(request)
    const { user, email, roles } = await auth.setRoles(database, name, given, request.principal)
    return sendValue(request, reply, { user_id: user.toString(), email, roles })
  })
}
