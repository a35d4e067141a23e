/**
 * Makes a store from a log in a folder of its own, and vouches for it.
 * Why: a restored or rebuilt database comes into force only after everything in it was read back and follows
 * from its chain; what fails on the way leaves nothing behind.
 */

import { engineErrors } from '../engine-errors.ts'
import { type ReplayOptions, type ReplayResult, replayLog } from '../replay/replay-log.ts'
import { discardGeneration } from '../storage/generation.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { verifyStore } from '../verify/verify-store.ts'

export interface BuildProgress {
  /** Reading the log, deriving records from it, verifying the chain, verifying the records. */
  readonly phase: 'log' | 'records' | 'chain' | 'verify'
  readonly done: number
  /** Not known of a log that is still being read. */
  readonly total: number | undefined
}

export type OpenStore = (path: string) => Promise<KvStore>

export interface BuildOptions extends Omit<ReplayOptions, 'onProgress'> {
  /** Folder of the files; empty or missing. */
  readonly path: string
  readonly openStore: OpenStore
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined
}

/** @throws ENGINE_NOT_INTACT, LEDGER_CORRUPT, STORAGE_FULL, … having removed the folder and its key */
export async function buildStore(options: BuildOptions): Promise<ReplayResult> {
  const { path, openStore } = options
  try {
    const store = await openStore(path)
    try {
      return await fillStore(store, options)
    } finally {
      await store.close()
    }
  } catch (error) {
    await discardGeneration(path)
    throw error
  }
}

async function fillStore(store: KvStore, { format, log, onProgress }: BuildOptions): Promise<ReplayResult> {
  const result = await replayLog(store, { format, log, ...(onProgress && { onProgress }) })
  const report = await verifyStore(store, {
    onProgress: ({ phase, done, total }) =>
      onProgress?.({ phase: phase === 'chain' ? 'chain' : 'verify', done, total }),
  })
  const [first] = report.findings
  if (first !== undefined) {
    throw engineErrors.NOT_INTACT({ count: report.findingsCount, what: `${first.what}: ${first.reason}` })
  }
  return result
}
