/**
 * The one writer of a database: validates, numbers, hashes and commits, many requests to a batch.
 * Why: with a single sequencer there are no locks and no deadlocks; a transaction runs beside it on a
 * snapshot and only its result passes through here.
 * Invariants:
 * - A request becomes a commit only if nothing it read has been written since its snapshot; rejected alone,
 *   no trace.
 * - Each batch expects the manifest of the one before it, so that a batch that fails fails those built on it.
 * - Nothing slow happens inside, except work that has lost `optimisticRunsMax` races and runs alone under a
 *   time bound.
 */

import { nowMicros } from '@dendrodb/protocol'
import { chain } from '../storage/chain.ts'
import type { KvOperation, KvStore, MaybePromise } from '../storage/kv-store.ts'
import { CommitGroup, type LedgerState } from './commit-group.ts'
import { completeRequest } from './complete-request.ts'
import { ConflictWindow, type ReadSet } from './conflict-window.ts'
import { GroupPace } from './group-pace.ts'
import { mainBranch, manifestKey } from './key-space.ts'
import { ledgerErrors } from './ledger-errors.ts'
import { groupBytesMax, groupCommitsMax, queuedRequestsMax } from './limits.ts'
import { encodeManifest } from './manifest.ts'
import { type KvReader, OverlayReader } from './overlay.ts'
import { SaltSource } from './salt-source.ts'
import { holdUniqueClaims } from './unique-claims.ts'
import { type CommittedWrite, isEmptyRequest, type WriteRequest } from './write-request.ts'

export type Outcome = { readonly write: CommittedWrite } | 'conflict'

/** Where work inside a group reads from: everything sequenced so far, durable or not. */
export interface GroupBase {
  readonly reader: KvReader
  readonly seq: number
  readonly count: (tableId: number) => number
  /** Records of another branch: the difference to the number at its fork. */
  readonly countDifference: (branch: number, tableId: number) => number
}

export interface SequencerHooks {
  /** A request has been given its number: definitions it changes hold for the requests behind it. */
  onSequenced(write: CommittedWrite): void
  /** The records under these keys list other versions before them, behind `relistedSeq`. */
  onRelisted(keys: readonly Buffer[]): void
  /** The commits are durable and visible. */
  onCommitted(writes: readonly CommittedWrite[], state: LedgerState): void
  /** Everything sequenced after `seq` is void. */
  onRolledBack(seq: number): void
}

/**
 * A background job's change to derived state (index entries, progress); valid only if nothing it read has
 * changed.
 */
export interface DerivedChange extends ReadSet {
  readonly catalogSeq: number
  readonly operations: readonly KvOperation[]
  /** Of the keys, those of main's current records that list other versions before them from now on. */
  readonly relisted?: readonly Buffer[]
}

type Job =
  | { readonly type: 'request'; readonly request: WriteRequest; readonly done: (outcome: Outcome) => void }
  | {
      readonly type: 'inside'
      readonly work: (base: GroupBase) => MaybePromise<WriteRequest | undefined>
      readonly done: (outcome: Outcome | undefined) => void
    }
  | {
      readonly type: 'derived'
      readonly change: DerivedChange
      readonly done: (outcome: 'done' | 'conflict') => void
    }

interface QueuedJob {
  readonly job: Job
  readonly fail: (error: unknown) => void
}

interface PendingGroup {
  /** What it was built on. */
  readonly start: LedgerState
  readonly group: CommitGroup
  readonly settle: (() => void)[]
  readonly failures: ((error: unknown) => void)[]
}

/** Groups handed to the store and not yet durable: one is written while the next is built. */
const groupsInFlightMax = 2

export class Sequencer {
  readonly #store: Pick<KvStore, 'snapshot' | 'commit'>
  readonly #hooks: SequencerHooks
  readonly #salts = new SaltSource()
  readonly #pace = new GroupPace()
  #durable: LedgerState
  /** State behind the last group built. */
  #next: LedgerState
  #window: ConflictWindow
  #relistedSeq = -1
  #catalogSeq: number
  /** Of branches other than main, where they have definitions of their own. */
  readonly #branchCatalogSeqs = new Map<number, number>()
  #nextNumber: number
  /** Waiting jobs from `#queueStart` on; empty places before it. */
  #queue: (QueuedJob | undefined)[] = []
  #queueStart = 0
  #inFlight: PendingGroup[] = []
  #slotFree: (() => void) | undefined
  #paused: Promise<void> | undefined
  #isDraining = false
  /** Set from the first batch that fails until none is in flight. */
  #failure: { readonly error: unknown } | undefined
  #rolledBackFor: unknown
  #closed: Error | undefined
  /** Why nothing may be written yet. */
  #held: (() => Error) | undefined
  #idle: (() => void)[] = []

  constructor(
    store: Pick<KvStore, 'snapshot' | 'commit'>,
    state: LedgerState,
    catalogSeq: number,
    hooks: SequencerHooks,
  ) {
    this.#store = store
    this.#hooks = hooks
    this.#durable = state
    this.#next = state
    this.#window = new ConflictWindow(state.manifest.seq)
    this.#catalogSeq = catalogSeq
    this.#nextNumber = state.manifest.nextNumber
  }

  /** State of the newest durable commit. */
  get durable(): LedgerState {
    return this.#durable
  }

  /** Newest seq given out, durable or not. */
  get sequencedSeq(): number {
    return this.#next.manifest.seq
  }

  /**
   * Behind this commit retention has taken versions away, which current records no longer list; -1: never.
   */
  get relistedSeq(): number {
    return this.#relistedSeq
  }

  /** Whether nothing is waiting and nothing is on its way to the disk. */
  get isIdle(): boolean {
    return !this.#isDraining && this.#inFlight.length === 0
  }

  /** Refuses every write with what `problem` gives, until `release`. */
  hold(problem: () => Error): void {
    this.#held = problem
  }

  /** @param state where the chain stands, if it was not known before */
  release(state?: LedgerState): void {
    this.#held = undefined
    if (state === undefined) return
    this.#durable = state
    this.#next = state
    this.#window = new ConflictWindow(state.manifest.seq)
    this.#nextNumber = state.manifest.nextNumber
  }

  /** Whether anything of this may have been written by a commit after `readSeq`, durable or not. */
  hasChanged(read: ReadSet): boolean {
    return this.#window.isStale(read)
  }

  /** A number for a table or an index that nothing else has or will have. */
  nextNumber(): number {
    this.#nextNumber += 1
    return this.#nextNumber - 1
  }

  /**
   * What is queued waits until the function that this gives is called: the store is about to be out of use
   * for a moment.
   */
  pause(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#paused = promise
    return () => {
      if (this.#paused === promise) this.#paused = undefined
      resolve()
    }
  }

  submit(request: WriteRequest): Promise<Outcome> {
    return new Promise((resolve, reject) =>
      this.#enqueue({ type: 'request', request, done: resolve }, reject),
    )
  }

  /**
   * Runs `work` inside the group, on everything sequenced before it, where it cannot lose a race.
   * It must be short. `undefined`: it had nothing to write.
   */
  runInside(work: (base: GroupBase) => MaybePromise<WriteRequest | undefined>): Promise<Outcome | undefined> {
    return new Promise((resolve, reject) => this.#enqueue({ type: 'inside', work, done: resolve }, reject))
  }

  submitDerived(change: DerivedChange): Promise<'done' | 'conflict'> {
    return new Promise((resolve, reject) => this.#enqueue({ type: 'derived', change, done: resolve }, reject))
  }

  /** Lets what is queued finish, then refuses everything with `error`. */
  async close(error: Error): Promise<void> {
    this.#closed = error
    if (this.#isDraining || this.#inFlight.length > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve))
    }
  }

  #enqueue(job: Job, fail: (error: unknown) => void): void {
    if (this.#closed !== undefined) return fail(this.#closed)
    if (this.#held !== undefined) return fail(this.#held())
    if (this.#waiting >= queuedRequestsMax) {
      return fail(ledgerErrors.OVERLOADED({ limit: queuedRequestsMax }))
    }
    this.#queue.push({ job, fail })
    if (this.#isDraining) return
    this.#isDraining = true
    queueMicrotask(() => void this.#drain())
  }

  async #drain(): Promise<void> {
    while (this.#waiting > 0) {
      if (this.#paused !== undefined) {
        await this.#paused
        continue
      }
      if (this.#failure !== undefined || this.#inFlight.length >= groupsInFlightMax) {
        await new Promise<void>((resolve) => {
          this.#slotFree = resolve
        })
        continue
      }
      let pending: PendingGroup
      try {
        pending = await this.#build()
      } catch (error) {
        this.#failQueue(error)
        continue
      }
      if (pending.start !== this.#next) this.#void(pending)
      else if (pending.group.isEmpty) this.#settleBehind(pending)
      else this.#commit(pending)
    }
    this.#isDraining = false
    this.#announceIdle()
  }

  async #build(): Promise<PendingGroup> {
    const group = new CommitGroup(this.#next, this.#salts)
    const pending: PendingGroup = { start: this.#next, group, settle: [], failures: [] }
    const snapshot = this.#store.snapshot()
    const startedMs = performance.now()
    try {
      const layers = [group.overlay, ...this.#inFlight.map((earlier) => earlier.group.overlay).reverse()]
      const reader = new OverlayReader(snapshot, layers)
      const commitsMax = this.#nextGroupMax
      while (group.writes.length < commitsMax && group.bytes < groupBytesMax) {
        const next = this.#takeJob()
        if (next === undefined) break
        try {
          const added = this.#add(next.job, pending, reader)
          if (added instanceof Promise) await added
        } catch (error) {
          pending.settle.push(() => next.fail(error))
        }
        pending.failures.push(next.fail)
      }
    } finally {
      snapshot.close()
    }
    this.#pace.built(group.writes.length, performance.now() - startedMs)
    return pending
  }

  get #waiting(): number {
    return this.#queue.length - this.#queueStart
  }

  /**
   * Commits of the next group at most. Where building takes long, half of what waits goes to the disk while
   * the other half becomes the group behind it, unless something is on its way there already.
   */
  get #nextGroupMax(): number {
    const divides = this.#inFlight.length === 0 && this.#pace.takesTurns(this.#waiting)
    return divides ? Math.min(Math.ceil(this.#waiting / 2), groupCommitsMax) : groupCommitsMax
  }

  #takeJob(): QueuedJob | undefined {
    const next = this.#queue[this.#queueStart]
    if (next === undefined) return undefined
    // The place is emptied at once: a request may hold megabytes.
    this.#queue[this.#queueStart] = undefined
    this.#queueStart += 1
    if (this.#queueStart === this.#queue.length) {
      this.#queue = []
      this.#queueStart = 0
    }
    return next
  }

  #add(job: Job, pending: PendingGroup, reader: KvReader): MaybePromise<void> {
    switch (job.type) {
      case 'request':
        return this.#addRequest(job.request, pending, reader, job.done)
      case 'inside':
        return this.#addInside(job, pending, reader)
      case 'derived': {
        const { change } = job
        if (change.catalogSeq !== this.#catalogSeq || this.#window.isStale(change)) {
          pending.settle.push(() => job.done('conflict'))
          return
        }
        const { relisted = [] } = change
        const { seq } = pending.group
        this.#window.add(seq, pending.group.appendDerived(change.operations))
        if (relisted.length > 0) {
          this.#relistedSeq = seq
          this.#hooks.onRelisted(relisted)
        }
        pending.settle.push(() => job.done('done'))
        return
      }
      default:
        job satisfies never
    }
  }

  #addInside(
    job: Extract<Job, { type: 'inside' }>,
    pending: PendingGroup,
    reader: KvReader,
  ): MaybePromise<void> {
    const { group } = pending
    const append = (request: WriteRequest | undefined): MaybePromise<void> => {
      if (request === undefined || isEmptyRequest(request)) {
        pending.settle.push(() => job.done(undefined))
        return
      }
      return this.#append(request, pending, reader, job.done)
    }
    const request = job.work({
      reader,
      seq: group.seq,
      count: (tableId) => group.count(tableId),
      countDifference: (branch, tableId) => group.countDifference(branch, tableId),
    })
    return request instanceof Promise ? request.then(append) : append(request)
  }

  #addRequest(
    request: WriteRequest,
    pending: PendingGroup,
    reader: KvReader,
    done: (outcome: Outcome) => void,
  ): MaybePromise<void> {
    const settle = (isValid: boolean): MaybePromise<void> => {
      if (isValid) return this.#append(request, pending, reader, done)
      pending.settle.push(() => done('conflict'))
    }
    const isOutdated = request.catalogSeq !== this.#catalogSeqOf(request.branch)
    if (isOutdated || this.#window.isStale(request)) return settle(false)
    const claims = holdUniqueClaims(request, reader)
    return claims instanceof Promise ? claims.then(settle) : settle(claims)
  }

  #append(
    request: WriteRequest,
    pending: PendingGroup,
    reader: KvReader,
    done: (outcome: Outcome) => void,
  ): MaybePromise<void> {
    return chain(completeRequest(request, reader, this.#relistedSeq), (complete) => {
      const { write, keys } = pending.group.append(complete, nowMicros())
      this.#window.add(write.seq, keys)
      this.#hooks.onSequenced(write)
      pending.settle.push(() => done({ write }))
    })
  }

  /** Told by the owner of the catalog, from `onSequenced` on. */
  setCatalogSeq(seq: number, branch = mainBranch): void {
    if (branch === mainBranch) this.#catalogSeq = seq
    else this.#branchCatalogSeqs.set(branch, seq)
  }

  /** What main defines holds for its branches too. */
  #catalogSeqOf(branch: number): number {
    if (branch === mainBranch) return this.#catalogSeq
    return Math.max(this.#catalogSeq, this.#branchCatalogSeqs.get(branch) ?? 0)
  }

  #commit(pending: PendingGroup): void {
    const expected = encodeManifest(this.#next.hash, this.#next.manifest)
    const { operations, state } = pending.group.finish(this.#nextNumber)
    this.#next = state
    this.#inFlight.push(pending)
    this.#store.commit(operations, { expect: { key: manifestKey, value: expected } }).then(
      () => this.#onDurable(pending, state),
      (error: unknown) => this.#onFailure(pending, error),
    )
  }

  /**
   * Nothing is to be written, but what was found may rest on a group that is not durable yet: nobody is told
   * of a commit that may come to nothing.
   */
  #settleBehind({ settle, failures }: PendingGroup): void {
    const last = this.#inFlight.at(-1)
    if (last === undefined) {
      for (const each of settle) each()
      return
    }
    last.settle.push(...settle)
    last.failures.push(...failures)
  }

  /** What it was built on failed while it was being built. */
  #void({ failures }: PendingGroup): void {
    for (const fail of failures) fail(this.#rolledBackFor)
    this.#rollBack()
  }

  #onDurable(pending: PendingGroup, state: LedgerState): void {
    this.#durable = state
    this.#inFlight = this.#inFlight.filter((other) => other !== pending)
    this.#hooks.onCommitted(pending.group.writes, state)
    for (const settle of pending.settle) settle()
    if (this.#failure !== undefined) this.#recover(this.#failure.error)
    this.#freeSlot()
  }

  /**
   * The first failure voids everything built on it, and the ledger goes on from the newest durable commit. A
   * store may refuse a batch before it has written the one before it.
   * Should the store hold the failed batch all the same, it will refuse every later one, because its manifest
   * is another.
   */
  #onFailure(pending: PendingGroup, error: unknown): void {
    // What was built on the failed batch fails for the same reason, whatever the store says of it.
    this.#failure ??= { error }
    this.#inFlight = this.#inFlight.filter((other) => other !== pending)
    for (const fail of pending.failures) fail(this.#failure.error)
    this.#recover(this.#failure.error)
    this.#freeSlot()
  }

  /** Once nothing is in flight any more. */
  #recover(error: unknown): void {
    if (this.#inFlight.length > 0) return
    this.#rolledBackFor = error
    this.#rollBack()
    this.#failure = undefined
  }

  #rollBack(): void {
    // A state of its own, by which a group that was begun before is told.
    this.#next = { ...this.#durable }
    this.#window = new ConflictWindow(this.#durable.manifest.seq)
    this.#hooks.onRolledBack(this.#durable.manifest.seq)
  }

  #failQueue(error: unknown): void {
    const waiting = this.#queue.slice(this.#queueStart)
    this.#queue = []
    this.#queueStart = 0
    for (const each of waiting) each?.fail(error)
  }

  #freeSlot(): void {
    const slotFree = this.#slotFree
    this.#slotFree = undefined
    slotFree?.()
    this.#announceIdle()
  }

  #announceIdle(): void {
    if (this.#isDraining || this.#inFlight.length > 0) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
