/**
 * One open database: its store, its sequencer, its definitions and its cache, wired together.
 * Why: views and transactions of every door begin here, so that rules about snapshots, retries and caching
 * exist once.
 */

import { decodeExact, encodeExact, RecordId, type RecordKey } from '@dendrodb/protocol'
import type { TableDefinition } from '../catalog/definitions.ts'
import type { CatalogChange, StoredCatalog } from '../catalog/stored-catalog.ts'
import { catalogTableIds } from '../catalog/system-tables.ts'
import { headOf } from '../ledger/commit.ts'
import type { LedgerState } from '../ledger/commit-group.ts'
import { earlierVersions, noEarlierVersions } from '../ledger/earlier-versions.ts'
import { formatHead, type LedgerHash } from '../ledger/hash.ts'
import { decodeRecordKey, keyOf, mainBranch, recordKey } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import type { StoreFormat } from '../ledger/manifest.ts'
import { Sequencer } from '../ledger/sequencer.ts'
import type { CommittedWrite, Mutation } from '../ledger/write-request.ts'
import { decodedBytes } from '../models/document/decoded-bytes.ts'
import { HeadView } from '../models/document/head-view.ts'
import { readCount, readRecord } from '../models/document/live-records.ts'
import { RangeCache } from '../models/document/range-cache.ts'
import { RecordCache } from '../models/document/record-cache.ts'
import type { RecordTx, TxBase } from '../models/document/record-tx.ts'
import { ScanCache } from '../models/document/scan-cache.ts'
import { HistoryView } from '../models/history/history-view.ts'
import { VersionCache } from '../models/history/version-cache.ts'
import type { EdgeRef, IndexEntry, ReadView, StoredRecord } from '../models/model.ts'
import type { AsOf, Receipt, WriteAnswer, WriteOptions } from '../query/host.ts'
import { chain, thenFinally } from '../storage/chain.ts'
import { keyText } from '../storage/key-text.ts'
import type { KvStore, MaybePromise } from '../storage/kv-store.ts'
import { nameOfKey } from '../verify/key-name.ts'
import { namingStore } from '../verify/named-damage.ts'
import { Branches } from './branches.ts'
import { CatalogTimeline } from './catalog-timeline.ts'
import { seqAsOf } from './commit-time.ts'
import { TransactionRunner, type TxSource } from './run-transaction.ts'
import { type HeldSnapshot, SharedSnapshots } from './shared-snapshot.ts'

export interface CoreOptions {
  readonly name: string
  readonly store: KvStore
  readonly format: StoreFormat
  readonly state: LedgerState
  readonly catalog: StoredCatalog
  /** The store has no manifest: `state` is what the newest commit says, and nothing may be written yet. */
  readonly lacksManifest: boolean
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
  /** Of main. */
  readonly catalogs: CatalogTimeline
  readonly branches: Branches
  /** Of all branches: what a version is does not depend on who reads it. */
  readonly versions: VersionCache
  readonly #transactions: TransactionRunner
  readonly #cache: RecordCache
  readonly #scanCache: ScanCache
  readonly #entryCache: RangeCache<IndexEntry>
  readonly #edgeCache: RangeCache<EdgeRef>
  /**
   * Cached records that a write took out of the cache, by the write's seq and their place in it: hot, so they
   * go back in.
   */
  readonly #hot = new Map<number, Map<number, Mutation>>()
  readonly #listeners = new Set<CommitListener>()
  #closedError: (() => Error) | undefined
  #forgettings = 0

  constructor(options: CoreOptions) {
    const { name, store, format, state, catalog, recordCacheBytes, scanCacheBytes, versionCacheBytes } =
      options
    this.name = name
    this.store = store
    this.format = format
    this.hash = state.hash
    const named = namingStore(store, (key) => nameOfKey(key, this.catalogs.newest()))
    this.snapshots = new SharedSnapshots(
      named,
      state.hash,
      options.lacksManifest ? state.manifest : undefined,
    )
    this.catalogs = new CatalogTimeline(catalog)
    this.#cache = new RecordCache(recordCacheBytes)
    this.#scanCache = new ScanCache(scanCacheBytes)
    this.#entryCache = new RangeCache(options.rangeCacheBytes / 2)
    this.#edgeCache = new RangeCache(options.rangeCacheBytes / 2)
    this.versions = new VersionCache(versionCacheBytes)
    this.branches = new Branches(this)
    this.#transactions = new TransactionRunner(this, this.#txSource())
    this.sequencer = new Sequencer(named, state, catalog.seq, {
      onSequenced: (write) => this.#onSequenced(write),
      onRelisted: (keys) => this.#onRelisted(keys),
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

  /** The newest acknowledged version of a record: a read without a view. */
  record(id: RecordId): MaybePromise<StoredRecord | undefined> {
    this.checkOpen()
    const { seq } = this.sequencer.durable.manifest
    const table = this.catalogs.at(seq).table(id.table)
    const known = table && this.#cached(table, id, seq)
    if (known !== undefined) return known
    return chain(this.snapshots.hold(), (held) =>
      thenFinally(
        () => this.#recordIn(held, id),
        () => held.release(),
      ),
    )
  }

  view(asOf?: AsOf): MaybePromise<ReadView> {
    this.checkOpen()
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
    this.checkOpen()
    return this.snapshots.hold()
  }

  write<T>(work: (tx: RecordTx) => MaybePromise<T>, options?: WriteOptions): Promise<WriteAnswer<T>> {
    return this.#closedError ? Promise.reject(this.#closedError()) : this.#transactions.write(work, options)
  }

  /** Whether nobody reads, writes or follows. @param ownListeners those that follow for the core's owner */
  isIdle(ownListeners: number): boolean {
    return !this.snapshots.isHeld && this.sequencer.isIdle && this.#listeners.size <= ownListeners
  }

  /**
   * Waits for what is queued, and for reads as long as `graceMs`, then closes the store.
   * @param closedError what is thrown from now on
   */
  async close(closedError = () => ledgerErrors.CLOSED({ name: this.name }), graceMs = 0): Promise<void> {
    if (this.#closedError !== undefined) return
    this.#closedError = closedError
    await this.sequencer.close(closedError())
    if (graceMs > 0) await this.snapshots.unheld(graceMs)
    this.snapshots.expire()
    await this.store.close()
    // Somebody may keep the closed database for long.
    this.#clearCaches()
  }

  get isClosed(): boolean {
    return this.#closedError !== undefined
  }

  /** @throws LEDGER_CLOSED, ENGINE_DATABASE_DROPPED */
  checkOpen(): void {
    if (this.#closedError !== undefined) throw this.#closedError()
  }

  #headView(held: HeldSnapshot): HeadView {
    const { seq } = held.manifest
    return new HeadView({
      reader: held.snapshot,
      reads: this.store.reads,
      seq,
      catalog: this.catalogs.at(seq),
      cached: (table, id) => this.#cached(table, id, seq),
      versions: this.versions,
      scanCache: this.#scanCache,
      entryCache: this.#entryCache,
      edgeCache: this.#edgeCache,
      hasChanged: (range) => this.sequencer.hasChanged({ readSeq: seq, readKeys: [], readRanges: [range] }),
      onRead: (table, record, storedBytes) => this.#offer(seq, table, record, storedBytes),
      onClose: held.release,
    })
  }

  /** It is not in the cache. */
  #recordIn({ snapshot, manifest }: HeldSnapshot, id: RecordId): MaybePromise<StoredRecord | undefined> {
    const { seq } = manifest
    const table = this.catalogs.at(seq).table(id.table)
    if (table === undefined) return undefined
    return readRecord(snapshot, table, id, encodeExact(id.key), (record, storedBytes) =>
      this.#offer(seq, table, record, storedBytes),
    )
  }

  /** Lets the cache have a record that was read as of `seq`. */
  #offer(seq: number, table: TableDefinition, record: StoredRecord, storedBytes: number): void {
    if (!this.#cache.admits()) return
    const readKeys = [recordKey(mainBranch, table.id, record.idKey)]
    if (this.sequencer.hasChanged({ readSeq: seq, readKeys, readRanges: [] })) return
    // The snapshot may be of before.
    const kept = seq > this.sequencer.relistedSeq ? record : { ...record, earlier: undefined }
    this.#cache.set(table.id, kept, decodedBytes(record.value, storedBytes))
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
      versions: this.versions,
      // What a cached record lists holds for later snapshots.
      cached: (table, id) =>
        newestSeq > this.sequencer.relistedSeq ? this.#cached(table, id, newestSeq) : undefined,
      catalog: then.asOf(seq, this.catalogs.at(newestSeq)),
      onClose: held.release,
    })
  }

  #cached(table: TableDefinition, id: RecordId, seq: number): StoredRecord | undefined {
    const record = this.#cache.get(table.id, id.key)
    return record !== undefined && record.seq <= seq ? record : undefined
  }

  #txSource(): TxSource {
    return {
      canRunInside: this.store.reads === 'sync',
      beside: ({ snapshot, manifest: { seq } }) => ({
        reader: snapshot,
        seq,
        catalog: this.catalogs.at(seq),
        count: (tableId) => readCount(snapshot, tableId),
        ...this.#txServices(seq),
      }),
      inside: ({ reader, seq, count }) => ({
        reader,
        seq,
        count,
        catalog: this.catalogs.newest(),
        ...this.#txServices(seq),
      }),
    }
  }

  #txServices(seq: number): Pick<TxBase, 'reads' | 'hash' | 'nextNumber' | 'cached' | 'versions'> {
    return {
      hash: this.hash,
      reads: this.store.reads,
      versions: this.versions,
      nextNumber: () => this.sequencer.nextNumber(),
      cached: (table, id) => this.#cached(table, id, seq),
    }
  }

  async receiptAt(seq: number): Promise<Receipt> {
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
    // What was erased must not live on in memory.
    if (write.request.forgets !== undefined) this.#clearCaches()
    if (write.request.branch !== mainBranch) return this.branches.onSequenced(write)
    const changes: CatalogChange[] = []
    for (const [n, mutation] of write.request.mutations.entries()) {
      const { tableId, key, idKey, value } = mutation
      if (catalogTableIds.has(tableId)) changes.push({ tableId, key, value })
      if (this.#scanCache.holds(tableId)) {
        this.#scanCache.invalidate(tableId, keyText(recordKey(mainBranch, tableId, idKey)))
      }
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

  #onRelisted(keys: readonly Buffer[]): void {
    for (const key of keys) {
      const { tableId, idKey } = decodeRecordKey(key)
      this.#cache.delete(tableId, decodeExact(idKey, 0).value as RecordKey, idKey)
    }
  }

  /** How often payloads were taken out of the log: a verification that ran meanwhile may have seen both. */
  get forgettings(): number {
    return this.#forgettings
  }

  noteForgotten(): void {
    this.#forgettings += 1
  }

  #clearCaches(): void {
    this.#cache.clear()
    this.#scanCache.clear()
    this.#entryCache.clear()
    this.#edgeCache.clear()
    this.versions.clear()
    this.branches.recount()
  }

  #onCommitted(writes: readonly CommittedWrite[]): void {
    for (const { seq, request } of writes) {
      this.#cacheAgain(seq)
      // A reader of the time before may have put some of it back.
      if (request.forgets !== undefined) {
        this.versions.clear()
        this.noteForgotten()
      }
      for (const { kind, number } of request.dropped) if (kind === 'branch') this.branches.forget(number)
    }
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
      const { prevEarlier = noEarlierVersions } = mutation
      const earlier =
        seq > this.sequencer.relistedSeq ? earlierVersions(seq, mutation, prevEarlier) : undefined
      const readKeys = [recordKey(mainBranch, tableId, idKey)]
      if (this.sequencer.hasChanged({ readSeq: seq, readKeys, readRanges: [] })) continue
      const valid = validFrom === undefined && validTo === undefined ? {} : { validFrom, validTo }
      this.#cache.set(
        tableId,
        { id: new RecordId(table, key), idKey, seq, n, value, periodBefore, earlier, ...valid },
        decodedBytes(value, bytes.length),
      )
    }
  }

  #onRolledBack(seq: number): void {
    this.#hot.clear()
    this.catalogs.rollBack(seq)
    this.sequencer.setCatalogSeq(this.catalogs.newest().seq)
    this.branches.onRolledBack(seq)
  }
}

function releaseThenThrow(held: HeldSnapshot, error: unknown): never {
  held.release()
  throw error
}
