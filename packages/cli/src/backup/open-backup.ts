/**
 * A backup of a folder's or a server's database, as bytes that come checked.
 */

import { type BackupReceiver, receiveBackup } from '@dendrodb/engine'
import type { CliIo } from '../cli-io.ts'
import { awaitFirstScan } from '../data/await-first-scan.ts'
import { readMasterKey } from '../master-key.ts'
import type { ProgressBar } from '../output/progress-bar.ts'
import type { Target } from '../target/open-target.ts'

/** The commit to go on from, and the head there if that is known. */
export interface Since {
  readonly seq: number
  readonly head: string | undefined
}

export interface OpenBackupOptions {
  readonly target: Target
  readonly database: string
  readonly since: Since | undefined
  /** Not encrypted, whether there is a master key or not. */
  readonly isPlain: boolean
  readonly io: CliIo
  readonly bar: ProgressBar
  readonly signal: AbortSignal
}

export async function openBackup(options: OpenBackupOptions): Promise<BackupReceiver> {
  const { target, database: name, since, isPlain, io, bar, signal } = options
  if ('url' in target) return target.backup({ database: name, since, isPlain })
  const database = await target.engine.database(name)
  const onProgress = bar.listener(signal)
  await awaitFirstScan(database, onProgress)
  const { seq: newest } = database.head()
  const first = since?.seq ?? 0
  const stream = await database.openBackup({
    since: since && { seq: since.seq, head: bytesOf(since.head) },
    masterKey: isPlain ? undefined : readMasterKey(io),
    onProgress: (seq) => onProgress({ phase: 'backup', done: seq - first, total: newest - first }),
  })
  return receiveBackup(name, stream.chunks)
}

function bytesOf(head: string | undefined): Buffer | undefined {
  return head === undefined ? undefined : Buffer.from(head.slice(head.indexOf(':') + 1), 'hex')
}
