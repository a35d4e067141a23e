/**
 * Access tokens: JWTs (RFC 7519) signed with RS256.
 * Invariant: only RS256 under one of our own keys is accepted, whatever the token's header says, so that
 * neither `none` nor an HMAC under the public key passes; issuer, audience and type are fixed.
 */

import { RecordId } from '@dendrodb/protocol'
import type * as Jose from 'jose'
import { authErrors } from './auth-errors.ts'
import { accessTokenCharsMax } from './limits.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface AccessClaims {
  /** The user's record. */
  readonly user: RecordId
  readonly sessionId: string
  readonly database: string
  readonly roles: readonly string[]
  readonly expiresAtMs: number
}

const issuer = 'dendrodb'
const audience = 'dendrodb'
const algorithm = 'RS256'
const type = 'at+jwt'
/** RFC 7515, 7.1. */
const compactPattern = /^[\w-]+\.[\w-]+\.[\w-]*$/

export class AccessTokens {
  readonly #keys: SigningKeys
  readonly #now: () => number

  constructor(keys: SigningKeys, now: () => number) {
    this.#keys = keys
    this.#now = now
  }

  async sign(claims: AccessClaims): Promise<string> {
    const [{ SignJWT }, { kid, privateKey }] = await Promise.all([import('jose'), this.#keys.newest()])
    return new SignJWT({ sid: claims.sessionId, db: claims.database, roles: claims.roles })
      .setProtectedHeader({ alg: algorithm, typ: type, kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(claims.user.toString())
      .setIssuedAt(Math.floor(this.#now() / 1000))
      .setExpirationTime(Math.floor(claims.expiresAtMs / 1000))
      .sign(privateKey)
  }

  /** @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED */
  async verify(token: string): Promise<AccessClaims> {
    if (token.length > accessTokenCharsMax) throw authErrors.TOKEN_INVALID({ problem: 'it is too long' })
    // The library would accept padding as well, and one token could be written in many ways.
    if (!compactPattern.test(token)) throw authErrors.TOKEN_INVALID({ problem: 'it is malformed' })
    const jose = await import('jose')
    return readClaims(await this.#verified(token, jose))
  }

  async #verified(token: string, jose: typeof Jose): Promise<Jose.JWTPayload> {
    const findKey = async ({ kid }: Jose.JWTHeaderParameters) => {
      const key = typeof kid === 'string' ? await this.#keys.publicKey(kid) : undefined
      if (key === undefined) throw authErrors.TOKEN_INVALID({ problem: 'it was not signed by this server' })
      return key
    }
    try {
      const { payload } = await jose.jwtVerify(token, findKey, {
        algorithms: [algorithm],
        issuer,
        audience,
        typ: type,
        requiredClaims: ['sub', 'sid', 'db', 'roles', 'exp'],
        currentDate: new Date(this.#now()),
      })
      return payload
    } catch (error) {
      if (error instanceof jose.errors.JWTExpired) throw authErrors.TOKEN_EXPIRED()
      if (error instanceof jose.errors.JOSEError)
        throw authErrors.TOKEN_INVALID({ problem: problemOf(error) })
      throw error
    }
  }
}

function readClaims({ sub, sid, db, roles, exp }: Jose.JWTPayload): AccessClaims {
  const isGood =
    typeof sub === 'string' && typeof sid === 'string' && typeof db === 'string' && Array.isArray(roles)
  if (!isGood || exp === undefined) throw authErrors.TOKEN_INVALID({ problem: 'a claim is missing' })
  const user = RecordId.parse(sub)
  return { user, sessionId: sid, database: db, roles: roles.map(String), expiresAtMs: exp * 1000 }
}

function problemOf({ code }: Jose.errors.JOSEError): string {
  switch (code) {
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return 'its signature does not hold'
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return 'it was not signed with RS256'
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return 'it was not issued for this server'
    default:
      return 'it is malformed'
  }
}
