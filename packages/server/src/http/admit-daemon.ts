/**
 * Who may use the daemon API (`/v1`, `/events`): root, by the server's token or by one that is good for
 * nothing else.
 * Why not accounts: its routes reach past the rules of access, over all databases.
 */

import { authErrors } from '../auth/auth-errors.ts'
import { daemonPrincipal, type Principal } from '../auth/principal.ts'
import type { RootToken } from '../auth/root-token.ts'
import { rateLimitKey } from './client-address.ts'
import { admit, bearerToken, type Hook, type IdentifyOptions } from './identify.ts'

export interface DaemonAdmission extends IdentifyOptions {
  /** Beside the root token. */
  readonly daemonToken: RootToken | undefined
}

/** Only failures are counted: who has the token may ask as often as they like. */
export function admitDaemon(options: DaemonAdmission): Hook {
  const { addressLimiter } = options
  return (request, reply, done) => {
    const welcome = (principal: Principal) => {
      request.principal = principal
      done()
    }
    const refuse = (error: Error) => done(admit(addressLimiter, rateLimitKey(request.ip), reply) ?? error)
    identify(options, request.headers.authorization).then(welcome, refuse)
  }
}

/** @throws AUTH_REQUIRED, AUTH_TOKEN_INVALID, AUTH_ROOT_ONLY, … */
async function identify(
  { auth, daemonToken }: DaemonAdmission,
  authorization: string | undefined,
): Promise<Principal> {
  const token = bearerToken(authorization)
  if (token === undefined) throw authErrors.REQUIRED()
  if (daemonToken?.matches(token) === true) return daemonPrincipal
  const principal = auth.known(token) ?? (await auth.authenticate(token))
  if (principal.type !== 'root') throw authErrors.ROOT_ONLY()
  return principal
}
