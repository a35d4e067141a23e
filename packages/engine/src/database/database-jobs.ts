/**
 * What goes on in the background of an open database: index builds, the removal of what was dropped, of what
 * has outlived its retention and of what was erased. Where there is a first scan, all of them wait for it.
 */

import type { SnapshotPin } from '../query/host.ts'
import { tellCommits } from './commit-notices.ts'
import type { DatabaseCore } from './database-core.ts'
import type { FirstScan } from './first-scan.ts'
import { ForgettingService } from './forgetting-service.ts'
import { GarbageCollector } from './garbage-collector.ts'
import { IndexBuilder } from './index-builder.ts'
import { type OnProblem, onceEach } from './job-problems.ts'
import { sweepEveryMs } from './limits.ts'
import { RetentionService } from './retention-service.ts'
import { firstScanOf, type ScannedParts } from './scan-database.ts'

export class DatabaseJobs {
  readonly builder: IndexBuilder
  readonly forgetting: ForgettingService
  /** Only where one was called for when the database was opened. */
  readonly scan: FirstScan | undefined
  readonly #core: DatabaseCore
  readonly #garbage: GarbageCollector
  readonly #retention: RetentionService
  readonly #onProblem: OnProblem
  readonly #stopListening: () => void
  readonly #sweeping: NodeJS.Timeout

  /** @param pins what has to be kept of the past */
  constructor(parts: ScannedParts, pins: () => Promise<readonly SnapshotPin[]>) {
    const { core, feed } = parts
    this.#core = core
    this.#onProblem = onceEach(parts.onWarning, core.name)
    this.builder = new IndexBuilder(core, this.#onProblem)
    this.#garbage = new GarbageCollector(core, this.#onProblem)
    this.#retention = new RetentionService(core, pins)
    this.forgetting = new ForgettingService(core, this.#garbage, () => this.#retention.run())
    this.#sweeping = setInterval(() => this.#sweep(), sweepEveryMs).unref()
    this.#stopListening = core.onCommit((writes) => {
      if (writes.some(({ seq }) => seq === core.catalogs.newest().seq)) {
        this.builder.resume()
        this.#expire()
      }
      if (writes.some(({ request }) => request.forgets !== undefined)) this.forgetting.run()
      if (writes.some(({ request }) => request.dropped.length > 0)) this.#garbage.run()
      tellCommits(feed, core, writes)
    })
    this.scan = firstScanOf(parts, () => this.#start())
    if (this.scan === undefined) this.#start()
    else this.scan.start()
  }

  get isIdle(): boolean {
    const jobs = [this.builder, this.#garbage, this.#retention, this.forgetting]
    return this.scan?.isRunning !== true && jobs.every((job) => job.isIdle)
  }

  async stop(): Promise<void> {
    this.#stopListening()
    clearInterval(this.#sweeping)
    const jobs = [this.builder, this.#garbage, this.#retention, this.forgetting]
    await Promise.all([this.scan?.stop(), ...jobs.map((job) => job.stop())])
  }

  /** What the tree over the commits is needed for has to wait for it. @throws ENGINE_SCANNING */
  requireManifest(): void {
    if (this.#core.snapshots.isProvisional && this.scan !== undefined) throw this.scan.problem()
  }

  #start(): void {
    this.forgetting.run()
    this.#sweep()
  }

  #sweep(): void {
    if (this.scan?.progress !== undefined) return
    this.builder.resume()
    this.#garbage.run()
    this.#expire()
  }

  /** Should it fail, the next sweep tries again. */
  #expire(): void {
    this.#retention.kick(this.#onProblem)
  }
}
