/**
 * Makes a store from a log.
 * Why: everything but the log is a function of the log, so that a backup holds nothing else, a damaged store
 * is rebuilt from its own log, and any moment of the past can be brought back by ending the log there.
 * How: first the log in its order, with a history key per version (log-writer.ts); what
 * later commits of it erase goes (apply-erasures.ts); then, record by record,
 * what follows from the history: current records, counts, index entries (derive-records.ts), and after main
 * the same for each branch (derive-branches.ts), where a record that the branch has changed is looked up in
 * its parent. Keys come in order, memory is bounded.
 * Invariant: format entry and manifest come last, so that a store that was not finished is none.
 */

import { keySuccessor } from '@dendrodb/protocol'
import { formatKey, manifestKey } from '../ledger/key-space.ts'
import { encodeManifest, type Manifest } from '../ledger/manifest.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { applyErasures } from './apply-erasures.ts'
import { BulkWriter } from './bulk-writer.ts'
import { deriveBranches } from './derive-branches.ts'
import { deriveRecords } from './derive-records.ts'
import { genesisOf } from './log-chain.ts'
import type { LogStream } from './log-item.ts'
import { LogWriter } from './log-writer.ts'

export interface ReplayProgress {
  readonly phase: 'log' | 'records'
  /** Commits of the log; versions while records are derived. */
  readonly done: number
  /** Versions to derive records from; not known of a log that is still being read. */
  readonly total: number | undefined
}

export interface ReplayOptions {
  /** Format entry of the database, as it is stored: the chain starts from its hash. */
  readonly format: Uint8Array
  readonly log: LogStream
  readonly onProgress?: (progress: ReplayProgress) => void
}

export interface ReplayResult {
  readonly manifest: Manifest
  readonly versions: number
  /** Versions that are not there, because they were erased. */
  readonly erased: number
}

/**
 * @param store empty
 * @throws LEDGER_CORRUPT naming what does not follow from the chain, LEDGER_FORMAT_TOO_NEW
 */
export async function replayLog(store: KvStore, options: ReplayOptions): Promise<ReplayResult> {
  const { format, log, onProgress } = options
  const genesis = genesisOf(format)
  const writer = new BulkWriter(store)
  const commits = new LogWriter(writer, genesis)
  for await (const items of log) {
    for (const item of items) {
      commits.add(item)
      if (writer.isFull) await writer.flush()
    }
    onProgress?.({ phase: 'log', done: commits.seq, total: undefined })
  }
  const { manifest, catalog, versions, erased } = commits.finish()
  await writer.settle()
  await applyErasures(store, manifest.seq)
  const derivation = { store, writer, hash: genesis.hash, catalog }
  const onVersions = (done: number) => onProgress?.({ phase: 'records', done, total: versions })
  const ofMain = await deriveRecords({ ...derivation, onProgress: onVersions })
  await deriveBranches({
    ...derivation,
    newestSeq: manifest.seq,
    onProgress: (done) => onVersions(ofMain + done),
  })
  await writer.settle()
  await store.commit([
    { type: 'put', key: formatKey, value: format },
    { type: 'put', key: manifestKey, value: encodeManifest(genesis.hash, manifest) },
  ])
  // Batches that were not waited for may lie in a log that only the system's cache has; this moves them on.
  await store.compact({ gte: manifestKey, lt: keySuccessor(manifestKey) })
  return { manifest, versions, erased }
}
