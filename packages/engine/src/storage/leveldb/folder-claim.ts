/**
 * A store's claim to its folder within the process.
 * Why beside LevelDB's own lock, which keeps other processes out: within a process LevelDB knows a folder by
 * its name only, and an attempt that it refuses closes a handle of the lock file, upon which POSIX drops the
 * lock of the one that holds it: another process could come in and the two would destroy each other's files.
 * So no second attempt gets that far, from whichever thread.
 */

import { mkdir, realpath } from 'node:fs/promises'
import { tryLock } from '../process-lock.ts'
import { storageErrors } from '../storage-errors.ts'
import { openError } from './level-errors.ts'

export interface FolderClaim {
  /** Resolved, so that a folder has one name. */
  readonly folder: string
  /** Others may claim the folder once it resolves. */
  release(): Promise<void>
}

/** Makes the folder when it is missing. @throws STORAGE_LOCKED, STORAGE_FOLDER, STORAGE_FULL, STORAGE_IO */
export async function claimFolder(path: string): Promise<FolderClaim> {
  try {
    await mkdir(path, { recursive: true })
    const folder = await realpath(path)
    const lock = await tryLock(folder)
    if (lock === undefined) throw storageErrors.LOCKED({ path })
    return { folder, release: () => lock.release() }
  } catch (error) {
    throw openError(path, error)
  }
}
