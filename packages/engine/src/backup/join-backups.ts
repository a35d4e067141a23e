/**
 * A full backup and those that continue it, as one log.
 * Why headers first: files in a wrong order, or of different databases, are told before hours of work.
 */

import { must } from '@dendrodb/protocol'
import { decodeCommit } from '../ledger/commit.ts'
import { decodeFormat } from '../ledger/manifest.ts'
import { rootOf } from '../ledger/merkle/compact-range.ts'
import { genesisOf } from '../replay/log-chain.ts'
import type { LogItem } from '../replay/log-item.ts'
import type { ReplayResult } from '../replay/replay-log.ts'
import { readFile } from '../storage/plain-file.ts'
import { backupErrors } from './backup-errors.ts'
import type { BackupHeader } from './backup-header.ts'
import type { ByteStream } from './byte-source.ts'
import { type OpenedBackup, openBackup } from './read-backup.ts'

/** A file, or a stream that can be read once. */
export type BackupInput = string | { readonly name: string; readonly stream: ByteStream }

/** The commit to end with: the one of this number, or the newest one that is not later than the instant. */
export type RestorePoint = { readonly seq: number } | { readonly micros: number }

export interface JoinOptions {
  readonly inputs: readonly BackupInput[]
  readonly to?: RestorePoint | undefined
  readonly masterKey?: Uint8Array | undefined
}

/**
 * @throws BACKUP_NOT_ONE, BACKUP_NOT_FULL, BACKUP_NOT_NEXT, BACKUP_POINT_UNKNOWN, BACKUP_INSTANT_UNKNOWN for
 * one after the last backup was taken, STORAGE_FILE_UNREADABLE, …
 */
export async function joinBackups(options: JoinOptions): Promise<JoinedBackups> {
  const { inputs, to } = options
  const parts: Part[] = []
  for (const input of inputs) {
    const part = await openPart(input, options.masterKey)
    checkNext(parts.at(-1), part)
    parts.push(part)
  }
  const joined = new JoinedBackups(parts, options)
  const { toSeq, takenMicros } = joined.last
  if (to !== undefined && 'seq' in to && to.seq > toSeq) {
    throw backupErrors.POINT_UNKNOWN({ toSeq, asked: to.seq })
  }
  if (to !== undefined && 'micros' in to && to.micros > takenMicros) {
    throw unknownInstant(to.micros, `it was taken at ${instantText(takenMicros)}`)
  }
  return joined
}

interface Part {
  readonly name: string
  readonly header: BackupHeader
  /** Of a stream, which cannot be opened a second time. */
  readonly opened: OpenedBackup | undefined
}

export class JoinedBackups {
  readonly #parts: readonly Part[]
  readonly #to: RestorePoint | undefined
  readonly #masterKey: Uint8Array | undefined
  /** Root of the Merkle tree at the end of the last backup, if that was reached. */
  #merkleRoot: Uint8Array | undefined
  /** Of the last commit met, where the log is to end before its time. */
  #seq = 0

  /** Made by `joinBackups`. */
  constructor(parts: readonly Part[], { to, masterKey }: JoinOptions) {
    this.#parts = parts
    this.#to = to
    this.#masterKey = masterKey
  }

  /** Of the full backup. */
  get first(): BackupHeader {
    return must(this.#parts[0], 'the first backup').header
  }

  get last(): BackupHeader {
    return must(this.#parts.at(-1), 'the last backup').header
  }

  /** Once. @throws BACKUP_INSTANT_UNKNOWN for one before the first commit */
  async *log(): AsyncGenerator<readonly LogItem[]> {
    for (const part of this.#parts) {
      const { name } = part
      const backup = part.opened ?? (await openFile(name, this.#masterKey))
      try {
        for await (const items of backup.log()) {
          const end = this.#endWithin(items)
          if (end >= 0) {
            yield items.slice(0, end)
            return
          }
          yield items
        }
        if (part === this.#parts.at(-1)) this.#merkleRoot = backup.end?.merkleRoot
      } finally {
        await backup.close()
      }
    }
  }

  /**
   * Whether what was made of the whole log is what the last backup was of. @throws BACKUP_DAMAGED
   */
  check({ manifest }: ReplayResult): void {
    if (this.#merkleRoot === undefined) return
    const { toSeq, toHead } = this.last
    const isSame = manifest.seq === toSeq && manifest.head.equals(toHead)
    const { hash } = genesisOf(this.first.store)
    if (isSame && rootOf(hash, manifest.merkle).equals(this.#merkleRoot)) return
    const file = must(this.#parts.at(-1), 'the last backup').name
    throw backupErrors.DAMAGED({ file, frame: 0, reason: `its log does not lead to the head that it names` })
  }

  /** Place of the first commit behind the point that is wanted; -1: there is none among these. */
  #endWithin(items: readonly LogItem[]): number {
    const to = this.#to
    if (to === undefined) return -1
    return items.findIndex((item) => {
      if (item.type !== 'commit') return false
      this.#seq += 1
      if ('seq' in to) return this.#seq > to.seq
      const { timeMicros } = decodeCommit(item.stored)
      const isLater = timeMicros > to.micros
      if (isLater && this.#seq === 1)
        throw unknownInstant(to.micros, `its first commit is of ${instantText(timeMicros)}`)
      return isLater
    })
  }
}

function unknownInstant(micros: number, reason: string): Error {
  return backupErrors.INSTANT_UNKNOWN({ asked: instantText(micros), reason })
}

function instantText(micros: number): string {
  return new Date(Math.floor(micros / 1_000)).toISOString()
}

async function openPart(input: BackupInput, masterKey: Uint8Array | undefined): Promise<Part> {
  if (typeof input !== 'string') {
    const opened = await openBackup({ ...input, masterKey })
    return { name: input.name, header: opened.header, opened }
  }
  const opened = await openFile(input, masterKey)
  await opened.close()
  return { name: input, header: opened.header, opened: undefined }
}

/** @throws STORAGE_FILE_UNREADABLE, BACKUP_NOT_ONE, BACKUP_DAMAGED, BACKUP_FORMAT_TOO_NEW */
export function openFile(path: string, masterKey?: Uint8Array): Promise<OpenedBackup> {
  return openBackup({ name: path, stream: readFile(path), masterKey })
}

function checkNext(before: Part | undefined, { name, header }: Part): void {
  const { fromSeq, fromHead, store } = header
  if (before === undefined) {
    if (fromSeq > 0) throw backupErrors.NOT_FULL({ file: name, fromSeq })
    return
  }
  const reject = (reason: string) => backupErrors.NOT_NEXT({ file: name, before: before.name, reason })
  if (Buffer.compare(store, before.header.store) !== 0) {
    const ids = [header, before.header].map((each) => decodeFormat(each.store).databaseId)
    throw reject(`it is of the database ${ids[0]}, not ${ids[1]}`)
  }
  if (fromSeq !== before.header.toSeq) {
    throw reject(`it goes on from commit ${fromSeq}, not from ${before.header.toSeq}`)
  }
  if (Buffer.compare(fromHead, before.header.toHead) !== 0) {
    throw reject(`it goes on from another commit ${fromSeq}: the two histories have parted`)
  }
}
