/**
 * Who asks, and whether they may ask again: the first step of every request under `/api`.
 * A request with a good token counts against its user, any other against its address; root is not counted. A
 * token that was verified before is recognised without waiting, which is what makes signed-in requests cheap.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { authErrors } from '../auth/auth-errors.ts'
import type { AuthService } from '../auth/auth-service.ts'
import { anonymousPrincipal, type Principal } from '../auth/principal.ts'
import { rateLimitKey } from './client-address.ts'
import { httpErrors } from './http-errors.ts'
import type { RateLimiter } from './rate-limiter.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set under `/api`. */
    principal: Principal
  }
}

export interface IdentifyOptions {
  readonly auth: AuthService
  readonly userLimiter: RateLimiter
  readonly addressLimiter: RateLimiter
}

type Done = (error?: Error) => void
export type Hook = (request: FastifyRequest, reply: FastifyReply, done: Done) => void

/** For routes that need no account; tokens are not looked at. */
export function admitAnyone({ addressLimiter }: IdentifyOptions): Hook {
  return (request, reply, done) => {
    request.principal = anonymousPrincipal
    done(admit(addressLimiter, rateLimitKey(request.ip), reply))
  }
}

/** For routes that need an account or root. */
export function admitSignedIn({ auth, userLimiter, addressLimiter }: IdentifyOptions): Hook {
  const refuse = (request: FastifyRequest, reply: FastifyReply, error: Error): Error =>
    admit(addressLimiter, rateLimitKey(request.ip), reply) ?? error

  const welcome = (request: FastifyRequest, reply: FastifyReply, principal: Principal) => {
    request.principal = principal
    if (principal.type !== 'user') return undefined
    return admit(userLimiter, `${principal.database} ${principal.userId}`, reply)
  }

  return (request, reply, done) => {
    let token: string | undefined
    try {
      token = bearerToken(request.headers.authorization)
    } catch (error) {
      done(refuse(request, reply, error as Error))
      return
    }
    if (token === undefined) {
      done(refuse(request, reply, authErrors.REQUIRED()))
      return
    }
    const known = auth.known(token)
    if (known !== undefined) {
      done(welcome(request, reply, known))
      return
    }
    auth.authenticate(token).then(
      (principal) => done(welcome(request, reply, principal)),
      (error: Error) => done(refuse(request, reply, error)),
    )
  }
}

/**
 * The token of `Authorization: Bearer <token>` (RFC 6750). @throws AUTH_TOKEN_INVALID for any other scheme
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined
  if (authorization.startsWith('Bearer ey') && !authorization.includes(' ', 7)) return authorization.slice(7)
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (token === undefined) throw authErrors.TOKEN_INVALID({ problem: 'send it as "Bearer <token>"' })
  return token
}

/** Counts the request; an error when it is one too many. */
export function admit(limiter: RateLimiter, client: string, reply: FastifyReply): Error | undefined {
  if (limiter.isOff) return undefined
  const { isAllowed, limit, remaining, resetSeconds, retryAfterSeconds } = limiter.take(client)
  reply.header('x-ratelimit-limit', limit)
  reply.header('x-ratelimit-remaining', remaining)
  reply.header('x-ratelimit-reset', resetSeconds)
  return isAllowed ? undefined : httpErrors.RATE_LIMITED({ retry_after_secs: retryAfterSeconds })
}
