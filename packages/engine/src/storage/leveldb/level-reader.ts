/**
 * A store's files, opened a second time by another thread of the process, for reading.
 * Why a second handle: native objects stay in the thread that made them. Both handles stand for one LevelDB,
 * so that a snapshot taken here sees all that was committed there.
 */

import { ClassicLevel } from 'classic-level'
import type { KvSnapshot, KvStoreReader, OpenReader } from '../kv-store.ts'
import { storageErrors } from '../storage-errors.ts'
import { areUnchanged, type SharedFiles } from './bulk/file-view.ts'
import { openError } from './level-errors.ts'
import type { Level } from './level-read.ts'
import type { SharedFolder } from './level-shares.ts'
import { LevelSnapshot, type SnapshotOwner } from './level-snapshot.ts'
import { ReadsInFlight } from './reads-in-flight.ts'

/** To be called while the store has shared the folder: otherwise it would open LevelDB for itself. */
export const openReader: OpenReader = async (data) => {
  const { folder, files } = data as SharedFolder
  const level: Level = new ClassicLevel<Buffer, Buffer>(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    createIfMissing: false,
    multithreading: true,
    // The store's own cache serves both.
    cacheSize: 0,
  })
  try {
    await level.open()
  } catch (error) {
    throw openError(folder, error)
  }
  return new LevelReader(level, files)
}

class LevelReader implements KvStoreReader {
  readonly #level: Level
  /** For snapshots of the same moment. */
  readonly #files: SharedFiles | undefined
  readonly #snapshots = new Set<LevelSnapshot>()
  readonly #reads = new ReadsInFlight()
  readonly #owner: SnapshotOwner
  #closing: Promise<void> | undefined

  constructor(level: Level, files: SharedFiles | undefined) {
    this.#level = level
    this.#files = files
    this.#owner = {
      reading: (read) => this.#reads.add(read),
      reopened: async () => undefined,
      release: (snapshot) => this.#snapshots.delete(snapshot),
    }
  }

  snapshot(): KvSnapshot {
    if (this.#closing !== undefined) throw storageErrors.CLOSED({ what: 'store' })
    const snapshot = new LevelSnapshot(this.#owner, 0, this.#level)
    if (this.#files !== undefined && areUnchanged(this.#files)) snapshot.readFiles(this.#files)
    this.#snapshots.add(snapshot)
    return snapshot
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const snapshot of this.#snapshots) snapshot.close()
    await this.#reads.end()
    await this.#level.close()
  }
}
