/**
 * Verification of the chain in a thread of its own, beside that of the records.
 * Why the chain: nothing of it is needed for the records, and it is about half of the work. Where the
 * thread's snapshot holds the same as that of the records, the one that is done first reads the index
 * entries, too.
 * How writes may go on: the thread's snapshot is younger than the one that the records are read from. The
 * chain is verified up to the younger one, and on the way it is compared with the older one's manifest.
 */

import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DbError } from '@dendrodb/protocol'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import type { KvSnapshot, KvStore } from '../storage/kv-store.ts'
import type { ChainAnswer, ChainOutcome, ChainRequest } from './chain-messages.ts'

/** A store that other threads can read. */
export type SharingStore = KvStore & Required<Pick<KvStore, 'share'>>

const isSource = extname(import.meta.filename) === '.ts'
const workerFile = isSource
  ? new URL('./chain-worker.ts', import.meta.url)
  : new URL('./chain-worker.js', import.meta.url)

interface Earlier extends Pick<ChainRequest & { readonly type: 'verify' }, 'manifest' | 'scope' | 'claim'> {
  /** The snapshot itself, which stays open. */
  readonly snapshot?: KvSnapshot
}

interface Job {
  readonly onProgress: (seq: number) => void
  readonly answer: PromiseWithResolvers<ChainOutcome>
  /**
   * What `onProgress` has thrown: the verification ends with that once the thread has let go of the store.
   */
  thrown?: { readonly error: unknown }
}

export class ChainThread {
  readonly #worker = new Worker(workerFile, { name: 'ddb-verify-chain' })
  readonly #ended: Promise<number>
  #job: Job | undefined
  /** What brought the thread down. */
  #failure: unknown

  constructor() {
    this.#worker.on('message', (answer: ChainAnswer) => this.#take(answer))
    this.#worker.on('error', (error) => {
      this.#failure = error
    })
    this.#ended = new Promise((resolve) => this.#worker.once('exit', resolve))
  }

  /**
   * One verification at a time.
   * @param earlier of a snapshot that was taken before; the manifest as it is stored
   * @throws what reading the manifest throws; LEDGER_CORRUPT when the thread ends without an answer;
   * STORAGE_CLOSED when it was stopped, as it is when the store closes
   */
  async verify(
    store: SharingStore,
    { snapshot, ...earlier }: Earlier,
    onProgress: (seq: number) => void,
  ): Promise<ChainOutcome> {
    const { module, data, release } = store.share(() => this.stop(), snapshot)
    const job: Job = { onProgress, answer: Promise.withResolvers() }
    this.#job = job
    this.#post({ type: 'verify', module, data, ...earlier })
    const end = this.#ended.then((code) => {
      throw endError(code, this.#failure)
    })
    const [answer] = await Promise.allSettled([Promise.race([job.answer.promise, end])])
    this.#job = undefined
    release()
    // Whatever came of it: it may have been done before it was stopped.
    if (job.thrown !== undefined) throw job.thrown.error
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  }

  /** Gives up the verification that is going on. */
  stop(): void {
    this.#post({ type: 'stop' })
  }

  /** Ends the thread, in the middle of a verification too. Idempotent. */
  async close(): Promise<void> {
    this.#post({ type: 'end' })
    await this.#ended
  }

  #take(answer: ChainAnswer): void {
    const job = this.#job
    switch (answer.type) {
      case 'progress':
        if (job !== undefined) this.#progress(job, answer.seq)
        break
      case 'outcome':
        job?.answer.resolve(answer.outcome)
        break
      case 'error':
        job?.answer.reject(new DbError(answer.error))
        break
      case 'bug':
        job?.answer.reject(answer.error)
        break
      default:
        answer satisfies never
    }
  }

  #progress(job: Job, seq: number): void {
    try {
      job.onProgress(seq)
    } catch (error) {
      job.thrown ??= { error }
      this.stop()
    }
  }

  #post(request: ChainRequest): void {
    this.#worker.postMessage(request)
  }
}

/**
 * As with a process that verifies: what ends without a word has met damage, unless it had too little memory.
 */
function endError(exitCode: number, failure: unknown): unknown {
  if (failure instanceof Error && 'code' in failure && failure.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return failure
  }
  const reason = `the thread that read it ended (exit code ${exitCode})`
  return ledgerErrors.CORRUPT({ what: 'the log', reason }, { cause: failure })
}
