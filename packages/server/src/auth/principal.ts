/**
 * Who a request comes from, as far as its token says.
 */

import type { Session } from '@dendrodb/engine'
import type { RecordId } from '@dendrodb/protocol'
import { authErrors } from './auth-errors.ts'

/** What a query is run with on behalf of somebody. */
export type EngineSession = Pick<Session, 'auth' | 'isRoot' | 'isSystem' | 'meta'>

export interface UserPrincipal {
  readonly type: 'user'
  readonly database: string
  /** The record the account acts as. */
  readonly user: RecordId
  readonly userId: string
  readonly accountKey: string
  readonly sessionId: string
  readonly email: string
  readonly roles: readonly string[]
  readonly validUntilMs: number
  readonly session: EngineSession
}

export interface RootPrincipal {
  readonly type: 'root'
  readonly session: EngineSession
}

export interface AnonymousPrincipal {
  readonly type: 'anonymous'
}

export type Principal = UserPrincipal | RootPrincipal | AnonymousPrincipal

export const anonymousPrincipal: AnonymousPrincipal = { type: 'anonymous' }

export const rootPrincipal: RootPrincipal = {
  type: 'root',
  session: { isRoot: true, isSystem: false, meta: { actor: 'root' } },
}

/** Who has the token of the daemon API: root, under a name of its own, on the routes that know it. */
export const daemonPrincipal: RootPrincipal = {
  type: 'root',
  session: { isRoot: true, isSystem: false, meta: { actor: 'daemon' } },
}

/** Root, and the admins of a database, which the token is for. */
export function mayAdminister(principal: Principal): principal is RootPrincipal | UserPrincipal {
  return principal.type === 'root' || (principal.type === 'user' && principal.roles.includes('admin'))
}

/** @throws AUTH_ROOT_ONLY */
export function requireRoot(principal: Principal): void {
  if (principal.type !== 'root') throw authErrors.ROOT_ONLY()
}

/** The strongest of them is `$auth.role`. */
const rolesByStrength = ['admin', 'editor', 'viewer', 'user']

export type UserParts = Omit<UserPrincipal, 'type' | 'userId' | 'accountKey' | 'session'>

export function userPrincipal(parts: UserParts): UserPrincipal {
  const { user, roles, sessionId, email } = parts
  const userId = user.toString()
  const role = rolesByStrength.find((each) => roles.includes(each)) ?? roles[0] ?? null
  const auth = { id: user, roles, claims: { email, role, session_id: sessionId } }
  return {
    type: 'user',
    ...parts,
    userId,
    accountKey: user.key as string,
    session: { auth, isRoot: false, isSystem: false, meta: { actor: userId } },
  }
}
