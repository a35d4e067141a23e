/**
 * Takes an account out of its database for good: its records in the reserved tables, all of its sessions
 * there ever were, and the record it acts as.
 * Invariant: nobody comes back to it. A session that begins meanwhile is erased or does not begin, as it
 * reads the account that this takes away.
 */

import type { Database, ErasureAnswer, ErasureOptions } from '@dendrodb/engine'
import { RecordId } from '@dendrodb/protocol'
import { loginTable, profileId, sessionTable, userTable } from './account-tables.ts'

/** @throws FORGET_UNKNOWN, FORGET_TOO_LARGE, FORGET_REASON */
export function eraseAccount(
  database: Database,
  key: string,
  options: ErasureOptions,
): Promise<ErasureAnswer> {
  const ids = [profileId(key), new RecordId(userTable, key), new RecordId(loginTable, key)]
  return database.erase(ids, { ...options, reserved: { table: sessionTable, field: 'user' } })
}
