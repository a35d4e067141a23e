/**
 * Anchoring: every so many commits, a hash of all heads since the last time is put where nobody can change
 * it.
 * How: the open databases are looked at once a second. A batch that is due becomes a receipt, which is
 * published by a worker, again and again with growing waits until it is there; what is pending goes on after
 * a restart.
 * Why batches of "at least": a busy database would otherwise need a transaction a second, and one hash stands
 * for any number of commits.
 * Invariant: the service's own commits do not make a batch due, so that it never feeds itself.
 */

import type { Database, Engine } from '@dendrodb/engine'
import { batchRootOf } from './batch-root.ts'
import { attemptsMax, errorCharsMax, retryMs, retryMsMax, tickMs } from './limits.ts'
import { datetimeAt, type Receipt, ReceiptStore } from './receipt-store.ts'
import type { Progress, Submitter } from './submitter.ts'

export interface AnchorServiceOptions {
  readonly engine: Pick<Engine, 'openDatabases'>
  /** Commits after which a batch is due. */
  readonly every: number
  /** Without it batches are kept and published nowhere. */
  readonly submitter: Submitter | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly log: AnchorLog
}

export interface AnchorLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** What is known of one open database. */
interface Ledger {
  readonly database: Database
  readonly store: ReceiptStore
  /** Last commit of the newest batch. */
  anchoredSeq: number
  /** Commits of the service itself since then. */
  ownCommits: number
  /** Oldest first. */
  pending: PendingReceipt[]
}

interface PendingReceipt {
  receipt: Receipt
  attempts: number
  nextAtMs: number
}

export class AnchorService {
  readonly #options: AnchorServiceOptions
  readonly #ledgers = new WeakMap<Database, Ledger>()
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #batching: Promise<void> | undefined
  #submitting: Promise<void> | undefined

  constructor(options: AnchorServiceOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => void this.tick(), tickMs)
    this.#timer.unref()
  }

  /** Makes the batches that are due, and tries what may be tried again; never both twice at a time. */
  async tick(): Promise<void> {
    if (this.#stopping.signal.aborted) return
    this.#batching ??= this.#forEachLedger((ledger) => this.#makeBatch(ledger)).finally(() => {
      this.#batching = undefined
    })
    await this.#batching
    this.#submitting ??= this.#forEachLedger((ledger) => this.#submitDue(ledger)).finally(() => {
      this.#submitting = undefined
    })
    await this.#submitting
  }

  /** Gives up what is under way; it goes on at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    clearInterval(this.#timer)
    await Promise.all([this.#batching, this.#submitting])
  }

  /** A database that cannot be read or written now is left for the next time. */
  async #forEachLedger(work: (ledger: Ledger) => Promise<void>): Promise<void> {
    for (const database of this.#options.engine.openDatabases()) {
      if (this.#stopping.signal.aborted) return
      try {
        await work(await this.#ledgerOf(database))
      } catch (error) {
        this.#ledgers.delete(database)
        if (!this.#stopping.signal.aborted) this.#warn(database, error, 'anchoring has to wait')
      }
    }
  }

  async #ledgerOf(database: Database): Promise<Ledger> {
    const known = this.#ledgers.get(database)
    if (known !== undefined) return known
    const store = new ReceiptStore(database)
    const newest = await store.newest()
    const pending = (await store.pending()).map((receipt) => ({ receipt, attempts: 0, nextAtMs: 0 }))
    const ledger = { database, store, anchoredSeq: newest?.toSeq ?? 0, ownCommits: 0, pending }
    this.#ledgers.set(database, ledger)
    return ledger
  }

  async #makeBatch(ledger: Ledger): Promise<void> {
    const { every, submitter, now } = this.#options
    const { database, anchoredSeq, ownCommits } = ledger
    const toSeq = database.head().seq
    if (toSeq - anchoredSeq - ownCommits < every) return
    const fromSeq = anchoredSeq + 1
    const receipt: Receipt = {
      fromSeq,
      toSeq,
      batchRoot: await batchRootOf(database, fromSeq, toSeq),
      chain: submitter?.chain ?? 'none',
      status: submitter === undefined ? 'skipped' : 'pending',
      createdAt: datetimeAt(now()),
      progress: {},
    }
    await ledger.store.put(receipt)
    ledger.anchoredSeq = toSeq
    ledger.ownCommits = 1
    if (submitter !== undefined) ledger.pending.push({ receipt, attempts: 0, nextAtMs: 0 })
  }

  async #submitDue(ledger: Ledger): Promise<void> {
    const { submitter, now } = this.#options
    if (submitter === undefined) return
    for (const pending of ledger.pending.filter(({ nextAtMs }) => nextAtMs <= now())) {
      if (this.#stopping.signal.aborted) return
      await this.#submit(ledger, pending, submitter)
      ledger.pending = ledger.pending.filter(({ receipt }) => receipt.status === 'pending')
    }
  }

  async #submit(ledger: Ledger, pending: PendingReceipt, submitter: Submitter): Promise<void> {
    const { database } = ledger
    const { receipt } = pending
    // Begun for another place, before the configuration changed.
    const begun = receipt.chain === submitter.chain ? receipt.progress : {}
    const save = (progress: Progress) => this.#keep(ledger, pending, { chain: submitter.chain, progress })
    try {
      const { fromSeq, toSeq, batchRoot: root } = receipt
      const { text: checkpoint } = await database.checkpoint(toSeq)
      const batch = { databaseId: database.id, fromSeq, toSeq, root, checkpoint }
      const { signal } = this.#stopping
      const { txHash, ipfsCid } = await submitter.submit({ batch, progress: begun, save, signal })
      const anchoredAt = datetimeAt(this.#options.now())
      const done = {
        chain: submitter.chain,
        status: 'confirmed',
        anchoredAt,
        progress: { txHash, ipfsCid },
      } as const
      await this.#keep(ledger, pending, done)
      const fields = { database: database.name, from: fromSeq, to: toSeq, chain: submitter.chain }
      this.#options.log.info(fields, 'anchored')
    } catch (error) {
      if (this.#stopping.signal.aborted) return
      await this.#postpone(ledger, pending, error)
    }
  }

  async #postpone(ledger: Ledger, pending: PendingReceipt, error: unknown): Promise<void> {
    pending.attempts += 1
    if (pending.attempts >= attemptsMax) {
      const text = (error instanceof Error ? error.message : String(error)).slice(0, errorCharsMax)
      await this.#keep(ledger, pending, { status: 'failed', error: text })
      this.#warn(ledger.database, error, 'a batch was given up')
      return
    }
    pending.nextAtMs = this.#options.now() + Math.min(retryMs * 2 ** (pending.attempts - 1), retryMsMax)
    this.#warn(ledger.database, error, 'a batch could not be anchored and will be tried again')
  }

  async #keep(ledger: Ledger, pending: PendingReceipt, change: Partial<Receipt>): Promise<void> {
    pending.receipt = { ...pending.receipt, ...change }
    ledger.ownCommits += 1
    await ledger.store.put(pending.receipt)
  }

  #warn(database: Database, error: unknown, message: string): void {
    this.#options.log.warn({ database: database.name, err: error }, message)
  }
}
