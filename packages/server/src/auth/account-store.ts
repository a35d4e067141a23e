/**
 * Accounts of one database, as records of `$user`.
 * Invariant: an email has one account; the unique index decides between two sign-ups at the same moment.
 */

import type { Database, ReadView, StoredRecord, WriteMeta } from '@dendrodb/engine'
import { Datetime, DbError, RecordId, ulid } from '@dendrodb/protocol'
import {
  ensureAccountTables,
  profileId,
  profileTable,
  recordsWhere,
  userTable,
  withView,
} from './account-tables.ts'
import { authErrors } from './auth-errors.ts'

export interface Account {
  readonly key: string
  /** The record it acts as. */
  readonly user: RecordId
  readonly email: string
  readonly passwordHash: string
  readonly roles: readonly string[]
  readonly name: string | undefined
  readonly createdAt: Datetime
}

export interface NewAccount {
  readonly email: string
  readonly passwordHash: string
  readonly name: string | undefined
  readonly nowMs: number
}

/** What a new account may do: what the rules allow to any user. */
const firstRoles = ['user']
export const authMeta: WriteMeta = { actor: 'auth' }

export class AccountStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async byEmail(email: string): Promise<Account | undefined> {
    await ensureAccountTables(this.#database)
    return withView(this.#database, (view) => findByEmail(view, email))
  }

  async byKey(key: string): Promise<Account | undefined> {
    return withView(this.#database, async (view) => {
      const record = await view.getRecord(new RecordId(userTable, key))
      return record && readAccount(record)
    })
  }

  /** @throws AUTH_EMAIL_TAKEN */
  async create({ email, passwordHash, name, nowMs }: NewAccount): Promise<Account> {
    await ensureAccountTables(this.#database)
    const key = ulid()
    const user = profileId(key)
    const createdAt = Datetime.fromEpochMillis(nowMs)
    const named = name === undefined ? {} : { name }
    const fields = { email, password: passwordHash, roles: firstRoles, created_at: createdAt, ...named }
    try {
      await this.#database.transaction(async (tx) => {
        if ((await findByEmail(tx, email)) !== undefined) throw authErrors.EMAIL_TAKEN()
        await tx.put(new RecordId(userTable, key), fields)
        // An application may have made edges of that name its own.
        const canHoldProfile = tx.catalog.table(profileTable)?.kind.type !== 'relation'
        if (canHoldProfile) await tx.put(user, { owner: user, created_at: createdAt, ...named })
      }, authMeta)
    } catch (error) {
      if (isTakenEmail(error)) throw authErrors.EMAIL_TAKEN({}, { cause: error })
      throw error
    }
    return { key, user, email, passwordHash, roles: firstRoles, name, createdAt }
  }

  /** The account with its new roles, or `undefined` when there is none. */
  async setRoles(key: string, roles: readonly string[], actor: string): Promise<Account | undefined> {
    const id = new RecordId(userTable, key)
    const { result } = await this.#database.transaction(
      async (tx) => {
        const record = await tx.getRecord(id)
        if (record === undefined) return undefined
        await tx.put(id, { ...record.value, roles })
        return { ...readAccount(record), roles }
      },
      { actor },
    )
    return result
  }
}

async function findByEmail(view: ReadView, email: string): Promise<Account | undefined> {
  const [record] = await recordsWhere(view, userTable, 'email', email)
  return record && readAccount(record)
}

function readAccount({ id, value }: StoredRecord): Account {
  const key = id.key as string
  return {
    key,
    user: profileId(key),
    email: value.email as string,
    passwordHash: value.password as string,
    roles: value.roles as readonly string[],
    name: value.name as string | undefined,
    createdAt: value.created_at as Datetime,
  }
}

function isTakenEmail(error: unknown): boolean {
  return (
    error instanceof DbError && error.code === 'INDEX_UNIQUE_VIOLATION' && error.details.table === userTable
  )
}
