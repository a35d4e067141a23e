/** Damage that a read meets, in words: the store knows its keys and not what they stand for. */

import { DbError } from '@dendrodb/protocol'
import { storageErrors } from '../storage/storage-errors.ts'
import { nameOfKey } from './key-name.ts'

/** @throws STORAGE_CORRUPT naming the object rather than its key */
export async function namingDamage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const key = damagedKey(error)
    if (key === undefined) throw error
    const { reason, key: hex } = (error as DbError).details
    throw storageErrors.CORRUPT({ what: nameOfKey(key), reason: String(reason), key: hex }, { cause: error })
  }
}

/** The key that the store names in its error, if it does. */
export function damagedKey(error: unknown): Buffer | undefined {
  if (!(error instanceof DbError) || error.status !== 'corrupt') return undefined
  const { key } = error.details
  return typeof key === 'string' ? Buffer.from(key, 'hex') : undefined
}
