/**
 * Verification of a whole database against its own chain.
 * Why: everything but the log is a function of the log, so that a changed byte anywhere shows as a difference
 * between what is there and what must follow.
 * Invariant: memory is bounded whatever the size; writes may go on; the report is of one snapshot.
 */

import { availableParallelism } from 'node:os'
import { readCatalog } from '../catalog/read-catalog.ts'
import { garbageKinds } from '../ledger/commit-group.ts'
import { formatHead } from '../ledger/hash.ts'
import { formatKey, kindRange, manifestKey } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { scanRecords } from '../models/document/live-records.ts'
import type { KvSnapshot, KvStore } from '../storage/kv-store.ts'
import { readBranchCommits } from './branch-commits.ts'
import { ChainThread, type SharingStore } from './chain-thread.ts'
import { type Finding, Findings, type FindingsPart } from './findings.ts'
import { KeyCursor } from './key-cursor.ts'
import { threadStoreBytesMin } from './limits.ts'
import { type ReadManifest, readManifest } from './read-manifest.ts'
import { verifyBranches } from './verify-branches.ts'
import { type ChainResult, verifyChain } from './verify-chain.ts'
import { verifyRecords } from './verify-records.ts'

/** The chain comes first, though on two cores both are verified at the same time. */
export interface VerifyProgress {
  readonly phase: 'chain' | 'records'
  readonly done: number
  readonly total: number
}

export interface VerifyOptions {
  readonly onProgress?: (progress: VerifyProgress) => void
}

export interface VerifyReport {
  readonly isIntact: boolean
  readonly seq: number
  readonly head: string
  /** Keys compared: commits, versions, history, records, index entries, Merkle nodes, counts. */
  readonly objectsChecked: number
  readonly findingsCount: number
  /** The first 100. */
  readonly findings: readonly Finding[]
  readonly durationMs: number
}

/** @param givenThread verifies the chain however short it is, and is left running */
export async function verifyStore(
  store: KvStore,
  options: VerifyOptions = {},
  givenThread?: ChainThread,
): Promise<VerifyReport> {
  const startedMs = performance.now()
  const wantsThread = givenThread === undefined && (await isWorthThread(store))
  const snapshot = store.snapshot()
  let ownThread: ChainThread | undefined
  try {
    const begin = await readManifest(snapshot)
    const { hash, manifest } = begin
    ownThread = wantsThread ? new ChainThread() : undefined
    const thread = givenThread ?? ownThread
    const pass: WholePass = {
      store,
      snapshot,
      begin,
      progress: new PhaseProgress(manifest.seq, options.onProgress),
    }
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
  readonly progress: PhaseProgress
}

interface Part extends FindingsPart {
  readonly objects: number
}

async function verifyInTurn(pass: WholePass): Promise<Part[]> {
  const files = await filesPart(pass)
  const chain = await chainPart(pass)
  pass.progress.endChain(chain.versions)
  const records = await recordPart(pass)
  return [files, chain, records, missingPart(chain, records)]
}

/** The thread's snapshot is the younger one: this one is there already. */
async function verifySideBySide(pass: WholePass, store: SharingStore, thread: ChainThread): Promise<Part[]> {
  const { begin, progress } = pass
  const chainDone = thread
    .verify(store, begin.stored, (seq) => progress.chain(seq))
    .then((chain) => {
      progress.endChain(chain.versions)
      return chain
    })
  const restDone = filesPart(pass).then(async (files) => ({ files, records: await recordPart(pass) }))
  try {
    const [chain, { files, records }] = await Promise.all([chainDone, restDone])
    return [files, chain, records, missingPart(chain, records)]
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

async function chainPart({ snapshot, begin, progress }: WholePass): Promise<Part & ChainResult> {
  const findings = new Findings()
  const chain = await verifyChain({
    ...begin,
    reader: snapshot,
    findings,
    onProgress: (seq) => progress.chain(seq),
  })
  return { ...partOf(findings, chain.objects), versions: chain.versions }
}

async function recordPart({ snapshot, begin, progress }: WholePass): Promise<Part & VersionsMet> {
  const findings = new Findings()
  const { hash, manifest } = begin
  const catalog = await readCatalog((table) => scanRecords(snapshot, table))
  const dropped = await droppedNumbers(snapshot)
  const pass = { reader: snapshot, hash, catalog, dropped: dropped.definitions, findings }
  const records = await verifyRecords({
    ...pass,
    branchCommits: await readBranchCommits(snapshot),
    onProgress: (versions) => progress.records(versions),
  })
  const branches = await verifyBranches({
    ...pass,
    newestSeq: manifest.seq,
    discarded: dropped.branches,
    onProgress: (versions) => progress.records(records.versions + versions),
  })
  const strays = await straysIn(snapshot, findings)
  const objects = records.objects + branches.objects + strays
  return { ...partOf(findings, objects), versions: records.versions + branches.versions }
}

interface VersionsMet {
  readonly versions: number
}

/** Each entry leads to a version of its own, so that as many of both means that none is left out. */
function missingPart(chain: VersionsMet, records: VersionsMet): Part {
  const findings = new Findings()
  const missing = chain.versions - records.versions
  if (missing > 0) findings.add({ what: 'the history', reason: `${missing} versions have no entry in it` })
  return partOf(findings, 0)
}

function partOf(findings: Findings, objects: number): Part {
  return { findings: findings.list, findingsCount: findings.count, objects }
}

function isShared(store: KvStore): store is SharingStore {
  return store.share !== undefined
}

async function isWorthThread(store: KvStore): Promise<boolean> {
  return isShared(store) && availableParallelism() > 1 && (await store.sizeBytes()) >= threadStoreBytesMin
}

/** Tells of two phases one after the other, whether or not they go on at the same time. */
class PhaseProgress {
  readonly #commits: number
  readonly #tell: (progress: VerifyProgress) => void
  /** Known when the chain is through. */
  #versions: number | undefined

  constructor(commits: number, tell: (progress: VerifyProgress) => void = () => undefined) {
    this.#commits = commits
    this.#tell = tell
  }

  chain(seq: number): void {
    // A younger snapshot may have more.
    const done = Math.min(seq, this.#commits)
    this.#tell({ phase: 'chain', done, total: this.#commits })
  }

  endChain(versions: number): void {
    this.#versions = versions
  }

  records(done: number): void {
    const total = this.#versions
    if (total !== undefined) this.#tell({ phase: 'records', done, total })
  }
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
  const snapshot = store.snapshot()
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

/** What is being removed: numbers of tables and indexes, and of branches. */
async function droppedNumbers(reader: KvReader) {
  const definitions = new Set<number>()
  const branches = new Set<number>()
  for await (const chunk of reader.scan(kindRange('garbage'), { values: false })) {
    for (const { key } of chunk) {
      const kind = readUvarint(key, 1)
      const numbers = kind.value === garbageKinds.branch ? branches : definitions
      numbers.add(readUvarint(key, kind.end).value)
    }
  }
  return { definitions, branches }
}

const checkedKinds = [
  'commit',
  'meta',
  'effect',
  'version',
  'merkle',
  'record',
  'history',
  'index',
  'pastIndex',
  'count',
] as const
const keptKinds = ['build', 'garbage', 'replay', 'replayLog', 'nonce'] as const

/** Keys of no known kind, each of which is a finding; gives their number. */
async function straysIn(reader: KvReader, findings: Findings): Promise<number> {
  const onlyKey = (key: Buffer) => ({ gte: key, lt: Buffer.concat([key, Buffer.from([0])]) })
  const known = [...checkedKinds, ...keptKinds].map((kind) => kindRange(kind))
  const ranges = [...known, onlyKey(formatKey), onlyKey(manifestKey)].sort((a, b) =>
    Buffer.compare(a.gte, b.gte),
  )
  const end = new Uint8Array([0xff])
  let gte: Uint8Array = new Uint8Array()
  let count = 0
  for (const range of [...ranges, { gte: end, lt: end }]) {
    const cursor = new KeyCursor(reader, { gte, lt: range.gte }, 'a stray key', findings)
    for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
      findings.add({ what: 'a stray key', key: entry.key, reason: 'keys of this kind are not known' })
      cursor.advance()
      count += 1
    }
    gte = range.lt
  }
  return count
}
