/**
 * What a database goes through before it takes writes, where that is called for: its log, because there is no
 * manifest that says where the chain stands; everything in it, because whoever opened it asks for that.
 * Why reads need not wait: the newest commit names itself, and the records that were committed with it are
 * under their keys. What only the whole log tells (the tree over the commits, the numbers that are taken) is
 * needed to write alone.
 * Invariant: the manifest is written once the log has led to the newest commit without a gap, and until then
 * nothing is.
 * Cost: one pass over the log, without deriving anything; with verification, that of `verifyStore`.
 */

import { engineErrors } from '../engine-errors.ts'
import type { LedgerState } from '../ledger/commit-group.ts'
import { formatKey, manifestKey } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { encodeManifest, type Manifest } from '../ledger/manifest.ts'
import type { Receipt } from '../query/host.ts'
import { genesisOf } from '../replay/log-chain.ts'
import { LogWriter } from '../replay/log-writer.ts'
import { readLog } from '../replay/read-log.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { nameOfKey } from '../verify/key-name.ts'
import { namingSnapshot } from '../verify/named-damage.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { scanItemsPerTurn, scanReportMs } from './limits.ts'

export interface ScanProgress {
  /** Commits gone through; while records are verified, versions. */
  readonly objects: number
  readonly of: number
  /** Objects per second. */
  readonly rate: number
  /** Seconds until the end, as far as can be told. */
  readonly eta_s: number
}

/** What a scan tells of itself. */
export interface ScanListener {
  onProgress(progress: ScanProgress): void
  /** Writes are taken from now on. */
  onReady(head: Receipt): void
  /** The database stays readable and takes no writes. */
  onFailed(error: Error): void
}

export interface FirstScanOptions {
  readonly name: string
  readonly store: KvStore
  readonly state: LedgerState
  readonly lacksManifest: boolean
  readonly verifies: boolean
  /** Has writes taken. */
  readonly release: (state: LedgerState | undefined) => void
  readonly head: () => Receipt
  readonly listener: ScanListener
}

const nothingYet: ScanProgress = { objects: 0, of: 0, rate: 0, eta_s: 0 }

export class FirstScan {
  readonly #options: FirstScanOptions
  #progress: ScanProgress = nothingYet
  #failure: Error | undefined
  #isDone = false
  #isStopped = false
  #running: Promise<void> | undefined
  #startedMs = 0
  #reportedMs = Number.NEGATIVE_INFINITY

  constructor(options: FirstScanOptions) {
    this.#options = options
  }

  /** `undefined`: it is over. */
  get progress(): ScanProgress | undefined {
    return this.#isDone ? undefined : this.#progress
  }

  /** Why it has ended without being over. */
  get failure(): Error | undefined {
    return this.#failure
  }

  get isRunning(): boolean {
    return this.#running !== undefined && !this.#isDone && this.#failure === undefined
  }

  /** Why a write is refused now. */
  problem(): Error {
    const { name } = this.#options
    if (this.#failure !== undefined) {
      return engineErrors.SCAN_FAILED({ name, reason: this.#failure.message }, { cause: this.#failure })
    }
    const { objects, of, rate, eta_s } = this.#progress
    return engineErrors.SCANNING({
      name,
      objects,
      of,
      rate,
      eta_s,
      retry_after_secs: Math.min(60, Math.max(1, Math.ceil(eta_s))),
    })
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Resolves when it has ended, one way or the other. */
  async settled(): Promise<void> {
    await this.#running
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
  }

  async #run(): Promise<void> {
    const { lacksManifest, verifies, release, head, listener } = this.#options
    // The opener is answered first.
    await new Promise((resolve) => setImmediate(resolve))
    try {
      const state = lacksManifest ? await this.#restoreManifest() : undefined
      if (verifies) await this.#verify()
      this.#isDone = true
      release(state)
      listener.onReady(head())
    } catch (error) {
      if (this.#isStopped) return
      this.#failure = error as Error
      listener.onFailed(this.#failure)
    }
  }

  /** Goes through the log, then writes where it has led to. @throws LEDGER_CORRUPT */
  async #restoreManifest(): Promise<LedgerState> {
    const { store, state } = this.#options
    const { seq: toSeq } = state.manifest
    this.#begin()
    const snapshot = namingSnapshot(store.snapshot(), nameOfKey)
    let manifest: Manifest
    try {
      const format = await snapshot.get(formatKey)
      if (format === undefined)
        throw ledgerErrors.CORRUPT({ what: 'the format entry', reason: 'it is missing' })
      const after = genesisOf(format)
      // A replay of the log into nowhere.
      const writer = new LogWriter({ put: () => undefined }, after)
      for await (const items of readLog(snapshot, { after, toSeq })) {
        for (const [at, item] of items.entries()) {
          writer.add(item)
          // Requests come first.
          if (at % scanItemsPerTurn === 0) await new Promise((resolve) => setImmediate(resolve))
        }
        this.#report(writer.seq, toSeq)
      }
      manifest = writer.finish().manifest
    } finally {
      snapshot.close()
    }
    await store.commit([{ type: 'put', key: manifestKey, value: encodeManifest(state.hash, manifest) }])
    return { ...state, manifest }
  }

  /** @throws ENGINE_NOT_INTACT */
  async #verify(): Promise<void> {
    this.#begin()
    const report = await verifyStore(this.#options.store, {
      onProgress: ({ done, total }) => this.#report(done, total),
    })
    const [first] = report.findings
    if (first === undefined) return
    const { name } = this.#options
    throw engineErrors.NOT_VERIFIED({
      name,
      count: report.findingsCount,
      what: `${first.what}: ${first.reason}`,
    })
  }

  #begin(): void {
    this.#startedMs = performance.now()
  }

  /** @throws to end what goes on when the database is being closed */
  #report(objects: number, of: number): void {
    if (this.#isStopped) throw engineErrors.CLOSED()
    const nowMs = performance.now()
    const seconds = (nowMs - this.#startedMs) / 1_000
    const rate = Math.round(objects / Math.max(seconds, 0.001))
    const left = rate === 0 ? 0 : (of - objects) / rate
    this.#progress = { objects, of, rate, eta_s: Math.max(0, Math.round(left * 10) / 10) }
    if (nowMs - this.#reportedMs < scanReportMs && objects < of) return
    this.#reportedMs = nowMs
    this.#options.listener.onProgress(this.#progress)
  }
}
