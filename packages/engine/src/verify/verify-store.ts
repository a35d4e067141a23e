/**
 * Verification of a whole database against its own chain.
 * Why: everything but the log is a function of the log, so that a changed byte anywhere shows as a difference
 * between what is there and what must follow.
 * Invariant: memory is bounded whatever the size; writes may go on; the report is of one snapshot.
 */

import { availableParallelism, totalmem } from 'node:os'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { formatHead } from '../ledger/hash.ts'
import { bulkSnapshotOf } from '../storage/bulk-snapshot.ts'
import type { KvSnapshot, KvStore } from '../storage/kv-store.ts'
import type { ChainOutcome } from './chain-messages.ts'
import { ChainThread, type SharingStore } from './chain-thread.ts'
import { ExpectedHistory, type HistoryScope } from './expected-history.ts'
import { findStrays } from './find-strays.ts'
import { type Finding, Findings, type FindingsPart } from './findings.ts'
import { newSeed } from './fingerprint-set.ts'
import type { ForgottenCounts } from './forgotten-check.ts'
import { threadMemoryBytesMin, threadStoreBytesMin } from './limits.ts'
import { droppedNumbers, type EntriesClaim, newClaim } from './meet-entries.ts'
import { PhaseProgress, type VerifyProgress } from './phase-progress.ts'
import { type ReadManifest, readManifest } from './read-manifest.ts'
import { readSoundDefinitions, SoundReader } from './sound-reader.ts'
import { type ChainPass, type ChainResult, verifyChain } from './verify-chain.ts'
import { type ChainSums, verifyRecords } from './verify-records.ts'

export interface VerifyOptions {
  readonly onProgress?: (progress: VerifyProgress) => void
}

export interface StoreVerifyOptions extends VerifyOptions {
  /** Without a second thread, which would read from a younger one. */
  readonly isOneSnapshot?: boolean
}

export interface VerifyReport {
  readonly isIntact: boolean
  readonly seq: number
  readonly head: string
  /** Keys compared: commits, versions, history, records, index entries, Merkle nodes, counts. */
  readonly objectsChecked: number
  /** Versions and metadata that were erased; the commits keep commitments to them. */
  readonly erased: number
  /** Versions that have outlived the retention of their table. */
  readonly expired: number
  /** What had been erased from the backup that this database was restored from, to a moment before. */
  readonly elsewhere: number
  readonly findingsCount: number
  /** The first 100. */
  readonly findings: readonly Finding[]
  readonly durationMs: number
}

/** @param givenThread verifies the chain however short it is, and is left running */
export async function verifyStore(
  store: KvStore,
  options: StoreVerifyOptions = {},
  givenThread?: ChainThread,
): Promise<VerifyReport> {
  const startedMs = performance.now()
  const mayHaveThread = givenThread === undefined && options.isOneSnapshot !== true
  const wantsThread = mayHaveThread && (await isWorthThread(store))
  const snapshot = await bulkSnapshotOf(store)
  let ownThread: ChainThread | undefined
  try {
    const begin = await readManifest(snapshot)
    const { hash, manifest } = begin
    const sound = new SoundReader(snapshot)
    const catalog = await readSoundDefinitions(sound)
    const scope: HistoryScope = { seqMax: manifest.seq, seed: newSeed() }
    const progress = new PhaseProgress(manifest.seq, options.onProgress)
    ownThread = wantsThread ? new ChainThread() : undefined
    const thread = givenThread ?? ownThread
    const claim = newClaim()
    const pass: WholePass = { store, snapshot, begin, catalog, scope, claim, progress }
    const parts = await (thread !== undefined && isShared(store)
      ? verifySideBySide(pass, store, thread)
      : verifyInTurn(pass))
    const findings = new Findings()
    for (const part of parts) findings.addAll(part)
    return {
      isIntact: findings.count === 0,
      seq: manifest.seq,
      head: formatHead(hash, manifest.head),
      objectsChecked: parts.reduce((sum, { objects }) => sum + objects, 0),
      erased: parts.reduce((sum, part) => sum + (part.erased ?? 0), 0),
      expired: parts.reduce((sum, part) => sum + (part.expired ?? 0), 0),
      elsewhere: parts.reduce((sum, part) => sum + (part.elsewhere ?? 0), 0),
      findingsCount: findings.count,
      findings: findings.list,
      durationMs: performance.now() - startedMs,
    }
  } finally {
    await ownThread?.close()
    snapshot.close()
  }
}

interface WholePass {
  readonly store: KvStore
  readonly snapshot: KvSnapshot
  readonly begin: ReadManifest
  readonly catalog: StoredCatalog
  readonly scope: HistoryScope
  readonly claim: EntriesClaim
  readonly progress: PhaseProgress
}

interface Part extends FindingsPart, Partial<ForgottenCounts> {
  readonly objects: number
}

async function verifyInTurn(pass: WholePass): Promise<Part[]> {
  const files = await filesPart(pass)
  const chain = await chainPart(pass)
  pass.progress.endChain(chain.versions)
  return [files, chain, await recordPart(pass, Promise.resolve(chain))]
}

/** The thread's snapshot is the younger one: this one is there already. */
async function verifySideBySide(pass: WholePass, store: SharingStore, thread: ChainThread): Promise<Part[]> {
  const { begin, scope, claim, progress, snapshot } = pass
  const chainDone = thread
    .verify(store, { snapshot, manifest: begin.stored, scope, claim }, (seq) => progress.chain(seq))
    .then((chain) => {
      progress.endChain(chain.versions)
      return chain
    })
  // Who awaits it may have failed by then.
  chainDone.catch(() => undefined)
  const restDone = filesPart(pass).then(async (files) => [files, await recordPart(pass, chainDone)] as const)
  try {
    const [chain, [files, records]] = await Promise.all([chainDone, restDone])
    return [files, chain, records]
  } catch (error) {
    thread.stop()
    await chainDone.catch(() => undefined)
    throw error
  }
}

async function filesPart({ store }: WholePass): Promise<Part> {
  const findings = new Findings()
  for (const { file, reason } of await store.findDamage()) findings.add({ what: `the file ${file}`, reason })
  return partOf(findings, 0)
}

async function chainPart(pass: WholePass): Promise<ChainOutcome> {
  const findings = new Findings()
  const history = new ExpectedHistory(pass.scope)
  const onProgress = (seq: number) => pass.progress.chain(seq)
  const result = await verifyOwnChain(pass, { findings, history, onProgress })
  return { ...result, ...partOf(findings, result.objects), expectedSums: history.sums }
}

function verifyOwnChain(
  { snapshot, begin }: WholePass,
  to: Pick<ChainPass, 'findings' | 'history' | 'onProgress'>,
): Promise<ChainResult> {
  return verifyChain({ ...begin, reader: snapshot, ...to })
}

async function recordPart(pass: WholePass, chain: Promise<ChainSums>): Promise<Part> {
  const { snapshot, begin, catalog, scope, claim, progress } = pass
  const findings = new Findings(catalog)
  const dropped = await droppedNumbers(snapshot)
  const records = await verifyRecords({
    reader: snapshot,
    hash: begin.hash,
    catalog,
    dropped: dropped.definitions,
    discarded: dropped.branches,
    scope,
    claim,
    chain,
    expectAgain: (history) =>
      verifyOwnChain(pass, { findings: new Findings(), history, onProgress: () => undefined }),
    findings,
    onProgress: (versions) => progress.records(versions),
  })
  const strays = await findStrays(snapshot, findings)
  return partOf(findings, records.objects + strays)
}

function partOf(findings: Findings, objects: number): Part {
  return { findings: findings.list, findingsCount: findings.count, objects }
}

function isShared(store: KvStore): store is SharingStore {
  return store.share !== undefined
}

async function isWorthThread(store: KvStore): Promise<boolean> {
  const memoryBytes = Math.min(totalmem(), process.constrainedMemory())
  if (!isShared(store) || availableParallelism() === 1 || memoryBytes < threadMemoryBytesMin) return false
  return (await store.sizeBytes()) >= threadStoreBytesMin
}

export interface ChainReport {
  readonly isIntact: boolean
  readonly seq: number
  readonly head: string
  /** The first commit that is not what the chain was built from, where the damage is in one. */
  readonly firstBrokenSeq: number | undefined
  readonly findingsCount: number
  /** The first 100. */
  readonly findings: readonly Finding[]
}

/** The log alone: commits, their contents and the tree over them; not what was derived from it. */
export async function verifyLog(store: KvStore): Promise<ChainReport> {
  const snapshot = await bulkSnapshotOf(store)
  try {
    const findings = new Findings()
    const begin = await readManifest(snapshot)
    await verifyChain({ ...begin, reader: snapshot, findings, onProgress: () => undefined })
    const { hash, manifest } = begin
    return {
      isIntact: findings.count === 0,
      seq: manifest.seq,
      head: formatHead(hash, manifest.head),
      firstBrokenSeq: findings.firstSeq,
      findingsCount: findings.count,
      findings: findings.list,
    }
  } finally {
    snapshot.close()
  }
}
