/**
 * Opens LevelDB in a folder.
 * Why a lock of our own: LevelDB's keeps other processes out. Within a process it knows a folder by its name
 * only, and an attempt that it refuses closes a handle of the lock file, upon which POSIX drops the lock of
 * the one that holds it: another process could come in and the two would destroy each other's files. So no
 * second attempt gets that far.
 */

import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { cacheBytesDefault, openFilesMax, tableFileBytes, writeBufferBytesDefault } from '../limits.ts'
import { storageErrors } from '../storage-errors.ts'
import { countEarlyEnds, earlyEndsMax, noteOpening, noteSettled, settledAfterMs } from './early-ends.ts'
import { damagedFile, openError } from './level-errors.ts'
import type { Level } from './level-read.ts'
import { findFileDamage, prepareLogs } from './verify-files.ts'

export interface LevelFiles {
  /** Folder of the files. */
  readonly path: string
  /** Uncompressed blocks kept in memory. Default 32 MiB. */
  readonly cacheBytes?: number
  /** Changes kept in memory until they become a file; up to two such buffers. Default 16 MiB. */
  readonly writeBufferBytes?: number
  /** Whether blocks are compressed; pointless for what is sealed. Default `true`. */
  readonly compression?: boolean
}

/** Resolved paths of the folders that this thread has open. */
const openFolders = new Set<string>()

/** @throws STORAGE_LOCKED, STORAGE_FOLDER, STORAGE_FULL, STORAGE_CORRUPT, STORAGE_IO */
export async function openLevel(files: LevelFiles): Promise<Level> {
  try {
    await mkdir(files.path, { recursive: true })
    const folder = await realpath(files.path)
    if (openFolders.has(folder)) throw storageErrors.LOCKED({ path: files.path })
    openFolders.add(folder)
    return await openLocked(folder, files).catch((error) => {
      openFolders.delete(folder)
      throw error
    })
  } catch (error) {
    throw openError(files.path, error)
  }
}

async function openLocked(folder: string, files: LevelFiles): Promise<Level> {
  let earlyEnds = await countEarlyEnds(folder)
  if (earlyEnds >= earlyEndsMax) {
    await assertSound(folder)
    earlyEnds = 0
  }
  await prepareLogs(folder)
  await noteOpening(folder, earlyEnds)
  return openFolder(folder, files).catch((error) => {
    noteSettled(folder)
    throw error
  })
}

async function openFolder(folder: string, files: LevelFiles): Promise<Level> {
  const level: Level = new ClassicLevel<Buffer, Buffer>(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    cacheSize: files.cacheBytes ?? cacheBytesDefault,
    writeBufferSize: files.writeBufferBytes ?? writeBufferBytesDefault,
    maxFileSize: tableFileBytes,
    maxOpenFiles: openFilesMax,
    compression: files.compression ?? true,
  })
  await level.open()
  const timer = setTimeout(noteSettled, settledAfterMs, folder).unref()
  level.once('closed', () => {
    openFolders.delete(folder)
    clearTimeout(timer)
    noteSettled(folder)
  })
  return level
}

async function assertSound(folder: string): Promise<void> {
  const [damage] = await findFileDamage(folder)
  if (damage !== undefined) throw damagedFile(join(folder, damage.file), damage.reason)
}
