/**
 * LevelDB's MANIFEST: which tables and logs are in force.
 * CURRENT names it. It is a log (log-file.ts) whose records change the state that the ones before built up:
 * fields, each a tag and its content (varints; texts have their length before them).
 */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readLog } from './log-file.ts'
import { readVarint } from './varint.ts'

export interface LiveFiles {
  /** Logs with a lower number are no longer needed, but for `previousLog`. */
  readonly log: number
  readonly previousLog: number
  /** Number and size of each table. */
  readonly tables: ReadonlyMap<number, number>
}

export interface ManifestDamage {
  readonly file: string
  readonly reason: string
}

const tags = {
  comparator: 1,
  log: 2,
  nextFile: 3,
  lastSequence: 4,
  compactPointer: 5,
  deletedFile: 6,
  newFile: 7,
  previousLog: 9,
} as const

/** `undefined` when there is no CURRENT. */
export async function readLiveFiles(folder: string): Promise<LiveFiles | ManifestDamage | undefined> {
  const current = await readIfThere(join(folder, 'CURRENT'))
  if (current === undefined) return undefined
  const name = /^(MANIFEST-\d+)\n$/.exec(current.toString('latin1'))?.[1]
  if (name === undefined) return { file: 'CURRENT', reason: 'it names no manifest' }
  const manifest = await readIfThere(join(folder, name))
  if (manifest === undefined) return { file: name, reason: 'CURRENT names it and it is not there' }
  const live = { log: 0, previousLog: 0, tables: new Map<number, number>() }
  let isSound = true
  const state = readLog(manifest, (record) => {
    isSound &&= applyEdit(record, live)
  })
  if (state.type === 'damaged' || state.type === 'hole') {
    return { file: name, reason: `its record at byte ${state.offset} does not match its checksum` }
  }
  return isSound ? live : { file: name, reason: 'it has a record that cannot be read' }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

interface Edited {
  log: number
  previousLog: number
  readonly tables: Map<number, number>
}

/** Whether the record could be read. */
function applyEdit(record: Buffer, live: Edited): boolean {
  let at = 0
  const number = (): number => {
    const { value, end } = readVarint(record, at)
    at = end
    return value
  }
  const skipText = (): void => {
    const length = number()
    at += length
  }
  while (at < record.length) {
    switch (number()) {
      case tags.comparator:
        skipText()
        break
      case tags.log:
        live.log = number()
        break
      case tags.previousLog:
        live.previousLog = number()
        break
      case tags.nextFile:
      case tags.lastSequence:
        number()
        break
      case tags.compactPointer:
        number()
        skipText()
        break
      case tags.deletedFile:
        number()
        live.tables.delete(number())
        break
      case tags.newFile:
        number()
        live.tables.set(number(), number())
        skipText()
        skipText()
        break
      default:
        return false
    }
  }
  return at === record.length
}
