/**
 * Runs a transaction until it is a commit: inside the group, beside the sequencer, or alone.
 * Why one place: main and the branches differ in what a transaction starts from, not in how races are run.
 */

import { checkCauses } from '../ledger/causes.ts'
import { formatHead, type LedgerHash } from '../ledger/hash.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { exclusiveRunMs, optimisticRunsMax } from '../ledger/limits.ts'
import type { GroupBase, Sequencer } from '../ledger/sequencer.ts'
import { checkWriteMeta, type WriteMeta } from '../ledger/write-meta.ts'
import { isEmptyRequest } from '../ledger/write-request.ts'
import { RecordTx, type TxBase } from '../models/document/record-tx.ts'
import type { Receipt, WriteAnswer, WriteOptions } from '../query/host.ts'
import { chain, thenFinally } from '../storage/chain.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { answerOf, guardedWork, isGuarded } from './guarded-write.ts'
import type { HeldSnapshot, SharedSnapshots } from './shared-snapshot.ts'

/** What transactions of one branch start from. */
export interface TxSource {
  /** Work that only names its records may run inside the commit group. */
  readonly canRunInside: boolean
  beside(held: HeldSnapshot): MaybePromise<TxBase>
  inside(group: GroupBase): MaybePromise<HeldBase>
}

export interface HeldBase extends TxBase {
  /** Gives back what it reads from, where it is its own. */
  readonly release?: () => void
}

export interface TransactionServices {
  readonly hash: LedgerHash
  readonly sequencer: Sequencer
  readonly snapshots: SharedSnapshots
  receiptAt(seq: number): Promise<Receipt>
}

type Work<T> = (tx: RecordTx) => MaybePromise<T>

interface Done<T> {
  readonly result: T
  readonly receipt: Receipt
}

export class TransactionRunner {
  readonly #services: TransactionServices
  readonly #source: TxSource

  constructor(services: TransactionServices, source: TxSource) {
    this.#services = services
    this.#source = source
  }

  /** @throws LEDGER_*, INDEX_*, what the work throws */
  async write<T>(work: Work<T>, options: WriteOptions = {}): Promise<WriteAnswer<T>> {
    const { hash } = this.#services
    const { meta, request } = options
    if (meta !== undefined) {
      checkWriteMeta(meta)
      checkCauses(meta, this.#services.sequencer.durable.manifest.seq)
    }
    if (!isGuarded(meta)) return this.#write(work, options)
    const { result: done, receipt } = await this.#write(guardedWork(hash, work, meta, request), options)
    if ('result' in done) return { result: done.result, receipt }
    return {
      result: answerOf(meta, done.replay) as T,
      receipt: await this.#services.receiptAt(done.replay.seq),
      isReplay: true,
    }
  }

  async #write<T>(work: Work<T>, options: WriteOptions): Promise<Done<T>> {
    if (options.isPoint === true && this.#source.canRunInside) {
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

  /** Beside the sequencer, on a snapshot. `undefined`: it lost the race. */
  async #writeBeside<T>(work: Work<T>, meta: WriteMeta | undefined): Promise<Done<T> | undefined> {
    const { snapshots, sequencer } = this.#services
    const held = await snapshots.hold()
    try {
      const base = this.#source.beside(held)
      const tx = new RecordTx(base instanceof Promise ? await base : base)
      const result = await work(tx)
      const request = tx.toRequest(meta)
      if (isEmptyRequest(request)) return { result, receipt: this.#receiptOf(held.manifest) }
      const outcome = await sequencer.submit(request)
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
    work: Work<T>,
    meta: WriteMeta | undefined,
    mode: 'at once' | 'exclusive',
  ): Promise<Done<T> | undefined> {
    const { sequencer } = this.#services
    let done: { readonly result: T } | undefined
    const outcome = await sequencer.runInside((group) => {
      let isAbandoned = false
      const request = chain(this.#source.inside(group), (base) => {
        const tx = new RecordTx(base)
        const finish = (result: T) => {
          if (isAbandoned) return undefined
          done = { result }
          return tx.toRequest(meta)
        }
        return thenFinally(
          () => chain(work(tx), finish),
          () => base.release?.(),
        )
      })
      if (!(request instanceof Promise)) return request
      if (mode === 'exclusive') return withinTime(request)
      // The abandoned run only reads; it will be run again beside the sequencer.
      isAbandoned = true
      request.catch(() => undefined)
      return undefined
    })
    if (done === undefined || outcome === 'conflict') return undefined
    const { manifest } = sequencer.durable
    return { result: done.result, receipt: this.#receiptOf(outcome === undefined ? manifest : outcome.write) }
  }

  #receiptOf({ seq, head }: { readonly seq: number; readonly head: Uint8Array }): Receipt {
    return { seq, head: formatHead(this.#services.hash, head) }
  }
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
