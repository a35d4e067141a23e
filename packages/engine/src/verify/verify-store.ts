/**
 * Verification of a whole database against its own chain.
 * Why: everything but the log is a function of the log, so that a changed byte anywhere shows as a difference
 * between what is there and what must follow.
 * Invariant: reads one snapshot; memory is bounded whatever the size; writes may go on.
 */

import { readCatalog } from '../catalog/read-catalog.ts'
import { formatHead } from '../ledger/hash.ts'
import { formatKey, kindRange, manifestKey } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { decodeFormat, decodeManifest, genesisHead } from '../ledger/manifest.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { scanRecords } from '../models/document/live-records.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { type Finding, Findings } from './findings.ts'
import { KeyCursor } from './key-cursor.ts'
import { verifyChain } from './verify-chain.ts'
import { verifyRecords } from './verify-records.ts'

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

export async function verifyStore(store: KvStore, options: VerifyOptions = {}): Promise<VerifyReport> {
  const startedMs = performance.now()
  const snapshot = store.snapshot()
  try {
    const { onProgress } = options
    const findings = new Findings()
    for (const { file, reason } of await store.findDamage())
      findings.add({ what: `the file ${file}`, reason })
    const { genesis, manifest } = await readManifest(snapshot)
    const chain = await verifyChain({
      reader: snapshot,
      genesis,
      manifest,
      findings,
      onProgress: (done) => onProgress?.({ phase: 'chain', done, total: manifest.seq }),
    })
    const records = await verifyRecords({
      reader: snapshot,
      catalog: await readCatalog((table) => scanRecords(snapshot, table)),
      dropped: await droppedNumbers(snapshot),
      findings,
      onProgress: (done) => onProgress?.({ phase: 'records', done, total: chain.versions }),
    })
    const strays = await straysIn(snapshot, findings)
    return {
      isIntact: findings.count === 0,
      seq: manifest.seq,
      head: formatHead(manifest.head),
      objectsChecked: chain.objects + records.objects + strays,
      findingsCount: findings.count,
      findings: findings.list,
      durationMs: performance.now() - startedMs,
    }
  } finally {
    snapshot.close()
  }
}

async function readManifest(reader: KvReader) {
  const [format, stored] = await reader.getMany([formatKey, manifestKey])
  if (format === undefined || stored === undefined) {
    throw ledgerErrors.CORRUPT({ what: 'the manifest', reason: 'it is missing' })
  }
  decodeFormat(format)
  return { genesis: genesisHead(format), manifest: decodeManifest(stored) }
}

async function droppedNumbers(reader: KvReader): Promise<Set<number>> {
  const numbers = new Set<number>()
  for await (const chunk of reader.scan(kindRange('garbage'), { values: false })) {
    for (const { key } of chunk) numbers.add(readUvarint(key, readUvarint(key, 1).end).value)
  }
  return numbers
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
const keptKinds = ['build', 'garbage'] as const

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
