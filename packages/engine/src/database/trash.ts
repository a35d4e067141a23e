/**
 * The trash of a data folder: databases that were dropped or replaced, each as it stood, for a while.
 * Why: dropping is one rename, so that a kill leaves the database where it was or out of force, and a mistake
 * can be taken back. Emptying first gives the folder a name that nobody takes for a database, so that what a
 * kill leaves half removed is finished later and never brought back.
 * Format: docs/formats.md#folders.
 */

import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Generation, keyFileOf, publishGeneration, syncFolder } from '../storage/generation.ts'
import { folderOfDatabase } from './database-name.ts'
import { trashFoldersPerSweepMax } from './limits.ts'

export interface TrashPlace {
  /** Folder of the trash. */
  readonly trash: string
  readonly name: string
}

const purgePrefix = '.purge-'
/**
 * `20260131T093000.123Z`, behind the name of the database's folder, which has no hyphen and T in this order.
 */
const instantPattern = /-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})\.(\d{3})Z$/

/** Where the database may be moved to; only the folder around it is made. */
async function trashFolder(trash: string, name: string): Promise<string> {
  await mkdir(trash, { recursive: true, mode: 0o700 })
  const instant = new Date().toISOString().replaceAll(/[-:]/g, '')
  return join(trash, `${folderOfDatabase(name)}-${instant}`)
}

/** Nobody has the database open. Gives its folder in the trash. */
export async function moveToTrash(directory: string, { trash, name }: TrashPlace): Promise<string> {
  const place = await trashFolder(trash, name)
  await rename(directory, place)
  await syncFolder(dirname(directory))
  await syncFolder(trash)
  return place
}

/**
 * Moves the files of a generation that has just gone out of force. Gives the folder of the database in the
 * trash; `undefined` when somebody has opened the database meanwhile, who removes such files.
 */
export async function moveGenerationToTrash(
  current: Generation,
  { trash, name }: TrashPlace,
): Promise<string | undefined> {
  const place = await trashFolder(trash, name)
  await mkdir(place)
  // The number stays: a data key is of the generation that it was made for.
  const kept = { number: current.number, path: join(place, basename(current.path)) }
  try {
    await moveIfThere(keyFileOf(current.path), keyFileOf(kept.path))
    await rename(current.path, kept.path)
    await publishGeneration(place, kept)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await rm(place, { recursive: true, force: true })
    return undefined
  }
  return place
}

/** Only a sealed generation has a key file. */
async function moveIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

/** Removes a folder of the trash for good. */
export async function purge(place: string): Promise<void> {
  const doomed = join(dirname(place), `${purgePrefix}${basename(place)}`)
  await rename(place, doomed)
  await rm(doomed, { recursive: true, force: true })
}

/**
 * Removes what has lain in the trash for `keptMs` or longer, and what an earlier emptying has left; a bounded
 * number of folders, the oldest first. Gives how many.
 */
export async function emptyTrash(trash: string, keptMs: number, nowMs = Date.now()): Promise<number> {
  const due = (await foldersIn(trash))
    .map((folder) => ({ folder, sinceMs: folder.startsWith(purgePrefix) ? 0 : instantOf(folder) }))
    .filter(({ sinceMs }) => sinceMs !== undefined && nowMs - sinceMs >= keptMs)
    .sort((one, other) => (one.sinceMs ?? 0) - (other.sinceMs ?? 0))
    .slice(0, trashFoldersPerSweepMax)
  for (const { folder } of due) {
    const place = join(trash, folder)
    if (folder.startsWith(purgePrefix)) await rm(place, { recursive: true, force: true })
    else await purge(place)
  }
  return due.length
}

async function foldersIn(trash: string): Promise<string[]> {
  try {
    const entries = await readdir(trash, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** `undefined`: not a folder of ours. */
function instantOf(folder: string): number | undefined {
  const [, year, month, day, hour, minute, second, millis] = instantPattern.exec(folder) ?? []
  if (year === undefined) return undefined
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}Z`)
  return Number.isNaN(instant) ? undefined : instant
}
