/**
 * A store that seals everything it keeps in another one: values, keys, and the order of the keys.
 * A batch is durable as one record of a log; its changes are then in a sorted table in memory. A full table
 * is merged into segments, runs of sealed pages in levels (segment.ts), by work behind the writers
 * (upkeep.ts).
 * A read looks into the tables and then into each level, where a filter keeps it from opening pages in vain.
 * Why not pages that are changed in place: a group of commits changes hundreds of keys all over, and each
 * would cost a page; docs/adr/0016-sealed-store.md has the figures.
 * Invariants:
 * - A page is written once, under an id that is used once; the root vouches for every page by its tag.
 * - What the root says and what is in the log behind it is the store. Either can be read alone only together
 *   with the other: each names the other.
 */

import { setTimeout } from 'node:timers/promises'
import { checkBatch, checkExpected } from '../check-batch.ts'
import { keyText } from '../key-text.ts'
import type {
  CommitOptions,
  KeyRange,
  KvOperation,
  KvStore,
  KvStoreLimits,
  PurgeOptions,
  StoreDamage,
} from '../kv-store.ts'
import { purgePollMs, purgeSnapshotWaitMs } from '../limits.ts'
import { storageErrors } from '../storage-errors.ts'
import { createTurns } from '../turns.ts'
import { findSealedDamage } from './find-damage.ts'
import { closeFlushShareMin } from './limits.ts'
import { encodeOperations, sealRecords } from './log.ts'
import { lookUp, type ReadState } from './lookup.ts'
import { everyKey } from './page-keys.ts'
import { publishRoot } from './publish.ts'
import { estimateBytes } from './range-size.ts'
import { SealedSnapshot } from './sealed-snapshot.ts'
import { expectUnwritten, freezeTable, putRecords, type SealedState } from './sealed-state.ts'
import { Upkeep } from './upkeep.ts'

export interface SealedStoreParts {
  readonly state: SealedState
  readonly limits: KvStoreLimits
  /** Changes in memory; two tables at most. */
  readonly tableBytes: number
}

export class SealedStore implements KvStore {
  readonly reads: 'sync' | 'async'
  readonly limits: KvStoreLimits
  readonly #state: SealedState
  readonly #tableBytes: number
  readonly #snapshots = new Set<SealedSnapshot>()
  /** Batches, in the order of the calls. */
  readonly #batches = createTurns()
  /** What writes to the log: batches and roots. */
  readonly #writes = createTurns()
  readonly #upkeep: Upkeep
  #closing: Promise<void> | undefined

  /** Made by `openSealedStore`. */
  constructor({ state, limits, tableBytes }: SealedStoreParts) {
    this.reads = state.base.reads
    this.limits = limits
    this.#state = state
    this.#tableBytes = tableBytes
    this.#upkeep = new Upkeep(state, this.#writes.inTurn)
    this.#upkeep.wake()
  }

  snapshot(): SealedSnapshot {
    this.#assertOpen()
    const { pages, versions, table, frozen } = this.#state
    const version = versions.hold()
    const tables = [table.snapshot(), ...(frozen === undefined ? [] : [frozen.table.reader()])]
    const snapshot = new SealedSnapshot({
      pages,
      state: { tables, levels: version.levels },
      isAsync: this.reads === 'async',
      onClose: () => {
        this.#snapshots.delete(snapshot)
        versions.release(version)
      },
    })
    this.#snapshots.add(snapshot)
    return snapshot
  }

  async commit(batch: readonly KvOperation[], options: CommitOptions = {}): Promise<void> {
    this.#assertOpen()
    checkBatch(batch, this.limits)
    await this.#batches.inTurn(async () => {
      await this.#makeRoom()
      await this.#writes.inTurn(() => this.#write(batch, options))
    })
  }

  async sizeBytes(range?: KeyRange): Promise<number> {
    this.#assertOpen()
    const { base, pages, versions } = this.#state
    return range === undefined ? base.sizeBytes() : estimateBytes(pages, versions.levels, range)
  }

  /** The store below is compacted as a whole: nobody can tell where in it the range was. */
  async compact(range?: KeyRange): Promise<void> {
    this.#assertOpen()
    const first = range === undefined ? '' : keyText(range.gte)
    const last = keyText(range?.lt ?? Buffer.alloc(this.limits.keyBytesMax + 1, 0xff))
    await this.#upkeep.compact(first, last)
    await this.#state.base.compact(everyKey)
  }

  /**
   * Everything in memory and every old value leaves the segments, whose pages are then deleted from the store
   * below and rewritten out of its files.
   */
  async purge(options: PurgeOptions = {}): Promise<void> {
    this.#assertOpen()
    const { snapshotWaitMs = purgeSnapshotWaitMs, onStep, signal } = options
    onStep?.('snapshots')
    await this.#outlive(snapshotWaitMs, signal)
    onStep?.('files')
    await this.#upkeep.compact('', keyText(Buffer.alloc(this.limits.keyBytesMax + 1, 0xff)))
    // Those taken meanwhile see nothing old, but may hold on to pages that had it.
    onStep?.('snapshots')
    await this.#outlive(snapshotWaitMs, signal)
    await this.#upkeep.deleteUnseen()
    await this.#state.base.purge(options)
  }

  /** Snapshots that are open now are closed, or lost. */
  async #outlive(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const old = [...this.#snapshots]
    const isHeld = () => old.some((snapshot) => this.#snapshots.has(snapshot))
    for (const end = performance.now() + waitMs; isHeld() && performance.now() < end; ) {
      await setTimeout(purgePollMs, undefined, signal && { signal })
      this.#assertOpen()
    }
    for (const snapshot of old) snapshot.lose()
  }

  async findDamage(): Promise<readonly StoreDamage[]> {
    this.#assertOpen()
    const { base, versions } = this.#state
    // In turn with writes, so that log, root and segments are those of one moment.
    const { snapshot, version, logMerged } = await this.#writes.inTurn(async () => ({
      snapshot: base.snapshot(),
      version: versions.hold(),
      logMerged: this.#state.logMerged,
    }))
    try {
      const moment = { snapshot, logMerged, levels: version.levels }
      return await findSealedDamage(this.#state, moment, () => this.#assertOpen())
    } finally {
      versions.release(version)
      snapshot.close()
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const snapshot of this.#snapshots) snapshot.close()
    await this.#batches.idle()
    await this.#upkeep.stop()
    // Without room everything stays in the log, where the next opening finds it.
    await this.#settle().catch(() => undefined)
    this.#state.pages.close()
    await this.#state.base.close()
  }

  /** What is in memory goes into segments, or the root says how far the log goes. */
  async #settle(): Promise<void> {
    const { table, frozen, versions, logEnd, publishedLogEnd } = this.#state
    if (frozen !== undefined || table.bytes >= this.#tableBytes * closeFlushShareMin) {
      await this.#upkeep.flushAtEnd()
    } else if (logEnd.number > publishedLogEnd) {
      await this.#writes.inTurn(() => publishRoot(this.#state, { levels: versions.levels }))
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw storageErrors.CLOSED({ what: 'store' })
  }

  /** Waits until there is a table that takes changes. @throws why the full one could not be merged */
  async #makeRoom(): Promise<void> {
    while (this.#isFull()) await this.#upkeep.flushed()
  }

  /** A full table is frozen, if it need not wait for the one before. */
  #isFull(): boolean {
    if (this.#state.table.bytes < this.#tableBytes) return false
    if (this.#state.frozen !== undefined) return true
    freezeTable(this.#state)
    this.#upkeep.wake()
    return false
  }

  async #write(batch: readonly KvOperation[], { durable, expect }: CommitOptions): Promise<void> {
    const state = this.#state
    const { base, cipher, shape } = state
    if (expect !== undefined) {
      checkExpected(await lookUp(state.pages, newestState(state), expect.key), expect)
    }
    if (batch.length === 0) return
    const operations = encodeOperations(batch)
    const { records, end } = sealRecords(
      cipher,
      state.logEnd,
      state.rootVersion,
      operations,
      shape.logPartBytes,
    )
    const options = { durable: durable !== false, expect: expectUnwritten(records) }
    await base.commit(putRecords(records), options)
    state.logEnd = end
    state.logBytes += operations.length
    state.table.apply(batch)
    this.#isFull()
    if (this.#upkeep.hasFailed) this.#upkeep.wake()
  }
}

/** To be read at once: the table goes on changing. */
function newestState({ table, frozen, versions }: SealedState): ReadState {
  const tables = [table.reader(), ...(frozen === undefined ? [] : [frozen.table.reader()])]
  return { tables, levels: versions.levels }
}
