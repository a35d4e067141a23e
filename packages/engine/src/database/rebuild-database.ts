/**
 * Rebuilds a database whose derived keys are damaged from the log in the same store.
 * Order: the new store is filled beside the old one and verified, then the pointer of the database's folder
 * is switched; until that moment, whatever happens, the old one is in force and untouched.
 */

import { DbError } from '@dendrodb/protocol'
import { engineErrors } from '../engine-errors.ts'
import { formatHead, type LedgerHash } from '../ledger/hash.ts'
import { formatKey, kindRange, manifestKey } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { decodeManifest, type Manifest } from '../ledger/manifest.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { genesisOf } from '../replay/log-chain.ts'
import type { LogStream } from '../replay/log-item.ts'
import { readLog } from '../replay/read-log.ts'
import { bulkSnapshotOf } from '../storage/bulk-snapshot.ts'
import {
  discardGeneration,
  type Generation,
  openCurrentStore,
  openGeneration,
  prepareNextGeneration,
  publishGeneration,
} from '../storage/generation.ts'
import type { KvSnapshot } from '../storage/kv-store.ts'
import { nameOfKey } from '../verify/key-name.ts'
import { namingSnapshot } from '../verify/named-damage.ts'
import { type BuildProgress, buildStore, type OpenStore } from './build-store.ts'
import { moveGenerationToTrash } from './trash.ts'

export interface RebuildOptions {
  /** Folder of the database. */
  readonly directory: string
  readonly name: string
  readonly openStore: OpenStore
  /** Folder of the trash, where the old files go; default: they are removed. */
  readonly trash?: string
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined
}

export interface RebuildReport {
  readonly seq: number
  readonly head: string
  readonly versions: number
  /**
   * Whether the head is the one that the old manifest names. `false`: that was unreadable, and the database
   * ends with the last commit that was found.
   */
  readonly isHeadConfirmed: boolean
  /** Where the old files are, if they were kept. */
  readonly kept: string | undefined
}

/**
 * Nobody else has the database open.
 * @throws ENGINE_REBUILD_IMPOSSIBLE when the log itself is damaged, STORAGE_LOCKED, STORAGE_CORRUPT when the
 * files cannot even be opened, STORAGE_FULL
 */
export async function rebuildDatabase(options: RebuildOptions): Promise<RebuildReport> {
  const { directory, name, openStore, trash, onProgress } = options
  const store = await openCurrentStore(directory, openStore)
  let current: Generation
  let report: Omit<RebuildReport, 'kept'>
  try {
    current = await openGeneration(directory)
    const snapshot = namingSnapshot(await bulkSnapshotOf(store), nameOfKey)
    const { format, hash, log, end } = await openLog(snapshot)
    const next = await prepareNextGeneration(directory, current)
    const result = await buildStore({ path: next.path, openStore, format, log, onProgress })
    snapshot.close()
    const { seq, head } = result.manifest
    if (end !== undefined && !end.head.equals(head)) {
      await discardGeneration(next.path)
      throw ledgerErrors.CORRUPT({ what: 'the manifest', reason: 'its head is not that of the last commit' })
    }
    await publishGeneration(directory, next)
    report = {
      seq,
      head: formatHead(hash, head),
      versions: result.versions,
      isHeadConfirmed: end !== undefined,
    }
  } catch (cause) {
    if (!(cause instanceof DbError) || cause.status !== 'corrupt') throw cause
    throw engineErrors.REBUILD_IMPOSSIBLE({ name, reason: cause.message }, { cause })
  } finally {
    await store.close()
  }
  const kept = trash === undefined ? undefined : await moveGenerationToTrash(current, { trash, name })
  // Removes the old generation.
  await (await openCurrentStore(directory, openStore)).close()
  return { ...report, kept }
}

interface OpenedLog {
  readonly format: Buffer
  readonly hash: LedgerHash
  readonly log: LogStream
  /** Where the log has to end; `undefined` when nothing says so any more. */
  readonly end: Manifest | undefined
}

async function openLog(snapshot: KvSnapshot): Promise<OpenedLog> {
  const format = await snapshot.get(formatKey)
  if (format === undefined) throw ledgerErrors.CORRUPT({ what: 'the format entry', reason: 'it is missing' })
  const after = genesisOf(format)
  const end = await soundManifest(snapshot, after.hash)
  const toSeq = end?.seq ?? (await lastCommit(snapshot))
  return { format, hash: after.hash, log: readLog(snapshot, { after, toSeq }), end }
}

async function soundManifest(snapshot: KvSnapshot, hash: LedgerHash): Promise<Manifest | undefined> {
  try {
    const stored = await snapshot.get(manifestKey)
    return stored === undefined ? undefined : decodeManifest(hash, stored)
  } catch (error) {
    if (error instanceof DbError && error.status === 'corrupt') return undefined
    throw error
  }
}

async function lastCommit(snapshot: KvSnapshot): Promise<number> {
  for await (const [last] of snapshot.scan(kindRange('commit'), { reverse: true, limit: 1 })) {
    if (last !== undefined) return readUvarint(last.key, 1).value
  }
  return 0
}
