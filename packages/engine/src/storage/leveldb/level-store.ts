/**
 * The store on LevelDB (`classic-level`): the embedded default.
 * Commits are written one after another in the order of the calls; each is one LevelDB batch, with an fsync
 * unless it may be lost. Values are framed with a checksum (value-frame.ts), scans are read segment by
 * segment (level-read.ts).
 *
 * After a failed write LevelDB's log is in doubt: bytes of the failed batch may lie in it, or in a buffer
 * that reaches it later, and a write behind them could be dropped at the next start. So nothing more is
 * written through that handle. It goes on serving reads, and before the next batch the store closes it and
 * opens LevelDB anew, if the disk has room for that (opening writes, too). Whatever turns up of the failed
 * batch is undone from the values it would have replaced.
 * Snapshots of the newest state then go on; older ones are lost (STORAGE_SNAPSHOT_LOST). While that goes on,
 * for tens of milliseconds, scans wait and other reads fail with STORAGE_REOPENING.
 */

import { readdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { checkBatch, checkExpected } from '../check-batch.ts'
import type {
  CommitOptions,
  KeyRange,
  KvOperation,
  KvShare,
  KvSnapshot,
  KvStore,
  KvStoreLimits,
  PurgeOptions,
  StoreDamage,
} from '../kv-store.ts'
import {
  compactRoomBytes,
  purgePollMs,
  purgeQuietWaitMs,
  purgeSnapshotWaitMs,
  storeLimits,
  writeBufferBytesDefault,
} from '../limits.ts'
import { storageErrors } from '../storage-errors.ts'
import { shareable } from './bulk/file-view.ts'
import { type FailedWrite, failedWrite, isTransient, undoFailed } from './failed-write.ts'
import { claimFolder, type FolderClaim } from './folder-claim.ts'
import { writeError } from './level-errors.ts'
import { type Level, newestOptions, readFrame, readValue } from './level-read.ts'
import { LevelShares } from './level-shares.ts'
import { LevelSnapshot, type SnapshotOwner } from './level-snapshot.ts'
import { dropCompactPointers } from './manifest-file.ts'
import { type LevelFiles, openLevel } from './open-level.ts'
import { purgeFiles } from './purge-files.ts'
import { ReadsInFlight } from './reads-in-flight.ts'
import { frameValue } from './value-frame.ts'
import { findFileDamage } from './verify-files.ts'

export interface LevelStoreOptions extends LevelFiles {
  readonly limits?: Partial<KvStoreLimits>
}

const durable = { sync: true } as const
const relaxed = { sync: false } as const

const nothing = Buffer.alloc(0)

/** Below this replaying the log is not worth a file. */
const flushBytesMin = 1024 * 1024

/** Room that opening needs besides what it moves out of the log. */
const reopenBytes = 1024 * 1024

/**
 * Opens the store in a folder, which is made when it is missing. One process, and one store in it, has it at
 * a time.
 * @throws STORAGE_LOCKED, STORAGE_FOLDER, STORAGE_FULL, STORAGE_CORRUPT, STORAGE_IO
 * @example
 * const store = await openLevelStore({ path: './data' })
 * await store.commit([{ type: 'put', key: Buffer.from('a'), value: Buffer.from('1') }])
 * await store.close()
 */
export async function openLevelStore(options: LevelStoreOptions): Promise<LevelStore> {
  const claim = await claimFolder(options.path)
  const claimed = { ...options, path: claim.folder }
  try {
    return new LevelStore(claimed, claim, await openLevel(claimed))
  } catch (error) {
    await claim.release()
    throw error
  }
}

export class LevelStore implements KvStore {
  readonly reads = 'sync'
  readonly limits: KvStoreLimits
  readonly #files: LevelFiles
  readonly #claim: FolderClaim
  readonly #path: string
  readonly #shares = new LevelShares()
  readonly #snapshots = new Set<LevelSnapshot>()
  readonly #owner: SnapshotOwner
  /** `undefined` while LevelDB is closed for a moment, or could not be opened again. */
  #level: Level | undefined
  /** Batches applied. */
  #version = 0
  #failed: FailedWrite | undefined
  /** Settles when everything handed over so far has been written or refused. */
  #written: Promise<unknown> = Promise.resolve()
  #retry: Promise<void> | undefined
  #compactions = 0
  readonly #reads = new ReadsInFlight()
  #closing: Promise<void> | undefined

  /** Made by `openLevelStore`. */
  constructor(options: LevelStoreOptions, claim: FolderClaim, level: Level) {
    this.limits = { ...storeLimits, ...options.limits }
    this.#files = options
    this.#claim = claim
    this.#path = options.path
    this.#level = level
    this.#owner = {
      reading: (read) => this.#reading(read),
      reopened: () => this.#reopened(),
      release: (snapshot) => this.#snapshots.delete(snapshot),
    }
  }

  snapshot(): LevelSnapshot {
    this.#assertOpen()
    const snapshot = new LevelSnapshot(this.#owner, this.#version, this.#level)
    this.#snapshots.add(snapshot)
    return snapshot
  }

  async bulkSnapshot(): Promise<LevelSnapshot> {
    // In its turn, so that nothing is being written.
    const { snapshot, files } = await this.#inOrder(async () => {
      const snapshot = this.snapshot()
      // A batch that was refused may be in the log.
      const files = this.#failed === undefined ? await snapshot.pinFiles(this.#path) : undefined
      return { snapshot, files }
    })
    const shared = files && shareable(files)
    if (shared !== undefined) snapshot.readFiles(shared)
    return snapshot
  }

  share(onRecall: () => void, like?: KvSnapshot): KvShare {
    this.#assertOpen()
    // While LevelDB is closed here, another thread would open it for itself.
    this.#openLevel()
    const files = like instanceof LevelSnapshot ? like.files : undefined
    return this.#shares.add({ folder: this.#path, files }, onRecall)
  }

  async commit(batch: readonly KvOperation[], options: CommitOptions = {}): Promise<void> {
    this.#assertOpen()
    checkBatch(batch, this.limits)
    // Here and not in its turn, so that the disk does not wait for it.
    const frames = batch.map(framed)
    return this.#inOrder(() => this.#apply(frames, options))
  }

  async sizeBytes(range?: KeyRange): Promise<number> {
    this.#assertOpen()
    if (range === undefined) return folderBytes(this.#path, () => true)
    const { gte, lt } = range
    return this.#reading((level) => level.approximateSize(gte as Buffer, lt as Buffer))
  }

  async findDamage(): Promise<readonly StoreDamage[]> {
    this.#assertOpen()
    return findFileDamage(this.#path)
  }

  /**
   * What an open snapshot can still see stays in the files.
   * A write that fails while LevelDB compacts because it was told to would stop the process (its thread finds
   * the order gone). So compaction is refused where there is little room, and while it goes on so is a write
   * that might not find enough.
   */
  async compact(range?: KeyRange): Promise<void> {
    this.#assertOpen()
    await this.#assertRoom(compactRoomBytes + 2 * this.#compactMarginBytes)
    this.#compactions += 1
    try {
      await this.#compact(range)
    } finally {
      this.#compactions -= 1
    }
  }

  async #compact({ gte, lt }: KeyRange = this.#everyKey): Promise<void> {
    // LevelDB leaves a file alone unless something newer lies above it: fresh entries at both ends cover the
    // range. What is still in memory becomes a file first; in one file with them it would be left alone, too.
    await this.#reading((level) => level.compactRange(nothing, nothing))
    await this.#inOrder(() => this.#touch([gte, lt]))
    await this.#reading((level) => level.compactRange(gte as Buffer, lt as Buffer))
    // It does not say whether that went well, but refuses to write when it did not.
    await this.#inOrder(() => this.#touch([gte]))
    // Files that a reader was at while they were replaced are looked through once more.
    await this.#reading((level) => level.compactRange(nothing, nothing))
  }

  /**
   * Tables are rewritten (purge-files.ts). The log, the manifest, which names first and last keys of tables,
   * and LevelDB's notes, which name keys that it compacted up to, are made anew when the files are opened
   * again.
   */
  async purge(options: PurgeOptions = {}): Promise<void> {
    const { snapshotWaitMs = purgeSnapshotWaitMs, onStep, signal } = options
    this.#assertOpen()
    const version = this.#version
    onStep?.('snapshots')
    await this.#outlive(version, snapshotWaitMs, signal)
    onStep?.('files')
    await this.#assertRoom(compactRoomBytes + 2 * this.#compactMarginBytes)
    this.#compactions += 1
    try {
      await purgeFiles({
        folder: this.#path,
        flush: () => this.#reading((level) => level.compactRange(nothing, nothing)),
        compact: (smallest, largest) => this.#compact(smallest && largest && { gte: smallest, lt: largest }),
      })
    } finally {
      this.#compactions -= 1
    }
    onStep?.('reopen')
    await this.#inOrder(async () => {
      this.#assertOpen()
      await this.#waitForSnapshots(Number.POSITIVE_INFINITY, purgeQuietWaitMs)
      // Should it not work at once, whoever needs the store tries again.
      this.#failed ??= { error: storageErrors.REOPENING(), before: new Map() }
      await this.#reopen(0, () => dropCompactPointers(this.#path))
    })
    await rm(join(this.#path, 'LOG.old'), { force: true })
  }

  /** No snapshot is older than this; those that stay open for long are lost. */
  async #outlive(version: number, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    await this.#waitForSnapshots(version, waitMs, signal)
    for (const snapshot of this.#snapshots) if (snapshot.version < version) snapshot.lose()
    await this.#reads.end()
  }

  async #waitForSnapshots(version: number, waitMs: number, signal?: AbortSignal): Promise<void> {
    const isHeld = () =>
      [...this.#snapshots].some((snapshot) => snapshot.version < version && !snapshot.isLost)
    for (const end = performance.now() + waitMs; isHeld() && performance.now() < end; ) {
      await setTimeout(purgePollMs, undefined, signal && { signal })
      this.#assertOpen()
    }
  }

  get #everyKey(): KeyRange {
    return { gte: nothing, lt: Buffer.alloc(this.limits.keyBytesMax + 1, 0xff) }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#closeLevel()
    } finally {
      await this.#claim.release()
    }
  }

  async #closeLevel(): Promise<void> {
    for (const snapshot of this.#snapshots) snapshot.close()
    await this.#shares.recall()
    await this.#written
    // What is left of a failed batch must not turn up at the next start. Without room nothing can turn up
    // either.
    if (this.#failed !== undefined) await this.#reopen(0).catch(() => undefined)
    await this.#reads.end()
    await this.#flush()
    await this.#level?.close()
    this.#level = undefined
  }

  /** Moves a long log into a table, which takes half the time that the next start would need to replay it. */
  async #flush(): Promise<void> {
    if (this.#level === undefined || (await this.#logBytes()) < flushBytesMin) return
    await this.#level.compactRange(nothing, nothing)
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw storageErrors.CLOSED({ what: 'store' })
  }

  /** One after another, in the order of the calls, whatever becomes of each. */
  #inOrder<T>(write: () => Promise<T>): Promise<T> {
    const done = this.#written.then(write)
    this.#written = done.catch(() => undefined)
    return done
  }

  /**
   * A write may fail for what happened in the background before it, while there is room again: then it is run
   * again.
   */
  async #apply(frames: readonly KvOperation[], options: CommitOptions): Promise<void> {
    const { expect } = options
    const isRelaxed = options.durable === false
    for (let isSecond = false; ; isSecond = true) {
      const level = await this.#writableLevel(frames)
      if (this.#compactions > 0) await this.#assertRoom(bytesOf(frames) + this.#compactMarginBytes)
      if (expect !== undefined) checkExpected(readValue(level, expect.key, newestOptions), expect)
      if (frames.length === 0) return
      const write = batchOf(level, frames)
      try {
        await write.write(isRelaxed ? relaxed : durable)
        this.#version += 1
        return
      } catch (error) {
        this.#failed = failedWrite(level, frames, error)
        if (isSecond || !isTransient(this.#failed.error)) throw this.#failed.error
      }
    }
  }

  /** Writes under the keys what is there already: the value, or its absence. */
  async #touch(keys: readonly Uint8Array[]): Promise<void> {
    const level = await this.#writableLevel([])
    const batch = level.batch()
    for (const key of keys) {
      const frame = readFrame(level, key, newestOptions)
      if (frame === undefined) batch.del(key as Buffer)
      else batch.put(key as Buffer, frame)
    }
    try {
      await batch.write(relaxed)
    } catch (error) {
      this.#failed = failedWrite(level, [], error)
      throw this.#failed.error
    }
  }

  /** @throws STORAGE_FULL while there is no room, or why the store cannot be written to */
  async #writableLevel(frames: readonly KvOperation[]): Promise<Level> {
    if (this.#failed !== undefined) {
      if (!isTransient(this.#failed.error)) throw this.#failed.error
      await this.#reopen(bytesOf(frames))
    }
    return this.#openLevel()
  }

  /** @param onClosed runs while nobody has the files open */
  async #reopen(batchBytes: number, onClosed?: () => Promise<void>): Promise<void> {
    const failed = this.#failed
    if (failed === undefined) return
    // Opening moves the log into tables; when that fails half-way there is nothing left to read from.
    await this.#assertRoom(1.25 * (await this.#logBytes()) + batchBytes + reopenBytes)
    const before = this.#level
    this.#level = undefined
    await this.#shares.recall()
    await this.#reads.end()
    for (const snapshot of this.#snapshots) snapshot.detach()
    await before?.close()
    await onClosed?.()
    const level = await openLevel(this.#files)
    try {
      await undoFailed(level, failed)
    } catch (error) {
      await level.close()
      throw writeError(this.#path, error)
    }
    this.#level = level
    this.#failed = undefined
    for (const snapshot of this.#snapshots) {
      if (snapshot.version === this.#version) snapshot.attach(level)
      else snapshot.lose()
    }
  }

  /** @throws STORAGE_FULL, STORAGE_IO */
  async #assertRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await this.#looking(statfs(this.#path))
    if (bavail * bsize < bytes) throw storageErrors.FULL({ path: this.#path })
  }

  /** Both write buffers may become files at any time. */
  get #compactMarginBytes(): number {
    return 2 * (this.#files.writeBufferBytes ?? writeBufferBytesDefault) + reopenBytes
  }

  /** @throws STORAGE_IO */
  #logBytes(): Promise<number> {
    return this.#looking(folderBytes(this.#path, (name) => name.endsWith('.log')))
  }

  /** A look at the folder, which may be gone. */
  #looking<T>(look: Promise<T>): Promise<T> {
    return look.catch((error: unknown) => {
      throw writeError(this.#path, error)
    })
  }

  #openLevel(): Level {
    if (this.#level === undefined) throw storageErrors.REOPENING()
    return this.#level
  }

  async #reading<T>(read: (level: Level) => Promise<T>): Promise<T> {
    const level = this.#openLevel()
    return this.#reads.add(() => read(level))
  }

  #reopened(): Promise<void> {
    this.#retry ??= this.#inOrder(() => this.#reopen(0)).finally(() => {
      this.#retry = undefined
    })
    return this.#retry
  }
}

/** What goes into the files: the value in its frame. */
function framed(operation: KvOperation): KvOperation {
  if (operation.type === 'delete') return operation
  const { key, value } = operation
  return { type: 'put', key, value: frameValue(key, value) }
}

function batchOf(level: Level, frames: readonly KvOperation[]) {
  const write = level.batch()
  for (const frame of frames) {
    if (frame.type === 'delete') write.del(frame.key as Buffer)
    else write.put(frame.key as Buffer, frame.value as Buffer)
  }
  return write
}

function bytesOf(frames: readonly KvOperation[]): number {
  let bytes = 0
  for (const frame of frames) bytes += frame.key.length + (frame.type === 'put' ? frame.value.length : 0)
  return bytes
}

async function folderBytes(path: string, isCounted: (name: string) => boolean): Promise<number> {
  let bytes = 0
  for (const name of await readdir(path)) {
    if (!isCounted(name)) continue
    // Compaction may have removed it meanwhile.
    bytes += await stat(join(path, name)).then(
      ({ size }) => size,
      () => 0,
    )
  }
  return bytes
}
