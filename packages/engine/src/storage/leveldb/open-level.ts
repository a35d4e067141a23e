/**
 * Opens LevelDB in a folder.
 * Why resolve the path: LevelDB's lock keeps other processes out, and other handles of this one by the name of the
 * folder only. Under two names of one folder two handles would destroy each other's files.
 */

import { mkdir, realpath } from 'node:fs/promises'
import { ClassicLevel } from 'classic-level'
import { cacheBytesDefault, openFilesMax, tableFileBytes, writeBufferBytesDefault } from '../limits.ts'
import { openError } from './level-errors.ts'
import type { Level } from './level-read.ts'
import { prepareLogs } from './verify-files.ts'

export interface LevelFiles {
  /** Folder of the files. */
  readonly path: string
  /** Uncompressed blocks kept in memory. Default 32 MiB. */
  readonly cacheBytes?: number
  /** Changes kept in memory until they become a file; up to two such buffers. Default 16 MiB. */
  readonly writeBufferBytes?: number
}

/** @throws STORAGE_LOCKED, STORAGE_FOLDER, STORAGE_FULL, STORAGE_CORRUPT, STORAGE_IO */
export async function openLevel(files: LevelFiles): Promise<Level> {
  try {
    await mkdir(files.path, { recursive: true })
    const folder = await realpath(files.path)
    await prepareLogs(folder)
    const level: Level = new ClassicLevel<Buffer, Buffer>(folder, {
      keyEncoding: 'buffer',
      valueEncoding: 'buffer',
      cacheSize: files.cacheBytes ?? cacheBytesDefault,
      writeBufferSize: files.writeBufferBytes ?? writeBufferBytesDefault,
      maxFileSize: tableFileBytes,
      maxOpenFiles: openFilesMax,
      compression: true,
    })
    await level.open()
    return level
  } catch (error) {
    throw openError(files.path, error)
  }
}
