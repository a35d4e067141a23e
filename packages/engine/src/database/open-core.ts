/**
 * Opens a database from its store: reads the manifest, the definitions and the counts; makes them in an empty
 * store.
 * Cost: independent of the number of records.
 */

import { randomUUID } from 'node:crypto'
import type { HashName } from '@dendrodb/protocol'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { firstFreeNumber } from '../catalog/system-tables.ts'
import { decodeCommit, headOf } from '../ledger/commit.ts'
import type { LedgerState } from '../ledger/commit-group.ts'
import { decodeCountDifference } from '../ledger/count-difference.ts'
import { type LedgerHash, ledgerHashes } from '../ledger/hash.ts'
import { readHistoryFloors } from '../ledger/history-floor.ts'
import { formatKey, keyOf, kindRange, mainBranch, manifestKey } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import {
  assertUpgraded,
  decodeFormat,
  decodeManifest,
  encodeFormat,
  encodeManifest,
  formatVersion,
  genesisHead,
  type Manifest,
  type StoreFormat,
} from '../ledger/manifest.ts'
import { emptyRange } from '../ledger/merkle/compact-range.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { readDefinitions } from '../models/document/read-definitions.ts'
import { keyText } from '../storage/key-text.ts'
import type { KvSnapshot, KvStore } from '../storage/kv-store.ts'
import { nameOfKey } from '../verify/key-name.ts'
import { namingSnapshot } from '../verify/named-damage.ts'

export interface OpenedLedger {
  readonly format: StoreFormat
  readonly state: LedgerState
  readonly catalog: StoredCatalog
  /**
   * There is a log and no manifest: `state` names the newest commit, and what only going through the log can
   * tell is not in it.
   */
  readonly lacksManifest: boolean
}

/**
 * @param hashIfNew what the chain is built with where there is none yet
 * @throws LEDGER_FORMAT_TOO_OLD, LEDGER_FORMAT_TOO_NEW, LEDGER_FORMAT_UNKNOWN, LEDGER_CORRUPT
 */
export async function openLedger(
  name: string,
  store: KvStore,
  hashIfNew: HashName = 'blake2b',
): Promise<OpenedLedger> {
  const snapshot = namingSnapshot(store.snapshot(), nameOfKey)
  try {
    const stored = await snapshot.get(formatKey)
    if (stored === undefined) {
      if (!(await isEmpty(snapshot))) throw ledgerErrors.FORMAT_UNKNOWN({ path: name })
      const created = await createLedger(store, hashIfNew)
      return { ...created, catalog: await catalogOf(snapshot), lacksManifest: false }
    }
    const format = decodeFormat(stored)
    const hash = ledgerHashes[format.hash]
    const kept = await snapshot.get(manifestKey)
    const manifest =
      kept === undefined
        ? await provisionalManifest(snapshot, hash, genesisHead(hash, stored), format)
        : decodeManifest(hash, kept)
    assertUpgraded(manifest)
    const counts = await readCounts(snapshot)
    const differences = await readDifferences(snapshot)
    const state = { hash, manifest, counts, differences }
    return { format, state, catalog: await catalogOf(snapshot), lacksManifest: kept === undefined }
  } finally {
    snapshot.close()
  }
}

async function createLedger(
  store: KvStore,
  hashName: HashName,
): Promise<Pick<OpenedLedger, 'format' | 'state'>> {
  const format: StoreFormat = { format: formatVersion, databaseId: randomUUID(), hash: hashName }
  const hash = ledgerHashes[hashName]
  const stored = encodeFormat(format)
  const manifest = {
    format: formatVersion,
    seq: 0,
    head: genesisHead(hash, stored),
    timeMicros: 0,
    merkle: emptyRange,
    nextNumber: firstFreeNumber,
  }
  await store.commit([
    { type: 'put', key: formatKey, value: stored },
    { type: 'put', key: manifestKey, value: encodeManifest(hash, manifest) },
  ])
  return { format, state: { hash, manifest, counts: new Map(), differences: new Map() } }
}

async function isEmpty(snapshot: KvSnapshot): Promise<boolean> {
  const everything = { gte: new Uint8Array(), lt: new Uint8Array([0xff]) }
  for await (const _ of snapshot.scan(everything, { limit: 1, values: false })) return false
  return true
}

/**
 * What the newest commit alone says: enough to read, not to write. Whether a database of an earlier format
 * has been upgraded nobody knows then; once more does no harm.
 */
async function provisionalManifest(
  snapshot: KvSnapshot,
  hash: LedgerHash,
  genesis: Buffer,
  { format }: StoreFormat,
): Promise<Manifest> {
  const unknown = { format, merkle: emptyRange, nextNumber: firstFreeNumber }
  for await (const [last] of snapshot.scan(kindRange('commit'), { reverse: true, limit: 1 })) {
    if (last === undefined) break
    const { seq, timeMicros } = decodeCommit(last.value)
    return { ...unknown, seq, timeMicros, head: headOf(hash, last.value) }
  }
  return { ...unknown, seq: 0, timeMicros: 0, head: genesis }
}

async function readCounts(snapshot: KvSnapshot): Promise<Map<number, number>> {
  const counts = new Map<number, number>()
  const start = keyOf('count', mainBranch).length
  for await (const chunk of snapshot.scan(kindRange('count', mainBranch))) {
    for (const { key, value } of chunk) counts.set(readUvarint(key, start).value, readUvarint(value, 0).value)
  }
  return counts
}

/** Counts of all branches but main. */
async function readDifferences(snapshot: KvSnapshot): Promise<Map<string, number>> {
  const differences = new Map<string, number>()
  const range = { gte: kindRange('count', mainBranch).lt, lt: kindRange('count').lt }
  for await (const chunk of snapshot.scan(range)) {
    for (const { key, value } of chunk) differences.set(keyText(key), decodeCountDifference(value))
  }
  return differences
}

async function catalogOf(snapshot: KvSnapshot): Promise<StoredCatalog> {
  const catalog = await readDefinitions(snapshot, (error) => {
    throw error
  })
  return catalog.withHistoryFloors(await readHistoryFloors(snapshot))
}
