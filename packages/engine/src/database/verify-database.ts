/**
 * Verification of a database that is in use.
 * Why begun again: the files are opened anew at the end of an erasure and after a failed write, and what was
 * being read is then lost, or does not fit together; neither says anything about what is stored. So that a
 * second run comes to its end, files are not rewritten meanwhile and everything is read from one snapshot.
 */

import { setTimeout } from 'node:timers/promises'
import { isEndOfReading } from '../verify/findings.ts'
import type { VerifyProgress } from '../verify/phase-progress.ts'
import { type CommitReport, verifyCommit } from '../verify/verify-commit.ts'
import {
  type ChainReport,
  type VerifyOptions,
  type VerifyReport,
  verifyLog,
  verifyStore,
} from '../verify/verify-store.ts'
import type { DatabaseCore } from './database-core.ts'
import { checkSeq } from './database-proofs.ts'
import type { ForgettingService } from './forgetting-service.ts'
import { verifyPauseMs, verifyRunsMax } from './limits.ts'

export class DatabaseVerifier {
  readonly #core: DatabaseCore
  readonly #forgetting: Pick<ForgettingService, 'hold'>

  constructor(core: DatabaseCore, forgetting: Pick<ForgettingService, 'hold'>) {
    this.#core = core
    this.#forgetting = forgetting
  }

  /** @throws STORAGE_SNAPSHOT_LOST, STORAGE_REOPENING when each of the runs was cut off */
  whole({ onProgress }: VerifyOptions): Promise<VerifyReport> {
    const { store } = this.#core
    const options = onProgress === undefined ? {} : { onProgress: onwards(onProgress) }
    return this.#untilRead(async (isAgain) => {
      const { forgettings } = this.#core
      const report = await verifyStore(store, { ...options, isOneSnapshot: isAgain })
      // What is forgotten meanwhile may be in one of two snapshots and not in the other.
      const isReliable = report.isIntact || isAgain || forgettings === this.#core.forgettings
      return isReliable ? report : undefined
    })
  }

  /** @throws as `whole` */
  chain(): Promise<ChainReport> {
    return this.#untilRead(() => verifyLog(this.#core.store))
  }

  /** @throws PROOF_SEQ_UNKNOWN, and as `whole` */
  commit(seq: number): Promise<CommitReport> {
    const { hash } = this.#core
    return this.#untilRead(async () => {
      const { snapshot: reader, manifest, release } = await this.#core.holdSnapshot()
      try {
        checkSeq(seq, 1, manifest.seq)
        return await verifyCommit({ reader, hash, manifest, seq })
      } finally {
        release()
      }
    })
  }

  /** @param work gives `undefined` when it has to be done again */
  async #untilRead<T>(work: (isAgain: boolean) => Promise<T | undefined>): Promise<T> {
    for (let run = 1; ; run += 1) {
      const resume = run === 1 ? undefined : await this.#forgetting.hold()
      try {
        // Whoever wants one waits while the files are being opened anew.
        const held = await this.#core.holdSnapshot()
        held.release()
        const done = await work(run > 1)
        if (done !== undefined) return done
      } catch (error) {
        if (!isEndOfReading(error) || this.#core.isClosed || run === verifyRunsMax) throw error
        // The one that readers share may be as old.
        this.#core.snapshots.expire()
        await setTimeout(verifyPauseMs)
      } finally {
        resume?.()
      }
    }
  }
}

/** Tells no progress twice: what begins again is silent until it is further than it was. */
function onwards(tell: (progress: VerifyProgress) => void): (progress: VerifyProgress) => void {
  let furthest = 0
  return (progress) => {
    const { phase, done, total } = progress
    const reached = (phase === 'chain' ? 0 : 1) + (total === 0 ? 0 : done / total)
    if (reached < furthest) return
    furthest = reached
    tell(progress)
  }
}
