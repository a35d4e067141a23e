/**
 * `/api/auth`: accounts of the request's database.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { authErrors } from '../../auth/auth-errors.ts'
import type { AuthService, Tokens } from '../../auth/auth-service.ts'
import { addressCharsMax, userAgentCharsMax } from '../../auth/limits.ts'
import type { UserPrincipal } from '../../auth/principal.ts'
import type { Device } from '../../auth/session-store.ts'
import { sendValue } from '../answer.ts'
import { objectBody, optionalTextField, textField } from '../json-body.ts'
import { anonymousBodyBytesMax } from '../limits.ts'
import type { RequestDatabases } from '../request-database.ts'

export interface AuthRouteOptions {
  readonly auth: AuthService
  readonly databases: RequestDatabases
}

const smallBody = { bodyLimit: anonymousBodyBytesMax }

/** For people who have no access token yet. */
export function signInRoutes(app: FastifyInstance, { auth, databases }: AuthRouteOptions): void {
  app.post('/api/auth/signup', smallBody, async (request, reply) => {
    const body = objectBody(request)
    const email = textField(body, 'email')
    const password = textField(body, 'password')
    const name = optionalTextField(body, 'name')
    const database = await databases.of(request, optionalTextField(body, 'database'))
    const tokens = await auth.signUp(database, { email, password, name }, deviceOf(request))
    return sendTokens(request, reply.code(201), tokens)
  })

  app.post('/api/auth/signin', smallBody, async (request, reply) => {
    const body = objectBody(request)
    const email = textField(body, 'email')
    const password = textField(body, 'password')
    const database = await databases.of(request, optionalTextField(body, 'database'))
    return sendTokens(request, reply, await auth.signIn(database, { email, password }, deviceOf(request)))
  })

  app.post('/api/auth/refresh', smallBody, async (request, reply) => {
    const body = objectBody(request)
    const refreshToken = textField(body, 'refresh_token')
    const database = await databases.of(request, optionalTextField(body, 'database'))
    return sendTokens(request, reply, await auth.refresh(database, refreshToken, deviceOf(request)))
  })
}

/** For people who are signed in. */
export function accountRoutes(app: FastifyInstance, { auth, databases }: AuthRouteOptions): void {
  app.post('/api/auth/signout', async (request, reply) => {
    const user = signedIn(request)
    await auth.signOut(await databases.of(request), user)
    return reply.code(204).send()
  })

  app.get('/api/auth/me', async (request, reply) => {
    const profile = await auth.profile(await databases.of(request), signedIn(request))
    const { user, email, name, roles, sessionId, createdAt } = profile
    const named = name === undefined ? {} : { name }
    const user_id = user.toString()
    return sendValue(request, reply, {
      user_id,
      email,
      ...named,
      roles,
      session_id: sessionId,
      created_at: createdAt,
    })
  })
}

function sendTokens(request: FastifyRequest, reply: FastifyReply, tokens: Tokens): FastifyReply {
  return sendValue(request, reply, {
    user_id: tokens.user.toString(),
    email: tokens.email,
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    expires_in: tokens.expiresInSeconds,
    token_type: 'Bearer',
  })
}

/** @throws AUTH_ROOT_HAS_NO_ACCOUNT */
function signedIn({ principal }: FastifyRequest): UserPrincipal {
  if (principal.type === 'user') return principal
  throw principal.type === 'root' ? authErrors.ROOT_HAS_NO_ACCOUNT() : authErrors.REQUIRED()
}

function deviceOf(request: FastifyRequest): Device {
  const userAgent = request.headers['user-agent']?.slice(0, userAgentCharsMax)
  return { ip: request.ip.slice(0, addressCharsMax), userAgent }
}
