/**
 * The backup of an open database: of one snapshot, while everything goes on.
 */

import { backupErrors } from '../backup/backup-errors.ts'
import { BackupEncoder, type BackupSource, type BackupSummary } from '../backup/encode-backup.ts'
import { openFile } from '../backup/join-backups.ts'
import { decodeCommit, headOf } from '../ledger/commit.ts'
import { formatHead, type LedgerHash } from '../ledger/hash.ts'
import { formatKey, keyOf } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { type ChainPoint, genesisOf } from '../replay/log-chain.ts'
import type { KvSnapshot } from '../storage/kv-store.ts'
import type { DatabaseCore } from './database-core.ts'
import { bytesOfMasterKey, type MasterKeyInput } from './parse-master-key.ts'

/** The commit to go on from, and the head there where it is known. */
export interface BackupSince {
  readonly seq: number
  readonly head?: Uint8Array | undefined
}

export interface BackupStreamOptions extends Pick<BackupSource, 'onProgress'> {
  /** Encrypts the backup. */
  readonly masterKey?: MasterKeyInput | undefined
  readonly since?: BackupSince | undefined
}

/** A backup that can be read once. */
export interface BackupStream {
  readonly fromSeq: number
  readonly toSeq: number
  /** Head at `toSeq`. */
  readonly head: string
  /** The bytes. Ending the iteration early, or reading it to its end, closes it. */
  readonly chunks: AsyncIterable<Buffer>
  /** What came of it, after the last chunk. */
  readonly summary: () => BackupSummary
  /** Gives the snapshot back. Idempotent. */
  readonly close: () => void
}

/** @throws BACKUP_SINCE_UNKNOWN, BACKUP_DIVERGED, ENGINE_MASTER_KEY */
export async function openBackupStream(
  core: DatabaseCore,
  { since, onProgress, ...given }: BackupStreamOptions,
): Promise<BackupStream> {
  const masterKey = given.masterKey === undefined ? undefined : bytesOfMasterKey(given.masterKey)
  const held = await core.snapshots.holdBulk()
  let isHeld = true
  const close = () => {
    if (isHeld) held.release()
    isHeld = false
  }
  try {
    const { snapshot, manifest } = held
    const store = await snapshot.get(formatKey)
    if (store === undefined) throw ledgerErrors.CORRUPT({ what: 'the format entry', reason: 'it is missing' })
    const genesis = genesisOf(store)
    const after = since === undefined ? genesis : await pointOf(snapshot, since, genesis, manifest.seq)
    const source = { reader: snapshot, manifest, store, database: core.name, after, masterKey, onProgress }
    const encoder = new BackupEncoder(source)
    const { fromSeq, toSeq, toHead } = encoder.header
    return {
      fromSeq,
      toSeq,
      head: formatHead(core.hash, toHead),
      chunks: closing(encoder.chunks(), close),
      summary: () => encoder.summary,
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

async function* closing<T>(chunks: AsyncIterable<T>, close: () => void): AsyncGenerator<T> {
  try {
    yield* chunks
  } finally {
    close()
  }
}

/** Where a backup in a file ends, for another one to go on from. @throws BACKUP_* */
export async function endOfBackup(path: string): Promise<BackupSince> {
  const backup = await openFile(path)
  await backup.close()
  const { toSeq, toHead } = backup.header
  return { seq: toSeq, head: toHead }
}

/** @throws BACKUP_SINCE_UNKNOWN, BACKUP_DIVERGED */
async function pointOf(
  snapshot: KvSnapshot,
  { seq, head }: BackupSince,
  genesis: ChainPoint,
  newest: number,
): Promise<ChainPoint> {
  if (!Number.isSafeInteger(seq) || seq < 0 || seq > newest) {
    throw backupErrors.SINCE_UNKNOWN({ since: seq, newest })
  }
  const point = seq === 0 ? genesis : await pointAt(snapshot, genesis.hash, seq)
  if (head !== undefined && Buffer.compare(head, point.head) !== 0)
    throw backupErrors.DIVERGED({ since: seq })
  return point
}

async function pointAt(snapshot: KvSnapshot, hash: LedgerHash, seq: number): Promise<ChainPoint> {
  const stored = await snapshot.get(keyOf('commit', seq))
  if (stored === undefined) throw ledgerErrors.CORRUPT({ what: `commit ${seq}`, reason: 'it is missing' })
  return { hash, seq, head: headOf(hash, stored), timeMicros: decodeCommit(stored).timeMicros }
}
