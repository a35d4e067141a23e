/**
 * Runs as a process of its own, because damage can stop LevelDB's: damages a copy of a store bit by bit and
 * tells what comes of each, a line of JSON per flip.
 *
 *   node bit-flip-child.ts <sound store> <folder to work in> <flips as JSON> [data key of a sealed store]
 */

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbError } from '@dendrodb/protocol'
import type { KvSnapshot, KvStore } from '../../kv-store.ts'
import { openFlippedSealed } from '../../sealed/testing/sealed-fixture.ts'
import { openLevelStore } from '../level-store.ts'
import { findFileDamage } from '../verify-files.ts'

export interface Flip {
  readonly file: string
  readonly offset: number
  readonly bit: number
}

export interface FlipOutcome {
  /** The check of the files names this one. */
  readonly isFound: boolean
  /** Code with which the store refused to open. */
  readonly refused?: string
  /** Reads that failed with STORAGE_CORRUPT. */
  readonly errors: number
  /** Keys that a read did not find. */
  readonly hidden: number
  /** Values that an earlier batch wrote under the key. */
  readonly stale: number
  /** Values that nobody ever wrote under the key. Must be 0. */
  readonly wrong: number
}

/** What the store was filled with: under each key all values in their order. */
export type History = Readonly<Record<string, readonly string[]>>

const everything = { gte: Buffer.alloc(0), lt: Buffer.alloc(16, 0xff) }

async function tryFlip(
  sound: string,
  folder: string,
  history: History,
  flip: Flip,
  dataKey: string,
): Promise<FlipOutcome> {
  rmSync(folder, { recursive: true, force: true })
  cpSync(sound, folder, { recursive: true })
  const bytes = readFileSync(join(folder, flip.file))
  bytes[flip.offset] = (bytes[flip.offset] as number) ^ (1 << flip.bit)
  writeFileSync(join(folder, flip.file), bytes)
  const isFound = (await findFileDamage(folder)).some(
    ({ file }) => file === flip.file || flip.file === 'CURRENT',
  )
  const outcome = { isFound, errors: 0, hidden: 0, stale: 0, wrong: 0 }
  const opened = await open(folder, dataKey).catch(codeOf)
  if (typeof opened === 'string') return { ...outcome, refused: opened }
  const snapshot = opened.snapshot()
  const judge = (key: string, value: Buffer | undefined) => {
    const values = history[key] ?? []
    const text = value?.toString('latin1')
    if (text === undefined) outcome.hidden += 1
    else if (text === values.at(-1)) return
    else if (values.includes(text)) outcome.stale += 1
    else outcome.wrong += 1
  }
  for (const reverse of [false, true]) {
    if (!(await scanAll(snapshot, reverse, Object.keys(history), judge))) outcome.errors += 1
  }
  for (const key of Object.keys(history)) {
    try {
      judge(key, await snapshot.get(Buffer.from(key)))
    } catch (error) {
      assertCorrupt(codeOf(error))
      outcome.errors += 1
    }
  }
  snapshot.close()
  await opened.close()
  return outcome
}

async function open(path: string, dataKey: string): Promise<KvStore> {
  const base = await openLevelStore({ path })
  return dataKey === '' ? base : openFlippedSealed(base, dataKey)
}

/** Whether the scan reached its end. Only then do keys that it left out count as hidden. */
async function scanAll(
  snapshot: KvSnapshot,
  reverse: boolean,
  keys: readonly string[],
  judge: (key: string, value: Buffer | undefined) => void,
): Promise<boolean> {
  const seen = new Set<string>()
  try {
    for await (const chunk of snapshot.scan(everything, { reverse })) {
      for (const { key, value } of chunk) {
        seen.add(key.toString('latin1'))
        judge(key.toString('latin1'), value)
      }
    }
  } catch (error) {
    assertCorrupt(codeOf(error))
    return false
  }
  for (const key of keys) if (!seen.has(key)) judge(key, undefined)
  return true
}

function assertCorrupt(code: string): void {
  if (code !== 'STORAGE_CORRUPT') throw new Error(`a read of damaged files failed with ${code}`)
}

function codeOf(error: unknown): string {
  if (error instanceof DbError) return error.code
  throw error
}

if (import.meta.main) {
  const [sound = '', folder = '', flips = '[]', dataKey = ''] = process.argv.slice(2)
  const history: History = JSON.parse(readFileSync(`${sound}.json`, 'utf8'))
  for (const flip of JSON.parse(flips) as Flip[]) {
    const outcome = await tryFlip(sound, folder, history, flip, dataKey)
    writeFileSync(1, `${JSON.stringify(outcome)}\n`)
  }
}
