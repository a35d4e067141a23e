/**
 * The storage seam: an ordered, transactional key–value store that LevelDB, memory and (later) PostgreSQL
 * serve.
 * Why: everything above is a function of bytes under keys; nothing above may know which store holds them.
 * Invariants, proved for every implementation by `kv-store.suite.ts` and relied upon without a check by
 * callers:
 * - Keys are ordered as unsigned bytes. Keys and values handed over, and those handed out, are not changed
 *   afterwards by either side, so that nobody copies them.
 * - `commit` is all or nothing, and durable (fsync) when it resolves unless `durable: false` was asked for.
 *   Once it has resolved, every snapshot taken afterwards sees the whole of it.
 * - A snapshot never sees a part of a batch, nor anything committed after it was taken.
 * - One writer calls `commit`; several calls may be in flight and take effect in the order of the calls. One
 *   that is refused leaves those behind it alone.
 * - What is closed fails with `STORAGE_CLOSED`, a scan in progress too.
 * - A damaged value is an error (`STORAGE_CORRUPT`, details.key in hex) on the read that meets it, never
 *   silently different data; a scan gives the entries before it first. A key that damage has hidden from its
 *   store is found by the store's own check of its files, not by reads.
 * - When the disk is full, `commit` rejects with `STORAGE_FULL`, nothing of the batch is visible then or
 *   later, reads go on, and later commits succeed once there is room. A store that has to reopen its files
 *   for that lets reads fail with `STORAGE_REOPENING` for the moment, and those of snapshots older than the
 *   newest state with `STORAGE_SNAPSHOT_LOST` from then on.
 */

export type MaybePromise<T> = T | Promise<T>

/** A half-open range of keys, `gte` ≤ key < `lt`; empty when `lt` ≤ `gte`. */
export interface KeyRange {
  readonly gte: Uint8Array
  readonly lt: Uint8Array
}

export interface ScanOptions {
  /** Descending key order. */
  readonly reverse?: boolean
  /** At most this many entries in total. */
  readonly limit?: number
  /** `false` leaves the values out (each is then empty); cheaper where the store can do so. */
  readonly values?: boolean
  /** Entries per chunk at most; the store may give fewer. A hint for read-ahead. */
  readonly chunkEntries?: number
}

export interface KvEntry {
  readonly key: Buffer
  readonly value: Buffer
}

/**
 * A consistent view of the store at one moment. Must be closed; holds back the store's garbage collection
 * until then.
 */
export interface KvSnapshot {
  /** The value, or `undefined` where the key is absent. */
  get(key: Uint8Array): MaybePromise<Buffer | undefined>
  /** Values in the order of the keys, `undefined` where absent. */
  getMany(keys: readonly Uint8Array[]): MaybePromise<(Buffer | undefined)[]>
  /**
   * Entries in key order, chunk after chunk; never an empty chunk. Ending the iteration early frees its
   * resources.
   * Nothing is read before the first chunk is asked for.
   */
  scan(range: KeyRange, options?: ScanOptions): AsyncIterable<readonly KvEntry[]>
  /** Idempotent. */
  close(): void
}

export type KvOperation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'delete'; readonly key: Uint8Array }

export interface CommitOptions {
  /** `false`: the batch is atomic and ordered, but may be lost with the machine's power. Default `true`. */
  readonly durable?: boolean
  /**
   * Refuses the batch with `STORAGE_FENCED` unless the value under `key` is these bytes (`undefined`: absent)
   * when it is applied. Lets a writer that lost its lease find out.
   */
  readonly expect?: { readonly key: Uint8Array; readonly value: Uint8Array | undefined }
}

export interface PurgeOptions {
  /** How long snapshots from before the call may hold it up. Default: `purgeSnapshotWaitMs`. */
  readonly snapshotWaitMs?: number
  /** Gives up waiting, and what has not begun. */
  readonly signal?: AbortSignal
  /** Told of each step as it begins. */
  readonly onStep?: (step: PurgeStep) => void
}

/** Waiting for old snapshots, rewriting files, opening them anew. */
export type PurgeStep = 'snapshots' | 'files' | 'reopen'

/** One byte past a limit is refused with `STORAGE_TOO_LARGE`. */
export interface KvStoreLimits {
  readonly keyBytesMax: number
  readonly valueBytesMax: number
  /** Keys and values of one batch together. */
  readonly batchBytesMax: number
}

/** What another thread of the process needs to read a store. */
export interface KvShare {
  /** URL of a module that exports an `OpenReader` under the name `openReader`. */
  readonly module: string
  /** What it is to be called with; goes from thread to thread as it is (structured clone). */
  readonly data: unknown
  /** To be called when the other thread has closed its reader or has ended. Idempotent. */
  release(): void
}

/** Opens in the thread that calls it what another thread's store has shared. */
export type OpenReader = (data: unknown) => Promise<KvStoreReader>

export interface KvStoreReader {
  snapshot(): KvSnapshot
  /** Idempotent; open snapshots become closed. */
  close(): Promise<void>
}

export interface StoreDamage {
  /** Name in the store's folder. */
  readonly file: string
  readonly reason: string
}

export interface KvStore {
  /**
   * Whether `get` and `getMany` answer at once (`sync`) or with a promise (`async`). Declared, never guessed.
   */
  readonly reads: 'sync' | 'async'
  readonly limits: KvStoreLimits
  snapshot(): KvSnapshot
  /**
   * A snapshot for whoever reads most of the store, taken when the commits in flight are done: its scans
   * without a limit cost less, other reads the same. Absent where there is nothing to be gained.
   */
  bulkSnapshot?(): Promise<KvSnapshot>
  /**
   * Lets another thread of the process read the store until it is released; absent where no other thread can.
   * Before the store closes, or reopens its files, it calls `onRecall` and waits for the release.
   * @param like a bulk snapshot, which stays open: as long as nothing has been written since it was taken,
   * the other thread's snapshots are such ones, too
   */
  share?(onRecall: () => void, like?: KvSnapshot): KvShare
  /** Operations in order; a later one on the same key wins. */
  commit(batch: readonly KvOperation[], options?: CommitOptions): Promise<void>
  /** Bytes on disk (0 for memory), within the range where given; an estimate. */
  sizeBytes(range?: KeyRange): Promise<number>
  /**
   * Rewrites the range so that deleted and overwritten data leave the files, but for what an open snapshot
   * still sees.
   */
  compact(range?: KeyRange): Promise<void>
  /**
   * Rewrites all files, so that what was deleted or overwritten before the call is in none of them any more,
   * neither keys nor values, nor in what the store notes about its files. Reads and commits go on.
   * Snapshots from before the call hold it up for a while and are then lost (`STORAGE_SNAPSHOT_LOST`), and so
   * may those be that are still open at its end and older than the newest state.
   * When it fails, some of it may have been done; a later call does the rest.
   */
  purge(options?: PurgeOptions): Promise<void>
  /**
   * Checks the files against the checksums in them and says what is damaged. Why beside the checks of reads:
   * damage can hide a key altogether, which no read meets.
   */
  findDamage(): Promise<readonly StoreDamage[]>
  /** Idempotent. Waits for commits in flight; open snapshots become closed. */
  close(): Promise<void>
}
