/**
 * LevelDB's MANIFEST: which tables and logs are in force.
 * CURRENT names it. It is a log (log-file.ts) whose records change the state that the ones before built up:
 * fields, each a tag and its content (varints; texts have their length before them).
 */

import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '../generation.ts'
import { encodeLog, readLog } from './log-file.ts'
import { keyTailBytes } from './table-file.ts'
import { readVarint } from './varint.ts'

export interface LiveFiles {
  /** The manifest that says so. It only grows. */
  readonly manifest: { readonly file: string; readonly bytes: number }
  /** Logs with a lower number are no longer needed, but for `previousLog`. */
  readonly log: number
  readonly previousLog: number
  /** Number of the newest write when the manifest was last added to; those in tables are no newer. */
  readonly lastWrite: number
  /** By number. */
  readonly tables: ReadonlyMap<number, LiveTable>
}

export interface LiveTable {
  readonly number: number
  /** On level 0 tables overlap; on each of the others they do not. */
  readonly level: number
  readonly bytes: number
  /** First and last key. */
  readonly smallest: Buffer
  readonly largest: Buffer
}

export interface ManifestDamage {
  readonly file: string
  readonly reason: string
}

export function tableFile(number: number): string {
  return `${String(number).padStart(6, '0')}.ldb`
}

/** `undefined` of the name of another file. */
export function logNumber(file: string): number | undefined {
  const digits = /^(\d+)\.log$/.exec(file)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

const noKey = Buffer.alloc(0)

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

/** How many numbers, and behind them texts, a field has. */
const layouts: ReadonlyMap<number, { readonly numbers: number; readonly texts: number }> = new Map([
  [tags.comparator, { numbers: 0, texts: 1 }],
  [tags.log, { numbers: 1, texts: 0 }],
  [tags.nextFile, { numbers: 1, texts: 0 }],
  [tags.lastSequence, { numbers: 1, texts: 0 }],
  [tags.compactPointer, { numbers: 1, texts: 1 }],
  [tags.deletedFile, { numbers: 2, texts: 0 }],
  [tags.newFile, { numbers: 3, texts: 2 }],
  [tags.previousLog, { numbers: 1, texts: 0 }],
])

/** `undefined` when there is no CURRENT. */
export async function readLiveFiles(folder: string): Promise<LiveFiles | ManifestDamage | undefined> {
  const current = await readIfThere(join(folder, 'CURRENT'))
  if (current === undefined) return undefined
  const name = /^(MANIFEST-\d+)\n$/.exec(current.toString('latin1'))?.[1]
  if (name === undefined) return { file: 'CURRENT', reason: 'it names no manifest' }
  const manifest = await readIfThere(join(folder, name))
  if (manifest === undefined) return { file: name, reason: 'CURRENT names it and it is not there' }
  const live = {
    manifest: { file: name, bytes: manifest.length },
    log: 0,
    previousLog: 0,
    lastWrite: 0,
    tables: new Map<number, LiveTable>(),
  }
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
  lastWrite: number
  readonly tables: Map<number, LiveTable>
}

/** Whether the record could be read. */
function applyEdit(record: Buffer, live: Edited): boolean {
  return readFields(record, ({ tag, numbers, texts }) => {
    const [first = 0, second = 0, third = 0] = numbers
    if (tag === tags.log) live.log = first
    if (tag === tags.previousLog) live.previousLog = first
    if (tag === tags.lastSequence) live.lastWrite = first
    if (tag === tags.deletedFile) live.tables.delete(second)
    if (tag !== tags.newFile) return
    const [smallest = noKey, largest = noKey] = texts.map(userKey)
    live.tables.set(second, { number: second, level: first, bytes: third, smallest, largest })
  })
}

function userKey(text: Buffer): Buffer {
  return text.subarray(0, -keyTailBytes)
}

/** One field of a record. */
interface Field {
  readonly tag: number
  /** The bytes of the record that it stands in, its tag included. */
  readonly bytes: Buffer
  readonly numbers: readonly number[]
  readonly texts: readonly Buffer[]
}

/** Whether the record could be read to its end. */
function readFields(record: Buffer, onField: (field: Field) => void): boolean {
  let at = 0
  const number = (): number => {
    const { value, end } = readVarint(record, at)
    at = end
    return value
  }
  while (at < record.length) {
    const start = at
    const tag = number()
    const layout = layouts.get(tag)
    if (layout === undefined) return false
    const numbers = Array.from({ length: layout.numbers }, number)
    const texts = Array.from({ length: layout.texts }, () => {
      const length = number()
      at += length
      return record.subarray(at - length, at)
    })
    if (!(at <= record.length)) return false
    onField({ tag, bytes: record.subarray(start, at), numbers, texts })
  }
  return at === record.length
}

/**
 * Takes the keys out of the manifest that tell how far compactions have come, each level's the last one: they
 * may be of what was deleted since, and LevelDB carries them on. Without them it begins with the first key.
 * Nobody has the files open. The manifest is replaced in one step.
 */
export async function dropCompactPointers(folder: string): Promise<void> {
  const current = await readIfThere(join(folder, 'CURRENT'))
  const path = join(folder, current?.toString('latin1').trimEnd() ?? '')
  const manifest = current && (await readIfThere(path))
  if (manifest === undefined) return
  const records: Buffer[] = []
  let isSound = true
  const state = readLog(manifest, (record) => {
    const kept: Buffer[] = []
    isSound &&= readFields(record, ({ tag, bytes }) => {
      if (tag !== tags.compactPointer) kept.push(bytes)
    })
    records.push(Buffer.concat(kept))
  })
  // What cannot be read is for the opening to refuse.
  if (state.type !== 'whole' || !isSound) return
  await replaceFile(path, encodeLog(records.filter(({ length }) => length > 0)))
}

async function replaceFile(path: string, bytes: Buffer): Promise<void> {
  const temporary = `${path}.tmp`
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}
