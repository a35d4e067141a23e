/**
 * The reserved tables of accounts, in each database that has accounts.
 *
 * | table | key | fields |
 * |---|---|---|
 * | `$user` | ULID | email (unique), password (Argon2id hash), roles, name?, created_at |
 * | `$session` | see session-store.ts | user, refresh (SHA-256), times, ip?, user_agent? |
 * | `$login` | as `$user` | failures, since, wait_until |
 *
 * An account `$user:X` acts as the record `user:X`: that is its `$auth.id`, the owner of what it creates, and
 * its profile, which a query may read. Why two records: nobody but the engine reaches a reserved table,
 * whereas a profile is the application's to extend; a password hash is never one typing error in a rule away
 * from a reader.
 */

import type { Database, ReadView, StoredRecord, Value, WriteTx } from '@dendrodb/engine'
import { must, RecordId } from '@dendrodb/protocol'

export const userTable = '$user'
export const sessionTable = '$session'
export const loginTable = '$login'
/** Table of the records that accounts act as. */
export const profileTable = 'user'

/** An index of one field, named after it. */
const indexes = [
  { table: userTable, field: 'email', unique: true },
  { table: sessionTable, field: 'user', unique: false },
]

const ensured = new WeakMap<Database, Promise<void>>()

/** Makes the tables where they are missing; once per open database. */
export function ensureAccountTables(database: Database): Promise<void> {
  const known = ensured.get(database)
  if (known !== undefined) return known
  const made = defineTables(database)
  ensured.set(database, made)
  made.catch(() => ensured.delete(database))
  return made
}

/** The record as a profile and an owner is named. */
export function profileId(accountKey: string): RecordId {
  return new RecordId(profileTable, accountKey)
}

/** Runs `work` on the newest state. */
export async function withView<T>(database: Database, work: (view: ReadView) => Promise<T>): Promise<T> {
  const view = await database.view()
  try {
    return await work(view)
  } finally {
    view.close()
  }
}

export async function recordsWhere(
  view: ReadView,
  table: string,
  field: string,
  value: Value,
): Promise<StoredRecord[]> {
  const index = must(
    view.catalog.table(table)?.indexes.find(({ name }) => name === field),
    `the index ${field} of ${table}`,
  )
  const found: StoredRecord[] = []
  for await (const entries of view.scanIndex(index, { equals: [value] })) {
    const records = await view.getRecords(entries.map(({ id }) => id))
    for (const record of records) if (record !== undefined) found.push(record)
  }
  return found
}

async function defineTables(database: Database): Promise<void> {
  const isComplete = await withView(database, async (view) => indexes.every(hasIndex(view)))
  if (isComplete) return
  await database.transaction(async (tx) => {
    for (const index of indexes.filter((each) => !hasIndex(tx)(each))) {
      const { table, field, unique } = index
      await tx.ensureTable(table)
      await tx.defineIndex({ name: field, table, fields: [[field]], unique })
    }
    await defineProfiles(tx)
  })
}

/**
 * Until the application says otherwise a profile is its user's to read and change, and an admin's to make.
 */
async function defineProfiles(tx: WriteTx): Promise<void> {
  if (tx.catalog.table(profileTable) !== undefined) return
  const own = { where: 'id = $auth.id' }
  await tx.defineTable(profileTable, {
    permissions: { select: own, create: 'none', update: own, delete: 'none' },
  })
}

function hasIndex(view: ReadView) {
  return ({ table, field }: { readonly table: string; readonly field: string }) =>
    view.catalog.table(table)?.indexes.some(({ name }) => name === field) === true
}
