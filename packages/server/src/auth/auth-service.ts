/**
 * Accounts: sign-up, sign-in, refresh, sign-out, who a token belongs to, roles.
 * Accounts belong to a database, and so do their tokens; root belongs to the server and has no account.
 */

import type { Database, Engine, ErasureAnswer, ErasureOptions } from '@dendrodb/engine'
import type { RecordId } from '@dendrodb/protocol'
import { type AccessClaims, AccessTokens } from './access-tokens.ts'
import { type Account, AccountStore } from './account-store.ts'
import { authErrors } from './auth-errors.ts'
import { normalizeEmail } from './email.ts'
import { eraseAccount } from './erase-account.ts'
import { passwordCharsMax, userNameCharsMax, verifiedTokensMax } from './limits.ts'
import { LoginGuard } from './login-guard.ts'
import { checkPassword, PasswordHasher } from './password-hasher.ts'
import {
  mayAdminister,
  type Principal,
  rootPrincipal,
  type UserPrincipal,
  userPrincipal,
} from './principal.ts'
import { checkRoles } from './roles.ts'
import type { RootToken } from './root-token.ts'
import { type Device, type SessionLifetimes, SessionStore } from './session-store.ts'
import type { SigningKeys } from './signing-keys.ts'
import { TokenCache } from './token-cache.ts'

export interface AuthOptions {
  readonly engine: Engine
  readonly keys: SigningKeys
  readonly rootToken: RootToken
  readonly lifetimes: SessionLifetimes & { readonly accessTokenMs: number }
  readonly now: () => number
  /** Errors of work that no request waits for. */
  readonly onError: (error: unknown) => void
}

export interface Tokens {
  readonly user: RecordId
  readonly email: string
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresInSeconds: number
}

export interface Profile {
  readonly user: RecordId
  readonly email: string
  readonly name: string | undefined
  readonly roles: readonly string[]
  readonly sessionId: string
  readonly createdAt: Account['createdAt']
}

export class AuthService {
  readonly #options: AuthOptions
  readonly #hasher = new PasswordHasher()
  readonly #guard: LoginGuard
  readonly #tokens: AccessTokens
  readonly #verified: TokenCache
  readonly #stopWatching: () => void

  constructor(options: AuthOptions) {
    const { keys, now, onError } = options
    this.#options = options
    this.#guard = new LoginGuard({ now, onError })
    this.#tokens = new AccessTokens(keys, now)
    this.#verified = new TokenCache(verifiedTokensMax, now)
    // A database of the same name that is made later knows nobody.
    this.#stopWatching = options.engine.watch((event) => {
      if (event.type === 'dropped') this.#verified.forget(({ database }) => database === event.database)
    })
  }

  /** @throws AUTH_EMAIL_INVALID, AUTH_PASSWORD_LENGTH, AUTH_NAME_INVALID, AUTH_EMAIL_TAKEN, AUTH_BUSY */
  async signUp(
    database: Database,
    given: { readonly email: string; readonly password: string; readonly name?: string | undefined },
    device: Device,
  ): Promise<Tokens> {
    const email = checkEmail(given.email)
    const password = checkPassword(given.password)
    const name = checkName(given.name)
    const accounts = new AccountStore(database)
    if ((await accounts.byEmail(email)) !== undefined) throw authErrors.EMAIL_TAKEN()
    const passwordHash = await this.#hasher.hash(password)
    const account = await accounts.create({ email, passwordHash, name, nowMs: this.#options.now() })
    return this.#beginSession(database, account, device)
  }

  /** @throws AUTH_CREDENTIALS_INVALID, AUTH_TOO_MANY_ATTEMPTS, AUTH_ACCOUNT_LOCKED, AUTH_BUSY */
  async signIn(
    database: Database,
    given: { readonly email: string; readonly password: string },
    device: Device,
  ): Promise<Tokens> {
    const { password } = given
    const email = normalizeEmail(given.email)
    if (email === undefined || password.length > passwordCharsMax * 2) throw authErrors.CREDENTIALS_INVALID()
    const account = await new AccountStore(database).byEmail(email)
    const check = async () => {
      if (account !== undefined) return this.#hasher.verify(account.passwordHash, password)
      await this.#hasher.waste(password)
      return false
    }
    const isRight = await this.#guard.attempt({ database, email, account, check })
    if (!isRight || account === undefined) throw authErrors.CREDENTIALS_INVALID()
    return this.#beginSession(database, account, device)
  }

  /** @throws AUTH_REFRESH_INVALID, AUTH_REFRESH_REUSED */
  async refresh(database: Database, refreshToken: string, device: Device): Promise<Tokens> {
    const sessions = this.#sessionsOf(database)
    const refreshed = await sessions.refresh(refreshToken, device, this.#options.now())
    switch (refreshed.type) {
      case 'invalid':
        throw authErrors.REFRESH_INVALID()
      case 'reused':
        this.#forgetSessions([refreshed.session.id])
        throw authErrors.REFRESH_REUSED()
      case 'rotated': {
        const account = await new AccountStore(database).byKey(refreshed.session.user.key as string)
        if (account === undefined) throw authErrors.REFRESH_INVALID()
        const { id, untilMs } = refreshed.session
        return this.#issue(database, account, { id, untilMs, refreshToken: refreshed.refreshToken })
      }
      default:
        return refreshed satisfies never
    }
  }

  async signOut(database: Database, principal: UserPrincipal): Promise<void> {
    await this.#sessionsOf(database).revoke(principal.sessionId, this.#options.now())
    this.#forgetSessions([principal.sessionId])
  }

  /** @throws AUTH_USER_UNKNOWN */
  async profile(database: Database, { accountKey, sessionId }: UserPrincipal): Promise<Profile> {
    const account = await new AccountStore(database).byKey(accountKey)
    if (account === undefined) throw authErrors.USER_UNKNOWN()
    const { user, email, name, roles, createdAt } = account
    return { user, email, name, roles, sessionId, createdAt }
  }

  /**
   * Gives an account its roles, which count from its next request on.
   * @param user the key of the account, or its email
   * @throws AUTH_FORBIDDEN, AUTH_ROLES_INVALID, AUTH_USER_UNKNOWN
   */
  async setRoles(
    database: Database,
    user: string,
    roles: unknown,
    principal: Principal,
  ): Promise<Pick<Account, 'user' | 'email' | 'roles'>> {
    if (!mayAdminister(principal)) throw authErrors.FORBIDDEN()
    const checked = checkRoles(roles)
    const accounts = new AccountStore(database)
    const key = await keyOf(accounts, user)
    const actor = principal.type === 'root' ? 'root' : principal.userId
    const account = key === undefined ? undefined : await accounts.setRoles(key, checked, actor)
    if (account === undefined) throw authErrors.USER_UNKNOWN()
    this.#verified.forget((each) => each.accountKey === account.key && each.database === database.name)
    return account
  }

  /**
   * Erases an account: email, name, password, sessions, and the record it acts as, with its edges; for good.
   * @param user the key of the account, or its email
   * @throws AUTH_FORBIDDEN, AUTH_USER_UNKNOWN, FORGET_*
   */
  async erase(
    database: Database,
    user: string,
    options: ErasureOptions,
    principal: Principal,
  ): Promise<ErasureAnswer> {
    if (!mayAdminister(principal)) throw authErrors.FORBIDDEN()
    const key = await keyOf(new AccountStore(database), user)
    if (key === undefined) throw authErrors.USER_UNKNOWN()
    const answer = await eraseAccount(database, key, options)
    this.#verified.forget((each) => each.accountKey === key && each.database === database.name)
    return answer
  }

  /** Who a token belongs to, where that is known without waiting. */
  known(token: string): Principal | undefined {
    const principal = this.#verified.find(token)
    if (principal !== undefined) return principal
    return this.#options.rootToken.matches(token) ? rootPrincipal : undefined
  }

  /** @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED, AUTH_SESSION_ENDED */
  async authenticate(token: string): Promise<Principal> {
    const known = this.known(token)
    if (known !== undefined) return known
    const claims = await this.#tokens.verify(token)
    const { era } = this.#verified
    const principal = await this.#principalOf(claims)
    this.#verified.remember(token, principal, era)
    return principal
  }

  /** Waits for work that no request waits for. */
  async close(): Promise<void> {
    this.#stopWatching()
    await Promise.all([this.#guard.settled(), this.#options.keys.ready().catch(this.#options.onError)])
  }

  async #principalOf(claims: AccessClaims): Promise<UserPrincipal> {
    const { engine, now } = this.#options
    const { database: name, sessionId, user, expiresAtMs } = claims
    if (!engine.hasDatabase(name)) throw authErrors.SESSION_ENDED()
    const database = await engine.database(name)
    const session = await this.#sessionsOf(database).byId(sessionId)
    const account = await new AccountStore(database).byKey(user.key as string)
    const isLive = session !== undefined && !session.isRevoked && session.untilMs > now()
    if (!isLive || account === undefined) throw authErrors.SESSION_ENDED()
    const validUntilMs = Math.min(expiresAtMs, session.untilMs)
    const { email, roles } = account
    return userPrincipal({ database: name, user, sessionId, email, roles, validUntilMs })
  }

  async #beginSession(database: Database, account: Account, device: Device): Promise<Tokens> {
    const session = await this.#sessionsOf(database).begin(account.user, device, this.#options.now())
    this.#forgetSessions(session.evicted)
    return this.#issue(database, account, session)
  }

  async #issue(
    database: Database,
    account: Account,
    session: { readonly id: string; readonly untilMs: number; readonly refreshToken: string },
  ): Promise<Tokens> {
    const { now, lifetimes } = this.#options
    const { user, email, roles } = account
    const expiresAtMs = Math.min(now() + lifetimes.accessTokenMs, session.untilMs)
    const claims = { user, sessionId: session.id, database: database.name, roles, expiresAtMs }
    const accessToken = await this.#tokens.sign(claims)
    const expiresInSeconds = Math.floor((expiresAtMs - now()) / 1000)
    return { user, email, accessToken, refreshToken: session.refreshToken, expiresInSeconds }
  }

  #sessionsOf(database: Database): SessionStore {
    return new SessionStore(database, this.#options.lifetimes)
  }

  #forgetSessions(ids: readonly string[]): void {
    if (ids.length > 0) this.#verified.forget(({ sessionId }) => ids.includes(sessionId))
  }
}

/** @param user a key, or an email, of which there need not be an account. @throws AUTH_EMAIL_INVALID */
async function keyOf(accounts: AccountStore, user: string): Promise<string | undefined> {
  return user.includes('@') ? (await accounts.byEmail(checkEmail(user)))?.key : user
}

/** @throws AUTH_EMAIL_INVALID */
function checkEmail(given: string): string {
  const email = normalizeEmail(given)
  if (email === undefined) throw authErrors.EMAIL_INVALID({ errors: [{ field: 'email', code: 'format' }] })
  return email
}

/** @throws AUTH_NAME_INVALID */
function checkName(given: string | undefined): string | undefined {
  const name = given?.trim()
  if (name === undefined) return undefined
  if (name.length >= 1 && name.length <= userNameCharsMax) return name
  throw authErrors.NAME_INVALID({ charsMax: userNameCharsMax, errors: [{ field: 'name', code: 'length' }] })
}
