/**
 * Checks LevelDB's files against the checksums in them: the logs whenever a store is opened, since LevelDB
 * would drop what it cannot read; everything when asked to. Reads files only, so that damage that would crash
 * LevelDB is reported.
 */

import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { StoreDamage } from '../kv-store.ts'
import { damagedFile } from './level-errors.ts'
import { readLog } from './log-file.ts'
import { type LiveFiles, logNumber, readLiveFiles, tableFile } from './manifest-file.ts'
import { findTableDamage } from './table-file.ts'

const settleMs = 20

/**
 * What is damaged in the files of a store, open or not; empty when nothing is.
 * Memory: one table at a time. Cost: half a second for 250 MB.
 */
export async function findFileDamage(folder: string): Promise<StoreDamage[]> {
  const live = await readLiveFiles(folder)
  if (live === undefined) return filesWithoutCurrent(folder)
  if ('reason' in live) return [live]
  const found: StoreDamage[] = []
  for (const [number, { bytes: size }] of live.tables) {
    const damage = await findDamageOfTable(folder, number, size)
    if (damage !== undefined) found.push(damage)
  }
  for (const file of await logsIn(folder, live)) {
    const state = readLog(await readFileOrNothing(join(folder, file)))
    if (state.type === 'damaged') found.push({ file, reason: recordReason(state.offset) })
  }
  return found
}

/**
 * Refuses logs that LevelDB would read with gaps, and cuts what a power cut left behind a hole. To be called
 * before LevelDB is opened. Cost: 30 ms for a log of 16 MB.
 * @throws STORAGE_CORRUPT
 */
export async function prepareLogs(folder: string): Promise<void> {
  let damage = await findLogDamage(folder)
  if (damage !== undefined) {
    // The store may be just being opened by another process, which keeps its lock and replaces these files.
    await setTimeout(settleMs)
    damage = await findLogDamage(folder)
  }
  if (damage !== undefined) throw damagedFile(join(folder, damage.file), damage.reason)
}

async function findLogDamage(folder: string): Promise<StoreDamage | undefined> {
  const live = await readLiveFiles(folder)
  if (live === undefined) return (await filesWithoutCurrent(folder))[0]
  if ('reason' in live) return live
  for (const file of await logsIn(folder, live)) {
    const path = join(folder, file)
    const state = readLog(await readFileOrNothing(path))
    if (state.type === 'damaged') return { file, reason: recordReason(state.offset) }
    if (state.type === 'hole') await cut(path, state.offset)
  }
}

function recordReason(offset: number): string {
  return `its record at byte ${offset} does not match its checksum`
}

/** LevelDB takes a folder without CURRENT for an empty one, and removes the files that it does not know. */
async function filesWithoutCurrent(folder: string): Promise<StoreDamage[]> {
  const names = await readdir(folder)
  const orphan = names.find((name) => /\.(ldb|sst|log)$/.test(name))
  return orphan === undefined ? [] : [{ file: 'CURRENT', reason: `it is missing, and ${orphan} is there` }]
}

async function findDamageOfTable(
  folder: string,
  number: number,
  size: number,
): Promise<StoreDamage | undefined> {
  const file = tableFile(number)
  const bytes = await readFileOrNothing(join(folder, file))
  const reason =
    bytes.length === size ? findTableDamage(bytes) : `it has ${bytes.length} bytes instead of ${size}`
  // Compaction may have removed it meanwhile.
  return reason === undefined || !(await isLive(folder, number)) ? undefined : { file, reason }
}

async function isLive(folder: string, number: number): Promise<boolean> {
  const live = await readLiveFiles(folder)
  return live === undefined || 'reason' in live || live.tables.has(number)
}

/** Names of the logs in force, in the order in which they were written. */
export async function logsIn(folder: string, live: LiveFiles): Promise<string[]> {
  const numbers: number[] = []
  for (const name of await readdir(folder)) {
    const number = logNumber(name)
    if (number === undefined) continue
    if (number >= live.log || (number === live.previousLog && number > 0)) numbers.push(number)
  }
  return numbers.sort((a, b) => a - b).map((number) => `${String(number).padStart(6, '0')}.log`)
}

async function readFileOrNothing(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
}

async function cut(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.truncate(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}
