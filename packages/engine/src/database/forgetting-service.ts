/**
 * Erasing records, and getting their bytes out of the files.
 * Why in two parts: the commit takes what is erased out of every read at once, whatever the size of the
 * database; rewriting its files takes as long as it takes, goes on while everybody reads and writes, and is
 * taken up again after a restart, as the work list (`W` keys) is committed with the erasure.
 * Invariant: an erasure leaves the work list only when every file was written after it.
 */

import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { encodeCanonical, RecordId, ulid, type ValueObject } from '@dendrodb/protocol'
import { forgottenTable, isEngineTable, isSystemTable } from '../catalog/system-tables.ts'
import { encodePlaces } from '../ledger/forgotten-mark.ts'
import { keyOf, keyWithTail, kindRange } from '../ledger/key-space.ts'
import { decodeReplay, encodeReplay } from '../ledger/replay.ts'
import { saltBytes } from '../ledger/salt-source.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import { readBranches } from '../models/branch/stored-branches.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import type { ErasureHolders } from '../models/forgetting/find-holders.ts'
import { forgettingErrors } from '../models/forgetting/forgetting-errors.ts'
import { erasureReasonCharsMax } from '../models/forgetting/limits.ts'
import { type ErasurePlan, planErasure } from '../models/forgetting/plan-erasure.ts'
import type {
  CompactReport,
  ErasureAnswer,
  ErasureOptions,
  ForgettingHost,
  ForgettingStatus,
} from '../query/host.ts'
import type { KvOperation, KvSnapshot } from '../storage/kv-store.ts'
import type { DatabaseCore } from './database-core.ts'
import type { GarbageCollector } from './garbage-collector.ts'
import { answersPerStep, holdsPollMs, purgeRetryMs, snapshotsExpireMs } from './limits.ts'

type Step = NonNullable<ForgettingStatus['step']>

/** As it is kept for the request's repetition. */
interface Erased extends Omit<ErasureAnswer, 'seq' | 'head' | 'salt'> {}

interface AskedErasure {
  readonly ids: readonly RecordId[]
  readonly salt: Uint8Array
  readonly reason: string | undefined
  readonly meta: WriteMeta | undefined
  readonly reserved: ErasureHolders | undefined
}

export class ForgettingService implements ForgettingHost {
  readonly #core: DatabaseCore
  readonly #garbage: GarbageCollector
  readonly #expire: () => Promise<number>
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #compacting: Promise<CompactReport> | undefined
  #isAskedAgain = false
  #step: Step | undefined
  #failure: unknown
  #purging: Promise<void> | undefined
  /** Readers that no file may be rewritten under. */
  #holds = 0
  #retry: NodeJS.Timeout | undefined

  /** @param expire forgets what has outlived its retention, and gives the number of versions */
  constructor(core: DatabaseCore, garbage: GarbageCollector, expire: () => Promise<number> = async () => 0) {
    this.#core = core
    this.#garbage = garbage
    this.#expire = expire
  }

  /** Takes out now what has outlived the retention of its table; gives the number of versions. */
  expire(): Promise<number> {
    return this.#expire()
  }

  async erase(
    ids: readonly RecordId[],
    { reason, meta, reserved }: ErasureOptions = {},
  ): Promise<ErasureAnswer> {
    if (ids.length === 0) throw forgettingErrors.NOTHING()
    for (const id of ids) {
      const mayGo = !isSystemTable(id.table) || (reserved !== undefined && !isEngineTable(id.table))
      if (!mayGo) throw forgettingErrors.SYSTEM_RECORD({ id: id.toString() })
    }
    checkReason(reason)
    const options = meta === undefined ? {} : { meta }
    for (;;) {
      // What is being removed is in no catalog: of indexes that are gone nobody could tell the record's keys.
      await this.#garbage.settle()
      let salt: Buffer | undefined
      const { result, receipt } = await this.#core.write((tx) => {
        salt = randomBytes(saltBytes)
        return this.#erase(tx, { ids, salt, reason, meta, reserved })
      }, options)
      if (result === 'garbage') continue
      return { ...result, ...(salt && { salt: salt.toString('hex') }), ...receipt }
    }
  }

  /** Callers at one time share one run. */
  compact(): Promise<CompactReport> {
    this.#compacting ??= this.#compact().finally(() => {
      this.#compacting = undefined
    })
    return this.#compacting
  }

  get isIdle(): boolean {
    return this.#running === undefined && this.#compacting === undefined
  }

  /** Goes through the work list, unless that is going on. */
  run(): void {
    clearTimeout(this.#retry)
    if (this.#stopping.signal.aborted) return
    this.#isAskedAgain = true
    this.#running ??= this.#runAll()
      .catch((error: unknown) => this.#onFailure(error))
      .finally(() => {
        this.#running = undefined
        this.#step = undefined
        // After a failure that is for the retry to do.
        if (this.#isAskedAgain && this.#failure === undefined) this.run()
      })
  }

  async status(): Promise<ForgettingStatus> {
    const pending = (await this.#pending()).length
    if (pending === 0) return { state: 'complete', pending }
    if (this.#running === undefined && this.#failure !== undefined) {
      const failure = this.#failure instanceof Error ? this.#failure.message : String(this.#failure)
      return { state: 'failed', pending, failure }
    }
    return { state: 'running', pending, ...(this.#step !== undefined && { step: this.#step }) }
  }

  /** Resolves when nothing that was erased so far is in the files. @throws why they could not be rewritten */
  async settle(): Promise<void> {
    while ((await this.#pending()).length > 0) {
      this.#failure = undefined
      this.run()
      await this.#running
      if (this.#failure !== undefined) throw this.#failure
      this.#stopping.signal.throwIfAborted()
    }
  }

  /**
   * No files are rewritten from now on, those that are being rewritten first come to an end. Gives the
   * function that lets it go on.
   */
  async hold(): Promise<() => void> {
    this.#holds += 1
    await this.#purging?.catch(() => undefined)
    return () => {
      this.#holds -= 1
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the database is being closed'))
    clearTimeout(this.#retry)
    await this.#running
    await this.#compacting?.catch(() => undefined)
  }

  async #erase(
    tx: RecordTx,
    { ids, salt, reason, meta, reserved }: AskedErasure,
  ): Promise<Erased | 'garbage'> {
    const { reader, hash, seq: newestSeq, catalog } = tx.base
    for await (const _ of reader.scan(kindRange('garbage'), { limit: 1 })) return 'garbage'
    const known = await readBranches(reader)
    const plan = await planErasure({ reader, hash, newestSeq, catalog, known }, ids, reserved)
    const names = plan.ids.map(String)
    keepSilent(tx, names, reason, meta)
    const commitment = hash.of(Buffer.concat([salt, encodeCanonical(names.toSorted())]))
    const id = new RecordId(forgottenTable.name, ulid())
    await tx.put(id, recordOf(plan, commitment, reason))
    tx.forget(plan.forgets, plan.readKeys, plan.readRanges)
    const { versions, metadata } = plan
    return { id, records: names.length, versions, metadata, commitment: commitment.toString('hex') }
  }

  async #runAll(): Promise<void> {
    // An erasure may come when the list has just been found empty.
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false
      await this.#runList()
    }
  }

  async #runList(): Promise<void> {
    for (let seqs = await this.#pending(); seqs.length > 0; seqs = await this.#pending()) {
      this.#step = 'answers'
      await this.#forgetAnswers(Math.max(...seqs))
      this.#step = 'snapshots'
      while (this.#holds > 0) await pause(holdsPollMs, undefined, { signal: this.#stopping.signal })
      this.#purging = this.#purge()
      await this.#purging
      const done = seqs.map((seq): KvOperation => ({ type: 'delete', key: keyOf('erasure', seq) }))
      while (!(await this.#change(done, [])));
      this.#failure = undefined
    }
  }

  #onFailure(error: unknown): void {
    if (this.#stopping.signal.aborted) return
    this.#failure = error
    this.#retry = setTimeout(() => this.run(), purgeRetryMs).unref()
  }

  async #compact(): Promise<CompactReport> {
    const { store } = this.#core
    this.#core.checkOpen()
    const bytesBefore = await store.sizeBytes()
    await this.#garbage.settle()
    await this.#expire()
    await this.#whileExpiring(() => store.compact())
    return { bytesBefore, bytesAfter: await store.sizeBytes() }
  }

  async #purge(): Promise<void> {
    const { store, snapshots, sequencer } = this.#core
    const resume: (() => void)[] = []
    const onStep = (step: Step) => {
      this.#step = step
      // Whoever comes now waits instead of failing.
      if (step === 'reopen') resume.push(snapshots.pause(), sequencer.pause())
    }
    try {
      await this.#whileExpiring(() => store.purge({ signal: this.#stopping.signal, onStep }))
    } finally {
      for (const each of resume) each()
    }
  }

  /** The snapshot that readers share would stay open until there is a newer commit, even if nobody reads. */
  async #whileExpiring(work: () => Promise<void>): Promise<void> {
    const { snapshots } = this.#core
    snapshots.expire()
    const expiring = setInterval(() => snapshots.expire(), snapshotsExpireMs).unref()
    try {
      await work()
    } finally {
      clearInterval(expiring)
    }
  }

  /** Seqs of erasures on the work list. */
  async #pending(): Promise<number[]> {
    return this.#onSnapshot(async (snapshot) => {
      const seqs: number[] = []
      for await (const chunk of snapshot.scan(kindRange('erasure'), { values: false })) {
        for (const { key } of chunk) seqs.push(readUvarint(key, 1).value)
      }
      return seqs
    })
  }

  /**
   * Answers kept for repeated requests may show anything. Those from before the erasure go, all of them: that
   * the request was carried out stays known.
   */
  async #forgetAnswers(beforeSeq: number): Promise<void> {
    for (let next = 0; next < beforeSeq; ) {
      const { operations, readKeys, readSeq, end } = await this.#answersFrom(next, beforeSeq)
      if (operations.length > 0 && !(await this.#change(operations, readKeys, readSeq))) continue
      next = end
    }
  }

  async #answersFrom(from: number, beforeSeq: number) {
    return this.#onSnapshot(async (snapshot, readSeq) => {
      const operations: KvOperation[] = []
      const readKeys: Buffer[] = []
      let end = beforeSeq
      const range = { gte: keyOf('replayLog', from), lt: keyOf('replayLog', beforeSeq) }
      for await (const chunk of snapshot.scan(range, { limit: answersPerStep })) {
        if (chunk.length === answersPerStep)
          end = readUvarint((chunk.at(-1) as { key: Buffer }).key, 1).value + 1
        for (const { value: tail } of chunk) {
          const key = keyWithTail('replay', tail)
          const stored = await snapshot.get(key)
          const replay = stored && decodeReplay(stored)
          if (replay?.answer === undefined || replay.seq >= beforeSeq) continue
          readKeys.push(key)
          operations.push({ type: 'put', key, value: encodeReplay({ ...replay, answer: undefined }) })
        }
      }
      return { operations, readKeys, readSeq, end }
    })
  }

  async #onSnapshot<T>(read: (snapshot: KvSnapshot, seq: number) => Promise<T>): Promise<T> {
    const held = await this.#core.holdSnapshot()
    try {
      return await read(held.snapshot, held.manifest.seq)
    } finally {
      held.release()
    }
  }

  /**
   * Gives `false` where a definition, or one of the keys, has changed meanwhile: then it has to be tried
   * again.
   */
  async #change(
    operations: readonly KvOperation[],
    readKeys: readonly Buffer[],
    readSeq = this.#core.sequencer.sequencedSeq,
  ): Promise<boolean> {
    this.#stopping.signal.throwIfAborted()
    const outcome = await this.#core.sequencer.submitDerived({
      readSeq,
      catalogSeq: this.#core.catalogs.newest().seq,
      readKeys,
      readRanges: [],
      operations,
    })
    this.#core.snapshots.expire()
    return outcome === 'done'
  }
}

/** What the ledger says of an erasure: how much went and from which places, and nothing of what it was. */
function recordOf(
  { forgets, ids, versions, metadata }: ErasurePlan,
  commitment: Uint8Array,
  reason: string | undefined,
): ValueObject {
  return {
    records: ids.length,
    versions,
    metadata,
    places: encodePlaces(forgets.places),
    commitment,
    ...(reason !== undefined && { reason }),
  }
}

/** @throws FORGET_REASON */
function checkReason(reason: string | undefined): void {
  if (reason === undefined) return
  if (typeof reason === 'string' && reason.length > 0 && reason.length <= erasureReasonCharsMax) return
  throw forgettingErrors.REASON({ problem: `must have 1 to ${erasureReasonCharsMax} characters` })
}

/**
 * The ledger must not be told now what it is to forget. An actor who erases what is named like him is left
 * out. @throws FORGET_REASON
 */
function keepSilent(
  tx: RecordTx,
  names: readonly string[],
  reason: string | undefined,
  meta: WriteMeta = {},
): void {
  const { actor, ...others } = meta
  const told = Buffer.concat([encodeCanonical({ ...others }), Buffer.from(reason ?? '')])
  if (names.some((name) => told.includes(name))) {
    throw forgettingErrors.REASON({
      problem: 'and what else the request says of itself must not name the record',
    })
  }
  if (actor !== undefined && names.includes(actor)) tx.describe({ actor: undefined })
}
