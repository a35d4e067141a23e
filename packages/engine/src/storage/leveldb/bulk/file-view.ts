/**
 * A LevelDB store's files as they were at one moment, read without LevelDB.
 * Why: LevelDB's binding makes two buffers of each entry with calls into native code, which is most of what
 * reading a whole store costs; here an entry takes a quarter of that.
 * How: LevelDB never changes a table, and only appends to its logs and its manifest. So the tables in force
 * and the logs as far as they were written are a snapshot of a moment in which nothing was being written.
 * Whatever is not as expected ends the scan with `OddFiles`: LevelDB is to go on then, and to say what is
 * wrong.
 * Blocks that are read are compared with their checksums, which LevelDB does not do, and values with theirs.
 */

import { readdirSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyRange, KvEntry } from '../../kv-store.ts'
import { bulkLogBytesMax, chunkEntriesMax } from '../../limits.ts'
import { type LiveFiles, type LiveTable, logNumber, readLiveFiles } from '../manifest-file.ts'
import { logsIn } from '../verify-files.ts'
import { LogEntries, recordsIn } from './log-entries.ts'
import { mergePieces } from './merge-pieces.ts'
import type { PieceSource } from './piece.ts'
import { TableSource } from './table-source.ts'

/** The files in force at a moment. */
export interface FilesThen {
  readonly folder: string
  readonly tables: readonly LiveTable[]
  /** Of the tables, at most. */
  readonly lastWrite: number
  /** The oldest first. */
  readonly logs: readonly LogFile[]
  /** Of the logs, one behind another; in memory that threads share. */
  readonly content: Uint8Array
}

interface LogFile {
  readonly file: string
  readonly bytes: number
}

/** The same for another thread (structured clone). */
export interface SharedFiles {
  readonly folder: string
  readonly tables: readonly LiveTable[]
  readonly lastWrite: number
  readonly newestLog: LogFile
  /** Of the logs; in memory that threads share. */
  readonly records: Uint8Array
}

const attemptsMax = 3

/**
 * To be called while nothing is being written; `undefined` where it cannot be told or the logs are too long.
 * The tables stay as long as something holds them, such as an iterator that was opened before.
 */
export async function filesNow(folder: string): Promise<FilesThen | undefined> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const live = await readLiveFiles(folder)
    if (live === undefined || 'reason' in live) return undefined
    const logs = (await logsIn(folder, live)).map((file) => ({ file, bytes: sizeOf(folder, file) ?? 0 }))
    const bytes = logs.reduce((sum, log) => sum + log.bytes, 0)
    if (bytes > bulkLogBytesMax) return undefined
    const content = await readLogs(folder, logs, bytes)
    // Otherwise a log may have become a table meanwhile.
    if (isSameManifest(live, await readLiveFiles(folder)))
      return { folder, tables: [...live.tables.values()], lastWrite: live.lastWrite, logs, content }
  }
  return undefined
}

/** As far as they were written. One that is gone has become a table, which the manifest tells. */
async function readLogs(folder: string, logs: readonly LogFile[], bytes: number): Promise<Uint8Array> {
  const content = new Uint8Array(new SharedArrayBuffer(bytes))
  let end = 0
  for (const log of logs) {
    const file = await openIfThere(join(folder, log.file))
    try {
      await file?.read(content, end, log.bytes, 0)
    } finally {
      await file?.close()
    }
    end += log.bytes
  }
  return content
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

function sizeOf(folder: string, file: string): number | undefined {
  return statSync(join(folder, file), { throwIfNoEntry: false })?.size
}

function isSameManifest(one: LiveFiles, other: Awaited<ReturnType<typeof readLiveFiles>>): boolean {
  if (other === undefined || 'reason' in other) return false
  return one.manifest.file === other.manifest.file && one.manifest.bytes === other.manifest.bytes
}

/** `undefined` where a log is not whole. The content becomes another one. */
export function shareable({ logs, content, ...files }: FilesThen): SharedFiles | undefined {
  const newestLog = logs.at(-1)
  const lengths = logs.map(({ bytes }) => bytes)
  const records = recordsIn(content, lengths)
  return newestLog && records && { ...files, newestLog, records }
}

/** Whether nothing has been written since. */
export function areUnchanged({ folder, newestLog }: SharedFiles): boolean {
  const newest = logNumber(newestLog.file) ?? 0
  const isNewest = !readdirSync(folder).some((name) => (logNumber(name) ?? 0) > newest)
  return isNewest && sizeOf(folder, newestLog.file) === newestLog.bytes
}

export class FileView {
  readonly files: SharedFiles
  /** Of scans that have not come to their end. */
  readonly #sources = new Set<PieceSource>()
  #log: LogEntries | undefined

  constructor(files: SharedFiles) {
    this.files = files
  }

  /**
   * Chunks of entries in the order of keys, none of them empty.
   * @throws OddFiles, also once it is closed, and what reading files throws
   */
  async *scan(range: KeyRange, chunkEntries = chunkEntriesMax): AsyncGenerator<readonly KvEntry[]> {
    const { tables, records } = this.files
    this.#log ??= new LogEntries(records)
    const folder = { ...this.files, lastWrite: Math.max(this.files.lastWrite, this.#log.lastWrite) }
    const sources: PieceSource[] = [this.#log.source(range)]
    for (const level of byLevel(tables)) sources.push(new TableSource(folder, level, range))
    for (const source of sources) this.#sources.add(source)
    try {
      yield* mergePieces(sources, Math.max(1, Math.min(chunkEntries, chunkEntriesMax)))
    } finally {
      for (const source of sources) {
        source.close()
        this.#sources.delete(source)
      }
    }
  }

  /** Ends the scans that are going on: nobody may ask for their next chunk, and files would stay open. */
  close(): void {
    for (const source of this.#sources) source.close()
  }
}

/** Tables that do not overlap, in the order of their keys. */
function byLevel(tables: readonly LiveTable[]): LiveTable[][] {
  const alone: LiveTable[][] = []
  const levels = new Map<number, LiveTable[]>()
  for (const table of tables) {
    const level = levels.get(table.level)
    if (table.level === 0) alone.push([table])
    else if (level === undefined) levels.set(table.level, [table])
    else level.push(table)
  }
  for (const level of levels.values()) level.sort((a, b) => Buffer.compare(a.smallest, b.smallest))
  return [...alone, ...levels.values()]
}
