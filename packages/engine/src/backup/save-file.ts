/**
 * A file that appears under its name whole or not at all.
 */

import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DbError } from '@dendrodb/protocol'
import { syncFolder } from '../storage/generation.ts'
import { storageErrors } from '../storage/storage-errors.ts'
import { backupErrors } from './backup-errors.ts'
import type { ByteStream } from './byte-source.ts'

/** Written under another name, on disk, then renamed. @throws STORAGE_FULL, BACKUP_UNWRITABLE */
export async function saveFile(path: string, stream: ByteStream): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.partial`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      for await (const chunk of stream) await file.writeFile(chunk)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw fileError(path, error)
  }
}

/** What the operating system said, as an error of ours. */
function fileError(path: string, error: unknown): unknown {
  if (error instanceof DbError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return storageErrors.FULL({ path }, { cause: error })
  if (!/^E[A-Z]+$/.test(code)) return error
  return backupErrors.UNWRITABLE({ path, reason: message }, { cause: error })
}
