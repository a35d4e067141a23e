/**
 * A backup that comes from elsewhere, kept in a file: only what is whole and as it was sent gets its name.
 */

import { formatHead } from '../ledger/hash.ts'
import { genesisOf } from '../replay/log-chain.ts'
import { saveFile } from '../storage/plain-file.ts'
import type { BackupHeader } from './backup-header.ts'
import { ByteSource, type ByteStream } from './byte-source.ts'
import { FrameReader, magic } from './frame.ts'
import { openFile } from './join-backups.ts'
import { readHeader } from './read-backup.ts'

/** What the header of a backup says. */
export interface BackupInfo {
  /** Name of the database. */
  readonly database: string
  readonly fromSeq: number
  readonly toSeq: number
  /** Head at `toSeq`. */
  readonly head: string
  readonly isEncrypted: boolean
}

/** Reads the beginning of a file. @throws BACKUP_NOT_ONE, BACKUP_DAMAGED, STORAGE_FILE_UNREADABLE, … */
export async function describeBackup(path: string): Promise<BackupInfo> {
  const backup = await openFile(path)
  await backup.close()
  return infoOf(backup.header)
}

function infoOf(header: BackupHeader): BackupInfo {
  const { store, database, fromSeq, toSeq, toHead, seal } = header
  return {
    database,
    fromSeq,
    toSeq,
    head: formatHead(genesisOf(store).hash, toHead),
    isEncrypted: seal !== undefined,
  }
}

export interface ReceivedBackup extends BackupInfo {
  readonly bytes: number
  readonly checksum: string
}

/** A backup that is passed on, having been checked. */
export class BackupReceiver {
  readonly info: BackupInfo
  readonly #source: ByteSource
  readonly #frames: FrameReader
  readonly #start: readonly Buffer[]
  #bytes = 0

  /** Made by `receiveBackup`. */
  constructor(source: ByteSource, frames: FrameReader, header: BackupHeader, start: readonly Buffer[]) {
    this.info = infoOf(header)
    this.#source = source
    this.#frames = frames
    this.#start = start
  }

  /** Once. @throws BACKUP_DAMAGED */
  async *chunks(): AsyncGenerator<Buffer> {
    try {
      for (const chunk of this.#start) yield this.#counted(chunk)
      for (let isEnd = false; !isEnd; ) {
        const { kind, bytes } = await this.#frames.next()
        for (const chunk of bytes) yield this.#counted(chunk)
        isEnd = kind === 'end'
      }
      await this.#frames.finish()
    } finally {
      await this.#source.close()
    }
  }

  /**
   * To a file that appears once it is whole. @throws BACKUP_DAMAGED, STORAGE_FILE_UNWRITABLE, STORAGE_FULL
   */
  async save(path: string): Promise<void> {
    await saveFile(path, this.chunks())
  }

  /** After the last chunk. */
  get received(): ReceivedBackup {
    return { ...this.info, bytes: this.#bytes, checksum: this.#frames.checksum.toString('hex') }
  }

  #counted(chunk: Buffer): Buffer {
    this.#bytes += chunk.length
    return chunk
  }
}

/**
 * Reads the header of what comes in.
 * @throws BACKUP_NOT_ONE, BACKUP_DAMAGED, BACKUP_FORMAT_TOO_NEW
 * @example
 * const backup = await receiveBackup('the server', response.body)
 * await backup.save(`shop-${backup.info.toSeq}.ddbackup`)
 */
export async function receiveBackup(name: string, stream: ByteStream): Promise<BackupReceiver> {
  const source = new ByteSource(name, stream)
  try {
    const frames = new FrameReader(source)
    const { header, frame } = await readHeader(frames)
    return new BackupReceiver(source, frames, header, [magic, ...frame.bytes])
  } catch (error) {
    await source.close()
    throw error
  }
}
