/**
 * Plain files beside a store: backups and exports.
 * Why here: what the operating system says about them is told as for the store itself.
 */

import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DbError } from '@dendrodb/protocol'
import { syncFolder } from './generation.ts'
import { storageErrors } from './storage-errors.ts'

/** Bytes from which on they are made durable while the next ones are written. */
const syncBytes = 4 * 1024 * 1024

/**
 * A file that appears under its name whole or not at all: written under another name, on disk, then renamed.
 * @param stream leaves a chunk as it is once it has given it
 * @throws STORAGE_FULL, STORAGE_FILE_UNWRITABLE
 */
export async function saveFile(path: string, stream: AsyncIterable<Uint8Array>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.partial`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await writeDurably(file, stream)
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw fileError(error, (options, reason) => {
      const { code } = options.cause as NodeJS.ErrnoException
      if (code === 'ENOSPC' || code === 'EDQUOT') return storageErrors.FULL({ path }, options)
      return storageErrors.FILE_UNWRITABLE({ path, reason }, options)
    })
  }
}

/**
 * Writes a chunk, and has what was written go to disk, while the next chunk is made: the wait at the end is
 * for the last few only.
 */
async function writeDurably(file: FileHandle, stream: AsyncIterable<Uint8Array>): Promise<void> {
  let written: Promise<void> = Promise.resolve()
  let synced: Promise<void> = Promise.resolve()
  let unsyncedBytes = 0
  for await (const chunk of stream) {
    await written
    if (unsyncedBytes >= syncBytes) {
      await synced
      synced = inBackground(file.datasync())
      unsyncedBytes = 0
    }
    written = inBackground(file.writeFile(chunk))
    unsyncedBytes += chunk.length
  }
  await written
  // The system tells of a failure once: the last call would not know of an earlier one.
  await synced
  await file.sync()
}

/** Its failure is told to who awaits it, unless something else fails first. */
function inBackground(work: Promise<void>): Promise<void> {
  work.catch(() => undefined)
  return work
}

/** Its bytes. @throws STORAGE_FILE_UNREADABLE */
export async function* readFile(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path)
  } catch (error) {
    throw fileError(error, (options, reason) => storageErrors.FILE_UNREADABLE({ path, reason }, options))
  }
}

/** What the operating system said, as an error of ours; any other error as it is. */
function fileError(
  error: unknown,
  make: (options: { readonly cause: unknown }, reason: string) => DbError,
): unknown {
  if (error instanceof DbError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  return /^E[A-Z]+$/.test(code) ? make({ cause: error }, message) : error
}
