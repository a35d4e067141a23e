/**
 * Sessions of one database, as records of `$session`: one per sign-in, each with one refresh token that is
 * good.
 * A refresh token is 32 random bytes: 16 that stay the same as long as the session lasts, and 16 that are
 * drawn anew with each refresh. The session's key is a hash of the first half, and it keeps a hash of the
 * whole. So a token whose first half is right and whose whole is not was good once: somebody else has used
 * it, and the session is ended.
 * Invariants: neither half can be computed from what is stored or from an access token; a session ends at
 * `until`, whatever is refreshed.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Database, ReadView, StoredRecord, ValueObject, WriteTx } from '@dendrodb/engine'
import { Datetime, RecordId } from '@dendrodb/protocol'
import { authMeta } from './account-store.ts'
import { ensureAccountTables, recordsWhere, sessionTable, userTable, withView } from './account-tables.ts'
import { authErrors } from './auth-errors.ts'

/** What a client says about itself, and where it calls from. */
export interface Device {
  readonly ip: string | undefined
  readonly userAgent: string | undefined
}

export interface StoredSession {
  readonly id: string
  readonly user: RecordId
  readonly untilMs: number
  readonly isRevoked: boolean
}

export interface SessionLifetimes {
  readonly refreshTokenMs: number
  readonly sessionMs: number
  readonly sessionsPerUser: number
}

export interface BegunSession {
  readonly id: string
  readonly untilMs: number
  readonly refreshToken: string
  /** Sessions that had to end for this one. */
  readonly evicted: readonly string[]
}

export type Refreshed =
  | { readonly type: 'rotated'; readonly session: StoredSession; readonly refreshToken: string }
  | { readonly type: 'reused'; readonly session: StoredSession }
  | { readonly type: 'invalid' }

const halfBytes = 16
const tokenPattern = /^[A-Za-z0-9_-]{43}$/

export class SessionStore {
  readonly #database: Database
  readonly #lifetimes: SessionLifetimes

  constructor(database: Database, lifetimes: SessionLifetimes) {
    this.#database = database
    this.#lifetimes = lifetimes
  }

  /**
   * Begins a session; those of the user that have ended are swept, and the oldest ends when there are too
   * many. @throws AUTH_CREDENTIALS_INVALID where the account has been erased meanwhile
   */
  async begin(user: RecordId, device: Device, nowMs: number): Promise<BegunSession> {
    await ensureAccountTables(this.#database)
    const family = randomBytes(halfBytes)
    const token = Buffer.concat([family, randomBytes(halfBytes)])
    const id = sessionIdOf(family)
    const untilMs = nowMs + this.#lifetimes.sessionMs
    const { result: evicted } = await this.#database.transaction(async (tx) => {
      const account = await tx.getRecord(new RecordId(userTable, user.key))
      if (account === undefined) throw authErrors.CREDENTIALS_INVALID()
      const ended = await this.#makeRoom(tx, user, nowMs)
      await tx.put(new RecordId(sessionTable, id), {
        user,
        refresh: sha256(token),
        created_at: Datetime.fromEpochMillis(nowMs),
        used_at: Datetime.fromEpochMillis(nowMs),
        refresh_until: this.#refreshUntil(untilMs, nowMs),
        until: Datetime.fromEpochMillis(untilMs),
        ip: device.ip,
        user_agent: device.userAgent,
      })
      return ended
    }, authMeta)
    return { id, untilMs, refreshToken: token.toString('base64url'), evicted }
  }

  /** A new refresh token for an old one, which is dead from then on. */
  async refresh(refreshToken: string, device: Device, nowMs: number): Promise<Refreshed> {
    if (!tokenPattern.test(refreshToken)) return { type: 'invalid' }
    const token = Buffer.from(refreshToken, 'base64url')
    const family = token.subarray(0, halfBytes)
    const id = new RecordId(sessionTable, sessionIdOf(family))
    const next = Buffer.concat([family, randomBytes(halfBytes)])
    const { result } = await this.#database.transaction(async (tx): Promise<Refreshed> => {
      const record = await tx.getRecord(id)
      if (record === undefined) return { type: 'invalid' }
      const session = readSession(record)
      if (!isSame(record.value.refresh, sha256(token))) {
        if (!session.isRevoked) await tx.put(id, revoked(record.value, nowMs))
        return { type: 'reused', session }
      }
      const isOver = millisOf(record.value.refresh_until) <= nowMs || session.untilMs <= nowMs
      if (session.isRevoked || isOver) return { type: 'invalid' }
      await tx.put(id, {
        ...record.value,
        refresh: sha256(next),
        used_at: Datetime.fromEpochMillis(nowMs),
        refresh_until: this.#refreshUntil(session.untilMs, nowMs),
        ip: device.ip,
        user_agent: device.userAgent,
      })
      return { type: 'rotated', session, refreshToken: next.toString('base64url') }
    }, authMeta)
    return result
  }

  /** Ends the session. Idempotent. */
  async revoke(id: string, nowMs: number): Promise<void> {
    const recordId = new RecordId(sessionTable, id)
    await this.#database.transaction(async (tx) => {
      const record = await tx.getRecord(recordId)
      if (record !== undefined && !readSession(record).isRevoked) {
        await tx.put(recordId, revoked(record.value, nowMs))
      }
    }, authMeta)
  }

  async byId(id: string): Promise<StoredSession | undefined> {
    return withView(this.#database, async (view) => {
      const record = await view.getRecord(new RecordId(sessionTable, id))
      return record && readSession(record)
    })
  }

  async #makeRoom(tx: WriteTx, user: RecordId, nowMs: number): Promise<readonly string[]> {
    const live: StoredRecord[] = []
    for (const record of await sessionsOf(tx, user)) {
      const { isRevoked, untilMs } = readSession(record)
      const isOver = isRevoked || untilMs <= nowMs || millisOf(record.value.refresh_until) <= nowMs
      if (isOver) await tx.delete(record.id)
      else live.push(record)
    }
    const surplus = live.slice(0, Math.max(0, live.length - this.#lifetimes.sessionsPerUser + 1))
    for (const record of surplus) await tx.put(record.id, revoked(record.value, nowMs))
    return surplus.map(({ id }) => id.key as string)
  }

  #refreshUntil(untilMs: number, nowMs: number): Datetime {
    return Datetime.fromEpochMillis(Math.min(untilMs, nowMs + this.#lifetimes.refreshTokenMs))
  }
}

/** Oldest first. */
async function sessionsOf(view: ReadView, user: RecordId): Promise<StoredRecord[]> {
  const records = await recordsWhere(view, sessionTable, 'user', user)
  return records.sort((a, b) => millisOf(a.value.created_at) - millisOf(b.value.created_at))
}

function readSession({ id, value }: StoredRecord): StoredSession {
  return {
    id: id.key as string,
    user: value.user as RecordId,
    untilMs: millisOf(value.until),
    isRevoked: value.revoked_at !== undefined,
  }
}

function revoked(session: ValueObject, nowMs: number): ValueObject {
  return { ...session, revoked_at: Datetime.fromEpochMillis(nowMs) }
}

/** 128 bits of a hash, in hexadecimal: no way back to the token's half. */
function sessionIdOf(family: Uint8Array): string {
  return sha256(family).toString('hex').slice(0, 32)
}

function isSame(stored: unknown, hash: Buffer): boolean {
  return stored instanceof Uint8Array && stored.length === hash.length && timingSafeEqual(stored, hash)
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function millisOf(time: unknown): number {
  return (time as Datetime).toDate().getTime()
}
