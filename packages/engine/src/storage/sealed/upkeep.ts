/**
 * The work behind the writers: full tables go into the first level, levels that are too large into the next
 * ones, and pages that nobody can see any more are deleted. One thing at a time, in slices.
 * When something fails, the next wake-up tries again.
 */

import { DbError } from '@dendrodb/protocol'
import type { KvOperation } from '../kv-store.ts'
import { storageErrors } from '../storage-errors.ts'
import { createTurns, type InTurn } from '../turns.ts'
import type { Freed } from './freed.ts'
import { deleteBatchPages } from './limits.ts'
import { overflowKey, pageKey } from './page-keys.ts'
import { planMerge, planRange } from './plan-merge.ts'
import { type FrozenTable, freezeTable, type SealedState } from './sealed-state.ts'
import { overlapping, type Segment } from './segment.ts'
import { SegmentMerger } from './segment-merger.ts'
import { TimeSlice } from './time-slice.ts'
import type { Levels } from './versions.ts'

interface Waiter {
  resolve(): void
  reject(error: unknown): void
}

export class Upkeep {
  readonly #state: SealedState
  readonly #merger: SegmentMerger
  readonly #turns = createTurns()
  /** Segments that a merge could not read: further merges leave them alone. */
  readonly #damaged = new Set<Segment>()
  #waiters: Waiter[] = []
  #isAwake = false
  #isStopped = false
  #hasFailed = false

  constructor(state: SealedState, inTurn: InTurn) {
    this.#state = state
    this.#merger = new SegmentMerger(state, inTurn)
  }

  /** The last work was given up. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#isAwake || this.#isStopped) return
    this.#isAwake = true
    void this.#turns.inTurn(() => this.#round())
  }

  /** Resolves when the frozen table is in segments. @throws why it could not be */
  async flushed(): Promise<void> {
    if (this.#state.frozen === undefined) return
    if (this.#isStopped) throw storageErrors.CLOSED({ what: 'store' })
    this.wake()
    await new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  /** What lies between two keys holds nothing deleted or overwritten afterwards. */
  compact(first: string, last: string): Promise<void> {
    return this.#turns.inTurn(() => this.#compact(first, last))
  }

  /** Pages that no snapshot sees any more are deleted. */
  deleteUnseen(): Promise<void> {
    return this.#turns.inTurn(() => this.#deleteFreed())
  }

  /** Ends what is going on at its next slice; nothing is begun any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#turns.idle()
    await this.#state.dead.idle()
  }

  /** Everything in memory goes into segments; the last thing before closing. */
  async flushAtEnd(): Promise<void> {
    await this.#flushAll(new TimeSlice())
    await this.#deleteFreed()
    this.#purge()
    await this.#state.dead.idle()
  }

  async #round(): Promise<void> {
    this.#isAwake = false
    this.#hasFailed = false
    try {
      for (;;) {
        const slice = this.#slice()
        const { frozen, versions, shape } = this.#state
        if (frozen !== undefined) {
          await this.#flush(frozen, slice)
          await this.#deleteFreed()
          this.#purge()
          continue
        }
        const plan = planMerge(versions.levels, shape, (segment) => !this.#damaged.has(segment))
        if (plan === undefined) break
        await this.#merger.mergeDown(plan, slice).catch((error) => {
          if (!(error instanceof DbError) || error.status !== 'corrupt') throw error
          for (const segment of [...plan.newer, ...plan.older]) this.#damaged.add(segment)
        })
      }
      await this.#deleteFreed()
      this.#purge()
    } catch (error) {
      this.#hasFailed = true
      this.#tellWaiters(error)
    }
  }

  async #compact(first: string, last: string): Promise<void> {
    const slice = this.#slice()
    const { versions } = this.#state
    await this.#flushAll(slice)
    for (let level = 0; level + 1 < versions.levels.length; level += 1) {
      for (;;) {
        const plan = planRange(versions.levels, level, first, last)
        if (plan === undefined) break
        await this.#merger.mergeDown(plan, slice)
      }
    }
    const deepest = versions.levels.length - 1
    for (const segment of overlapping(versions.levels[deepest] ?? [], first, last)) {
      if (segment.deletedCount > 0) await this.#merger.rewrite(deepest, segment, slice)
    }
    await this.#deleteFreed()
  }

  async #flushAll(slice: TimeSlice): Promise<void> {
    const state = this.#state
    // A writer may freeze the next table as soon as one is merged.
    while (state.frozen !== undefined) await this.#flush(state.frozen, slice)
    freezeTable(state)
    if (state.frozen !== undefined) await this.#flush(state.frozen, slice)
  }

  async #flush(frozen: FrozenTable, slice: TimeSlice): Promise<void> {
    await this.#merger.flush(frozen, slice)
    this.#tellWaiters()
  }

  async #deleteFreed(): Promise<void> {
    const { base, versions, dead, pages } = this.#state
    const deletable = [...versions.takeDeletable()]
    if (deletable.length === 0) return
    try {
      while (deletable.length > 0) {
        const batch: KvOperation[] = []
        const done: Freed[] = []
        while (batch.length < deleteBatchPages && deletable.length > 0) {
          const freed = deletable.pop() as Freed
          done.push(freed)
          batch.push(...deletionsOf(freed))
        }
        deletable.push(...done)
        await base.commit(batch, { durable: false })
        deletable.length -= done.length
        versions.deleted(done)
        for (const { kind, first, count, bytes } of done) dead.note(kind, first, count, bytes)
      }
    } catch (error) {
      versions.abandon(deletable)
      throw error
    }
    pages.refresh()
  }

  /** Goes on behind the work. */
  #purge(): void {
    const { dead, versions } = this.#state
    dead.purge(storedBytesIn(versions.levels))
  }

  #tellWaiters(error?: unknown): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const { resolve, reject } of waiters) {
      if (this.#state.frozen === undefined) resolve()
      else reject(error ?? storageErrors.CLOSED({ what: 'store' }))
    }
  }

  #slice(): TimeSlice {
    const check = () => {
      if (this.#isStopped) throw storageErrors.CLOSED({ what: 'store' })
    }
    check()
    return new TimeSlice(check)
  }
}

function storedBytesIn(levels: Levels): number {
  return levels.flat().reduce((sum, { storedBytes }) => sum + storedBytes, 0)
}

function deletionsOf({ kind, first, count }: Freed): KvOperation[] {
  const keyOf = kind === 'page' ? pageKey : overflowKey
  return Array.from({ length: count }, (_, at) => ({ type: 'delete', key: keyOf(first + at) }))
}
