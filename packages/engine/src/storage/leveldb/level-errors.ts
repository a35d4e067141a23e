/**
 * What went wrong in LevelDB or under it, as an error of ours.
 * Why by text: LevelDB passes on what the operating system said as words only.
 */

import { DbError } from '@dendrodb/protocol'
import { storageErrors } from '../storage-errors.ts'

/** As abstract-level and Node give them. */
interface Fault {
  readonly code: string
  readonly message: string
}

const noRoom = /no space left|quota exceeded|not enough space|disk is full|\bENOSPC\b|\bEDQUOT\b/i
const noAccess =
  /permission denied|access is denied|not permitted|read-only|not a directory|file (already )?exists/i
/** LevelDB asks for bytes that a file does not have, or for a file that is gone: what told it to is wrong. */
const wrongPlace = /invalid argument|no such file/i

/** Opening failed. */
export function openError(path: string, error: unknown): DbError {
  if (error instanceof DbError) return error
  const { code, message } = faultOf(error)
  const options = { cause: error }
  if (code === 'LEVEL_LOCKED') return storageErrors.LOCKED({ path }, options)
  if (noRoom.test(message)) return storageErrors.FULL({ path }, options)
  if (noAccess.test(message)) return storageErrors.FOLDER({ path, reason: message }, options)
  return otherError(path, error)
}

/** A batch could not be written. */
export function writeError(path: string, error: unknown): DbError {
  if (error instanceof DbError) return error
  if (noRoom.test(faultOf(error).message)) return storageErrors.FULL({ path }, { cause: error })
  return otherError(path, error)
}

/** A read failed. */
export function readError(path: string, error: unknown, key?: Uint8Array): DbError {
  const { code, message } = faultOf(error)
  if (code === 'LEVEL_CORRUPTION' || wrongPlace.test(message)) return damaged(message, key, { cause: error })
  return otherError(path, error)
}

/** @param key names the entry that is damaged; without it nobody can tell which one is. */
export function damaged(reason: string, key?: Uint8Array, options?: { readonly cause: unknown }): DbError {
  if (key === undefined) return storageErrors.CORRUPT({ what: 'a file of the store', reason }, options)
  const hex = Buffer.from(key).toString('hex')
  return storageErrors.CORRUPT({ what: `the entry under key ${hex}`, reason, key: hex }, options)
}

/** A file of the store, found damaged without LevelDB. */
export function damagedFile(path: string, reason: string): DbError {
  return storageErrors.CORRUPT({ what: `the file ${path}`, reason })
}

function otherError(path: string, error: unknown): DbError {
  const { code, message } = faultOf(error)
  // Any other status of LevelDB on its own files ("does not match", "not supported") says that they are not
  // as it left them.
  const isSystem = code === 'LEVEL_IO_ERROR' || message.startsWith('IO error') || /^E[A-Z]+$/.test(code)
  if (isSystem) return storageErrors.IO({ path, reason: message }, { cause: error })
  return storageErrors.CORRUPT({ what: `the store in ${path}`, reason: message }, { cause: error })
}

/** abstract-level wraps what LevelDB said when it opens. */
function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'LEVEL_DATABASE_NOT_OPEN' && error.cause !== undefined) return faultOf(error.cause)
  return { code, message: error.message }
}
