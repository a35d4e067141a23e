/**
 * Opens LevelDB in a folder that the caller has claimed (folder-claim.ts).
 * Why with `multithreading`: another thread may then open the same LevelDB for reading (level-reader.ts).
 */

import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { cacheBytesDefault, openFilesMax, tableFileBytes, writeBufferBytesDefault } from '../limits.ts'
import { countEarlyEnds, earlyEndsMax, noteOpening, noteSettled, settledAfterMs } from './early-ends.ts'
import { damagedFile, openError } from './level-errors.ts'
import type { Level } from './level-read.ts'
import { findFileDamage, prepareLogs } from './verify-files.ts'

export interface LevelFiles {
  /** Folder of the files, which is there; always under the same name. */
  readonly path: string
  /** Uncompressed blocks kept in memory. Default 32 MiB. */
  readonly cacheBytes?: number
  /** Changes kept in memory until they become a file; up to two such buffers. Default 16 MiB. */
  readonly writeBufferBytes?: number
  /** Whether blocks are compressed; pointless for what is sealed. Default `true`. */
  readonly compression?: boolean
}

/** @throws STORAGE_LOCKED, STORAGE_FOLDER, STORAGE_FULL, STORAGE_CORRUPT, STORAGE_IO */
export async function openLevel(files: LevelFiles): Promise<Level> {
  try {
    return await openChecked(files)
  } catch (error) {
    throw openError(files.path, error)
  }
}

async function openChecked(files: LevelFiles): Promise<Level> {
  const { path: folder } = files
  let earlyEnds = await countEarlyEnds(folder)
  if (earlyEnds >= earlyEndsMax) {
    await assertSound(folder)
    earlyEnds = 0
  }
  await prepareLogs(folder)
  await noteOpening(folder, earlyEnds)
  return openFiles(files).catch((error) => {
    noteSettled(folder)
    throw error
  })
}

async function openFiles(files: LevelFiles): Promise<Level> {
  const { path: folder } = files
  const level: Level = new ClassicLevel<Buffer, Buffer>(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    cacheSize: files.cacheBytes ?? cacheBytesDefault,
    writeBufferSize: files.writeBufferBytes ?? writeBufferBytesDefault,
    maxFileSize: tableFileBytes,
    maxOpenFiles: openFilesMax,
    compression: files.compression ?? true,
    multithreading: true,
  })
  await level.open()
  const timer = setTimeout(noteSettled, settledAfterMs, folder).unref()
  level.once('closed', () => {
    clearTimeout(timer)
    noteSettled(folder)
  })
  return level
}

async function assertSound(folder: string): Promise<void> {
  const [damage] = await findFileDamage(folder)
  if (damage !== undefined) throw damagedFile(join(folder, damage.file), damage.reason)
}
