/**
 * A snapshot of a LevelDB store.
 * Invariant: while it has a view, LevelDB is open and the view's native snapshot is held; without one every
 * read says why. Reading through a closed native snapshot would crash the process, so no path leads around
 * `#view`.
 */

import type { Snapshot } from 'classic-level'
import type { KeyRange, KvEntry, KvSnapshot, ScanOptions } from '../kv-store.ts'
import {
  bulkRangeBytesMin,
  chunkBytes,
  chunkBytesMax,
  chunkEntriesMax,
  chunkGrowth,
  firstChunkEntries,
} from '../limits.ts'
import { storageErrors } from '../storage-errors.ts'
import { type FilesThen, FileView, filesNow, type SharedFiles } from './bulk/file-view.ts'
import { OddFiles } from './bulk/piece.ts'
import { damaged } from './level-errors.ts'
import {
  type Level,
  type RawEntry,
  type ReadOptions,
  readOptionsOf,
  readSegment,
  readValue,
  type Segment,
  type SegmentBounds,
  type SegmentLimits,
} from './level-read.ts'
import { unframeValue } from './value-frame.ts'

/** What a snapshot needs of its store. */
export interface SnapshotOwner {
  /** Keeps LevelDB open while it reads. */
  reading<T>(read: () => Promise<T>): Promise<T>
  /** Resolves when the store is open; starts opening it when an attempt has failed. */
  reopened(): Promise<void>
  release(snapshot: LevelSnapshot): void
}

interface View {
  readonly level: Level
  readonly snapshot: Snapshot
  readonly options: ReadOptions
}

type Absence = 'closed' | 'reopening' | 'lost'

const noValue = Buffer.alloc(0)

export class LevelSnapshot implements KvSnapshot {
  /** Number of batches that the store had applied. */
  readonly version: number
  readonly #owner: SnapshotOwner
  #view: View | undefined
  /** For long scans. */
  #files: FileView | undefined
  /** Keeps tables from being removed. */
  #pin: { close(): Promise<void> } | undefined
  #absence: Absence = 'reopening'

  /** Without a level the store is being reopened. */
  constructor(owner: SnapshotOwner, version: number, level: Level | undefined) {
    this.#owner = owner
    this.version = version
    if (level !== undefined) this.attach(level)
  }

  get(key: Uint8Array): Buffer | undefined {
    const view = this.#view
    if (view === undefined) throw this.#absenceError()
    return readValue(view.level, key, view.options)
  }

  getMany(keys: readonly Uint8Array[]): (Buffer | undefined)[] {
    const view = this.#view
    if (view === undefined) throw this.#absenceError()
    return keys.map((key) => readValue(view.level, key, view.options))
  }

  scan(range: KeyRange, options: ScanOptions = {}): AsyncGenerator<readonly KvEntry[]> {
    const { reverse = false, limit, values = true } = options
    const files = reverse || limit !== undefined || !values ? undefined : this.#files
    // One generator around another would cost every chunk of every query a turn more.
    return files === undefined
      ? this.#scanLevel(range, range, options)
      : this.#scanLong(files, range, options)
  }

  async *#scanLong(
    files: FileView,
    range: KeyRange,
    options: ScanOptions,
  ): AsyncGenerator<readonly KvEntry[]> {
    const isLong = await this.#isLong(range)
    const left = isLong ? yield* this.#scanFiles(files, range, options.chunkEntries) : range
    if (left !== undefined) yield* this.#scanLevel(left, range, options)
  }

  /** Whether reading files is worth opening them. */
  async #isLong({ gte, lt }: KeyRange): Promise<boolean> {
    const view = this.#view
    if (view === undefined) return false
    const bytes = await this.#owner.reading(() => view.level.approximateSize(gte as Buffer, lt as Buffer))
    return bytes >= bulkRangeBytesMin
  }

  /** Gives what is left for LevelDB to read: as a rule nothing. */
  async *#scanFiles(
    files: FileView,
    range: KeyRange,
    chunkEntries: number | undefined,
  ): AsyncGenerator<readonly KvEntry[], SegmentBounds | undefined> {
    let last: KvEntry | undefined
    try {
      for await (const chunk of files.scan(range, chunkEntries)) {
        if (this.#files !== files) return boundsBehind(last, range)
        last = chunk.at(-1)
        yield chunk
      }
      return undefined
    } catch (error) {
      if (!isOfFiles(error)) throw error
      return boundsBehind(last, range)
    }
  }

  async *#scanLevel(
    from: SegmentBounds,
    range: KeyRange,
    options: ScanOptions,
  ): AsyncGenerator<readonly KvEntry[]> {
    const isReverse = options.reverse === true
    const entriesMax = Math.max(1, Math.min(options.chunkEntries ?? chunkEntriesMax, chunkEntriesMax))
    let left = options.limit ?? Number.POSITIVE_INFINITY
    let wanted = left <= entriesMax || options.chunkEntries !== undefined ? entriesMax : firstChunkEntries
    let bounds = from
    while (left > 0) {
      const limit = Math.min(wanted, left)
      const { entries: raw, bytes, isCut } = await this.#readSegment(bounds, options, limit)
      const entries = openEntries(raw, options.values !== false)
      const last = entries.at(-1)
      if (last !== undefined) yield entries
      const damagedEntry = raw[entries.length]
      if (damagedEntry !== undefined) throw damaged('its checksum does not match', damagedEntry[0])
      if (last === undefined || (raw.length < limit && !isCut)) return
      left -= raw.length
      bounds = isReverse ? { gte: range.gte, lt: last.key } : { gt: last.key, lt: range.lt }
      const fitting = Math.floor((chunkBytes * raw.length) / bytes)
      wanted = Math.max(1, Math.min(entriesMax, fitting, wanted * chunkGrowth))
    }
  }

  close(): void {
    this.#drop('closed')
    this.#owner.release(this)
  }

  /** The store goes out of use for a moment. */
  detach(): void {
    this.#drop('reopening')
  }

  /** The store is in use again and holds what this snapshot saw. */
  attach(level: Level): void {
    const snapshot = level.snapshot()
    this.#view = { level, snapshot, options: readOptionsOf(snapshot) }
  }

  /**
   * The files that hold what this snapshot sees, whose tables stay until it is closed; `undefined` where they
   * cannot be told. To be called when it was just taken, while nothing is being written.
   */
  async pinFiles(folder: string): Promise<FilesThen | undefined> {
    const view = this.#view
    if (view === undefined) return undefined
    this.#pin = view.level.iterator({ snapshot: view.snapshot })
    return filesNow(folder).catch(() => undefined)
  }

  /** Lets long scans read the files, which hold what it sees. */
  readFiles(files: SharedFiles): void {
    if (this.#view !== undefined) this.#files = new FileView(files)
  }

  /** What long scans read, where they read files. */
  get files(): SharedFiles | undefined {
    return this.#files?.files
  }

  /** The store is in use again but has gone on from what this snapshot saw. */
  lose(): void {
    this.#drop('lost')
  }

  /** Whether it is of no use any more. */
  get isLost(): boolean {
    return this.#view === undefined && this.#absence !== 'reopening'
  }

  /** A whole segment: LevelDB has vouched that nothing in it was skipped. */
  async #readSegment(bounds: SegmentBounds, options: ScanOptions, entriesMax: number): Promise<Segment> {
    const first = await this.#readOnce(bounds, options, { entriesMax, bytesMax: chunkBytesMax })
    if (!first.isCut) return first
    const { entries, bytes } = first
    const whole = await this.#readOnce(bounds, options, { entriesMax: entries.length, bytesMax: bytes })
    return { ...whole, isCut: true }
  }

  async #readOnce(bounds: SegmentBounds, options: ScanOptions, limits: SegmentLimits): Promise<Segment> {
    if (this.#absence === 'reopening' && this.#view === undefined) await this.#owner.reopened()
    const view = this.#view
    if (view === undefined) throw this.#absenceError()
    const { level, snapshot } = view
    const isReverse = options.reverse === true
    // A long scan would push everything else out of the cache.
    const fillCache = options.limit !== undefined && options.limit <= chunkEntriesMax
    return this.#owner.reading(() => readSegment(level, bounds, { snapshot, isReverse, fillCache }, limits))
  }

  #drop(absence: Absence): void {
    const view = this.#view
    this.#view = undefined
    this.#absence = absence
    // Frees what is native at once; the promises only tell so.
    void this.#pin?.close()
    this.#pin = undefined
    this.#files?.close()
    this.#files = undefined
    void view?.snapshot.close()
  }

  #absenceError(): Error {
    switch (this.#absence) {
      case 'closed':
        return storageErrors.CLOSED({ what: 'snapshot' })
      case 'lost':
        return storageErrors.SNAPSHOT_LOST()
      case 'reopening':
        // An attempt may have failed a while ago.
        this.#owner.reopened().catch(() => undefined)
        return storageErrors.REOPENING()
      default:
        return this.#absence satisfies never
    }
  }
}

/**
 * The entries up to the first damaged one. Values that are not wanted are verified all the same: they vouch
 * for keys.
 */
function openEntries(raw: readonly RawEntry[], withValues: boolean): KvEntry[] {
  const entries: KvEntry[] = []
  for (const [key, frame] of raw) {
    const value = unframeValue(key, frame)
    if (value === undefined) break
    entries.push({ key, value: withValues ? value : noValue })
  }
  return entries
}

function boundsBehind(last: KvEntry | undefined, range: KeyRange): SegmentBounds {
  return last === undefined ? range : { gt: last.key, lt: range.lt }
}

/** Something about the files, which LevelDB may know better. */
function isOfFiles(error: unknown): boolean {
  return error instanceof OddFiles || (error instanceof Error && 'syscall' in error)
}
