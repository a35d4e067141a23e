/**
 * One open database: its store, its sequencer, its definitions and its cache, wired together.
 * Why: views and transactions of every door begin here, so that rules about snapshots, retries and caching
 * exist once.
 */

import { RecordId } from '@dendrodb/protocol'
import type { TableDefinition } from '../catalog/definitions.ts'
import type { CatalogChange, StoredCatalog } from '../catalog/stored-catalog.ts'
import { catalogTableIds } from '../catalog/system-tables.ts'
import { checkCauses } from '../ledger/causes.ts'
import { headOf } from '../ledger/commit.ts'
import type { LedgerState } from '../ledger/commit-group.ts'
import { formatHead, type LedgerHash } from '../ledger/hash.ts'
import { keyOf, mainBranch, recordKey } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { exclusiveRunMs, optimisticRunsMax } from '../ledger/limits.ts'
import type { StoreFormat } from '../ledger/manifest.ts'
import { keyText } from '../ledger/overlay.ts'
import { type GroupBase, Sequencer } from '../ledger/sequencer.ts'
import { checkWriteMeta, type WriteMeta } from '../ledger/write-meta.ts'
import { type CommittedWrite, isEmptyRequest, type Mutation } from '../ledger/write-request.ts'
import { decodedBytes } from '../models/document/cached-scan.ts'
import { HeadView } from '../models/document/head-view.ts'
import { readCount } from '../models/document/live-records.ts'
import { RangeCache } from '../models/document/range-cache.ts'
import { RecordCache } from '../models/document/record-cache.ts'
import { RecordTx, type TxBase } from '../models/document/record-tx.ts'
import { ScanCache } from '../models/document/scan-cache.ts'
import { HistoryView } from '../models/history/history-view.ts'
import { VersionCache } from '../models/history/version-cache.ts'
import type { EdgeRef, IndexEntry, ReadView, StoredRecord } from '../models/model.ts'
import type { AsOf, Receipt, WriteAnswer, WriteOptions } from '../query/host.ts'
import { chain } from '../storage/chain.ts'
import type { KvStore, MaybePromise } from '../storage/kv-store.ts'
import { CatalogTimeline } from './catalog-timeline.ts'
import { seqAsOf } from './commit-time.ts'
import { answerOf, guardedWork, isGuarded } from './guarded-write.ts'
import { type HeldSnapshot, SharedSnapshots } from './shared-snapshot.ts'

export interface CoreOptions {
  readonly name: string
  readonly store: KvStore
  readonly format: StoreFormat
  readonly state: LedgerState
  readonly catalog: StoredCatalog
  readonly recordCacheBytes: number
  readonly scanCacheBytes: number
  /** Half of them for entries, half for edges. */
  readonly rangeCacheBytes: number
  readonly versionCacheBytes: number
}

export type CommitListener = (writes: readonly CommittedWrite[]) => void

export class DatabaseCore {
  readonly name: string
  readonly store: KvStore
  readonly format: StoreFormat
  readonly hash: LedgerHash
  readonly sequencer: Sequencer
  readonly snapshots: SharedSnapshots
  readonly catalogs: CatalogTimeline
  readonly #cache: RecordCache
  readonly #scanCache: ScanCache
  readonly #entryCache: RangeCache<IndexEntry>
  readonly #edgeCache: RangeCache<EdgeRef>
  readonly #versions: VersionCache
  /**
   * Cached records that a write took out of the cache, by the write's seq and their place in it: hot, so they
   * go back in.
   */
  readonly #hot = new Map<number, Map<number, Mutation>>()
  readonly #listeners = new Set<CommitListener>()
  #isClosed = false

  constructor(options: CoreOptions) {
    const { name, store, format, state, catalog, recordCacheBytes, scanCacheBytes, versionCacheBytes } =
      options
    this.name = name
    this.store = store
    this.format = format
    this.hash = state.hash
    this.snapshots = new SharedSnapshots(store, state.hash)
    this.catalogs = new CatalogTimeline(catalog)
    this.#cache = new RecordCache(recordCacheBytes)
    this.#scanCache = new ScanCache(scanCacheBytes)
    this.#entryCache = new RangeCache(options.rangeCacheBytes / 2)
    this.#edgeCache = new RangeCache(options.rangeCacheBytes / 2)
    this.#versions = new VersionCache(versionCacheBytes)
    this.sequencer = new Sequencer(store, state, catalog.seq, {
      onSequenced: (write) => this.#onSequenced(write),
      onCommitted: (writes) => this.#onCommitted(writes),
      onRolledBack: (seq) => this.#onRolledBack(seq),
    })
  }

  head(): Receipt {
    return this.#receiptOf(this.sequencer.durable.manifest)
  }

  /**
   * Called with each durable group, in order, before its writers are answered. Gives the function that ends
   * it.
   */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The newest acknowledged version of a record that happens to be in the cache: a read without a view. */
  cachedRecord(id: RecordId): StoredRecord | undefined {
    this.#checkOpen()
    const { seq } = this.sequencer.durable.manifest
    const table = this.catalogs.at(seq).table(id.table)
    return table === undefined ? undefined : this.#cached(table, id, seq)
  }

  view(asOf?: AsOf): MaybePromise<ReadView> {
    this.#checkOpen()
    return chain(this.snapshots.hold(), (held) => {
      if (asOf === undefined) return this.#headView(held)
      try {
        const view = this.#pastView(held, asOf)
        return view instanceof Promise ? view.catch((error: unknown) => releaseThenThrow(held, error)) : view
      } catch (error) {
        return releaseThenThrow(held, error)
      }
    })
  }

  /** What jobs read that need keys rather than a view. The caller releases it. */
  async holdSnapshot(): Promise<HeldSnapshot> {
    this.#checkOpen()
    return this.snapshots.hold()
  }

  async write<T>(
    work: (tx: RecordTx) => MaybePromise<T>,
    options: WriteOptions = {},
  ): Promise<WriteAnswer<T>> {
    this.#checkOpen()
    const { meta, request } = options
    if (meta !== undefined) {
      checkWriteMeta(meta)
      checkCauses(meta, this.sequencer.durable.manifest.seq)
    }
    if (!isGuarded(meta)) return this.#write(work, options)
    const { result: done, receipt } = await this.#write(guardedWork(this.hash, work, meta, request), options)
    if ('result' in done) return { result: done.result, receipt }
    const first = await this.#receiptAt(done.replay.seq)
    return { result: answerOf(meta, done.replay) as T, receipt: first, isReplay: true }
  }

  async #write<T>(
    work: (tx: RecordTx) => MaybePromise<T>,
    options: WriteOptions,
  ): Promise<{ readonly result: T; readonly receipt: Receipt }> {
    if (options.isPoint === true && this.store.reads === 'sync') {
      const done = await this.#writeInside(work, options.meta, 'at once')
      if (done !== undefined) return done
    }
    for (let run = 0; run < optimisticRunsMax; run += 1) {
      options.signal?.throwIfAborted()
      const done = await this.#writeBeside(work, options.meta)
      if (done !== undefined) return done
    }
    const alone = await this.#writeInside(work, options.meta, 'exclusive')
    if (alone === undefined) throw ledgerErrors.CONFLICT({ runs: optimisticRunsMax + 1 })
    return alone
  }

  /** Waits for what is queued, then closes the store. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.sequencer.close(ledgerErrors.CLOSED({ name: this.name }))
    this.snapshots.expire()
    await this.store.close()
  }

  #checkOpen(): void {
    if (this.#isClosed) throw ledgerErrors.CLOSED({ name: this.name })
  }

  #headView(held: HeldSnapshot): HeadView {
    const { seq } = held.manifest
    return new HeadView({
      reader: held.snapshot,
      reads: this.store.reads,
      seq,
      catalog: this.catalogs.at(seq),
      cached: (table, id) => this.#cached(table, id, seq),
      versions: this.#versions,
      scanCache: this.#scanCache,
      entryCache: this.#entryCache,
      edgeCache: this.#edgeCache,
      hasChanged: (range) => this.sequencer.hasChanged({ readSeq: seq, readKeys: [], readRanges: [range] }),
      onRead: (table, record, bytes) => {
        if (!this.#cache.admits()) return
        const readKeys = [recordKey(mainBranch, table.id, record.idKey)]
        if (this.sequencer.hasChanged({ readSeq: seq, readKeys, readRanges: [] })) return
        this.#cache.set(table.id, record, decodedBytes(bytes))
      },
      onClose: held.release,
    })
  }

  #pastView(held: HeldSnapshot, asOf: AsOf): MaybePromise<ReadView> {
    const newestSeq = held.manifest.seq
    return chain(seqAsOf(held, asOf), (seq) => {
      const catalog = this.catalogs.past(held.snapshot, seq, newestSeq)
      return chain(catalog, (then) => this.#historyView(held, seq, then))
    })
  }

  #historyView(held: HeldSnapshot, seq: number, then: StoredCatalog): ReadView {
    const newestSeq = held.manifest.seq
    return new HistoryView({
      reader: held.snapshot,
      seq,
      newestSeq,
      head: this.#headView({ ...held, release: () => undefined }),
      versions: this.#versions,
      cached: (table, id) => this.#cached(table, id, newestSeq),
      catalog: then.asOf(seq, this.catalogs.at(newestSeq)),
      onClose: held.release,
    })
  }

  #cached(table: TableDefinition, id: RecordId, seq: number): StoredRecord | undefined {
    const record = this.#cache.get(table.id, id.key)
    return record !== undefined && record.seq <= seq ? record : undefined
  }

  /** Beside the sequencer, on a snapshot. `undefined`: it lost the race. */
  async #writeBeside<T>(
    work: (tx: RecordTx) => MaybePromise<T>,
    meta: WriteMeta | undefined,
  ): Promise<{ result: T; receipt: Receipt } | undefined> {
    const held = await this.snapshots.hold()
    try {
      const { seq } = held.manifest
      const tx = new RecordTx({
        reader: held.snapshot,
        seq,
        catalog: this.catalogs.at(seq),
        count: (tableId) => readCount(held.snapshot, tableId),
        ...this.#txServices(seq),
      })
      const result = await work(tx)
      const request = tx.toRequest(meta)
      if (isEmptyRequest(request)) return { result, receipt: this.#receiptOf(held.manifest) }
      const outcome = await this.sequencer.submit(request)
      return outcome === 'conflict' ? undefined : { result, receipt: this.#receiptOf(outcome.write) }
    } finally {
      held.release()
    }
  }

  /**
   * Inside the commit group. `at once`: only if the work needs no promise; otherwise `undefined`, and nothing
   * is done.
   * `exclusive`: everybody waits for it, for a bounded time.
   */
  async #writeInside<T>(
    work: (tx: RecordTx) => MaybePromise<T>,
    meta: WriteMeta | undefined,
    mode: 'at once' | 'exclusive',
  ): Promise<{ result: T; receipt: Receipt } | undefined> {
    let done: { readonly result: T } | undefined
    const outcome = await this.sequencer.runInside((base) => {
      const tx = new RecordTx(this.#groupBase(base))
      const finish = (result: T) => {
        done = { result }
        return tx.toRequest(meta)
      }
      const result = work(tx)
      if (!(result instanceof Promise)) return finish(result)
      if (mode === 'exclusive') return withinTime(result).then(finish)
      // The abandoned run only reads; it will be run again beside the sequencer.
      result.catch(() => undefined)
      return undefined
    })
    if (done === undefined || outcome === 'conflict') return undefined
    return {
      result: done.result,
      receipt: outcome === undefined ? this.head() : this.#receiptOf(outcome.write),
    }
  }

  #groupBase(base: GroupBase): TxBase {
    const { reader, seq, count } = base
    return { reader, seq, count, catalog: this.catalogs.newest(), ...this.#txServices(seq) }
  }

  #txServices(seq: number): Pick<TxBase, 'reads' | 'hash' | 'nextNumber' | 'cached' | 'versions'> {
    return {
      hash: this.hash,
      reads: this.store.reads,
      versions: this.#versions,
      nextNumber: () => this.sequencer.nextNumber(),
      cached: (table, id) => this.#cached(table, id, seq),
    }
  }

  async #receiptAt(seq: number): Promise<Receipt> {
    const held = await this.snapshots.hold()
    try {
      const stored = await held.snapshot.get(keyOf('commit', seq))
      if (stored === undefined) throw ledgerErrors.CORRUPT({ what: `commit ${seq}`, reason: 'it is missing' })
      return this.#receiptOf({ seq, head: headOf(this.hash, stored) })
    } finally {
      held.release()
    }
  }

  #receiptOf({ seq, head }: { readonly seq: number; readonly head: Uint8Array }): Receipt {
    return { seq, head: formatHead(this.hash, head) }
  }

  #onSequenced(write: CommittedWrite): void {
    const changes: CatalogChange[] = []
    for (const [n, mutation] of write.request.mutations.entries()) {
      const { tableId, key, idKey, value } = mutation
      if (catalogTableIds.has(tableId)) changes.push({ tableId, key, value })
      this.#scanCache.invalidate(tableId, keyText(recordKey(mainBranch, tableId, idKey)))
      if (this.#cache.delete(tableId, key, idKey)) {
        const hot = this.#hot.get(write.seq)
        if (hot === undefined) this.#hot.set(write.seq, new Map([[n, mutation]]))
        else hot.set(n, mutation)
      }
    }
    for (const change of write.request.indexChanges) {
      this.#entryCache.invalidate(change)
      this.#edgeCache.invalidate(change)
    }
    if (changes.length === 0) return
    // An index may have come into force, or go on as another one.
    this.#entryCache.clear()
    this.#edgeCache.clear()
    this.catalogs.change(write.seq, changes)
    this.sequencer.setCatalogSeq(write.seq)
  }

  #onCommitted(writes: readonly CommittedWrite[]): void {
    for (const { seq } of writes) this.#cacheAgain(seq)
    this.snapshots.expire()
    for (const listener of this.#listeners) listener(writes)
  }

  #cacheAgain(seq: number): void {
    const mutations = this.#hot.get(seq)
    if (mutations === undefined) return
    this.#hot.delete(seq)
    for (const [n, mutation] of mutations) {
      const { table, tableId, key, idKey, bytes, value, validFrom, validTo, periodBefore } = mutation
      if (bytes === undefined || value === undefined) continue
      const readKeys = [recordKey(mainBranch, tableId, idKey)]
      if (this.sequencer.hasChanged({ readSeq: seq, readKeys, readRanges: [] })) continue
      const valid = validFrom === undefined && validTo === undefined ? {} : { validFrom, validTo }
      this.#cache.set(
        tableId,
        { id: new RecordId(table, key), idKey, seq, n, value, periodBefore, ...valid },
        decodedBytes(bytes.length),
      )
    }
  }

  #onRolledBack(seq: number): void {
    this.#hot.clear()
    this.catalogs.rollBack(seq)
    this.sequencer.setCatalogSeq(this.catalogs.newest().seq)
  }
}

function releaseThenThrow(held: HeldSnapshot, error: unknown): never {
  held.release()
  throw error
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(ledgerErrors.EXCLUSIVE_TIMEOUT({ limitMs: exclusiveRunMs })),
      exclusiveRunMs,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
