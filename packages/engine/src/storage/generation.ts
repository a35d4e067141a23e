/**
 * The generation folder of a database.
 * Why: a rewritten copy of all files (an upgrade, a new key, a compaction that must leave nothing behind) is
 * built beside the old one and takes its place in one step.
 *
 * <directory>/CURRENT-GENERATION   the generation in force: `dendrodb-storage <format> <folder> <crc>` and a
 *                                  newline; crc is the CRC-32 of the text before it, 8 hex digits
 * <directory>/gen-000001/          its files
 * <directory>/gen-000001.key       its data key, if it is sealed (sealed/key-file.ts)
 *
 * Order of a switch: fill the next folder, sync it, write the pointer to a temporary file, fsync, rename,
 * fsync the directory. A crash leaves the old generation in force before the rename and the new one after it.
 * Folders that the pointer does not name are leftovers, and are removed by the next open, once it holds the
 * lock of the one in force.
 */

import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { assert } from '@dendrodb/protocol'
import { openError } from './leveldb/level-errors.ts'
import { storageErrors } from './storage-errors.ts'

export interface Generation {
  readonly number: number
  /** Folder of its files. */
  readonly path: string
}

export const storageFormat = 1
export const pointerName = 'CURRENT-GENERATION'

const temporaryName = `${pointerName}.tmp`
const folderPattern = /^gen-(\d{6,15})$/
const keyFilePattern = /^(gen-\d{6,15})\.key(\.tmp)?$/
const pointerPattern = /^(dendrodb-storage (\d{1,9}) (gen-\d{6,15})) ([0-9a-f]{8})\n$/

/**
 * The generation in force; the first one is made in a directory that has none.
 * @throws STORAGE_CORRUPT, STORAGE_FORMAT_TOO_NEW, STORAGE_FOLDER, STORAGE_FULL, STORAGE_IO
 */
export async function openGeneration(directory: string): Promise<Generation> {
  try {
    await mkdir(directory, { recursive: true })
    const named = await readPointer(directory)
    if (named === undefined) return await firstGeneration(directory)
    const generations = await generationsIn(directory)
    const current = generations.find(({ number }) => number === named)
    if (current === undefined) throw damagedPointer(directory, `generation ${named} is not there`)
    return current
  } catch (error) {
    throw openError(directory, error)
  }
}

/**
 * Opens the store of the generation in force and removes what is left of others.
 * The lock that `open` takes comes first: only its holder may remove anything, and the pointer counts only as
 * it is under the lock, since another process may have switched in between.
 */
export async function openCurrentStore<Store extends { close(): Promise<void> }>(
  directory: string,
  open: (path: string) => Promise<Store>,
): Promise<Store> {
  for (;;) {
    const generation = await openGeneration(directory)
    const store = await open(generation.path)
    try {
      if ((await openGeneration(directory)).number === generation.number) {
        await removeLeftovers(directory, generation)
        return store
      }
    } catch (error) {
      await store.close()
      throw error
    }
    await store.close()
  }
}

/** The file with the data key of a generation, be it there or not. */
export function keyFileOf(generation: string): string {
  return `${generation}.key`
}

/** An empty folder for the generation after `current`. The holder of the lock of `current` calls it. */
export async function prepareNextGeneration(directory: string, current: Generation): Promise<Generation> {
  const next = generationOf(directory, current.number + 1)
  await discardGeneration(next.path)
  await mkdir(next.path)
  return next
}

/** Removes the files of a generation that is not in force, and its key. */
export async function discardGeneration(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
  await rm(keyFileOf(path), { force: true })
}

/** Puts a filled generation into force. Its files are on disk and its store is closed. */
export async function publishGeneration(directory: string, generation: Generation): Promise<void> {
  assert(
    generation.path === generationOf(directory, generation.number).path,
    'generation of another directory',
  )
  await syncFolder(generation.path)
  const temporary = join(directory, temporaryName)
  const file = await open(temporary, 'w')
  try {
    await file.writeFile(pointerText(generation))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, join(directory, pointerName))
  await syncFolder(directory)
}

/** Removes every generation but `current`. The holder of its lock calls it. */
async function removeLeftovers(directory: string, current: Generation): Promise<void> {
  await rm(join(directory, temporaryName), { force: true })
  for (const { number, path } of await generationsIn(directory)) {
    if (number !== current.number) await rm(path, { recursive: true, force: true })
  }
  for (const name of await readdir(directory)) {
    const [, folder, unfinished] = keyFilePattern.exec(name) ?? []
    if (folder === undefined) continue
    if (folder !== folderName(current.number) || unfinished !== undefined) await rm(join(directory, name))
  }
}

/**
 * A folder with files and no pointer has lost it; one without is what a crash left of making the first
 * generation.
 */
async function firstGeneration(directory: string): Promise<Generation> {
  for (const { path } of await generationsIn(directory)) {
    if ((await readdir(path)).length > 0) throw damagedPointer(directory, 'it is missing')
  }
  const first = generationOf(directory, 1)
  await mkdir(first.path, { recursive: true })
  await publishGeneration(directory, first)
  return first
}

async function generationsIn(directory: string): Promise<Generation[]> {
  const generations: Generation[] = []
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const number = Number(folderPattern.exec(entry.name)?.[1] ?? Number.NaN)
    if (entry.isDirectory() && folderName(number) === entry.name)
      generations.push(generationOf(directory, number))
  }
  return generations
}

async function readPointer(directory: string): Promise<number | undefined> {
  const text = await readFile(join(directory, pointerName), 'latin1').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
  if (text === undefined) return undefined
  const [, checked = '', format, folder = '', crc] = pointerPattern.exec(text) ?? []
  if (crc !== crcText(checked)) throw damagedPointer(directory, 'its text is not one that was written')
  if (Number(format) > storageFormat) {
    throw storageErrors.FORMAT_TOO_NEW({ path: directory, found: format, supported: storageFormat })
  }
  return Number(folder.slice('gen-'.length))
}

function pointerText({ number }: Generation): string {
  const checked = `dendrodb-storage ${storageFormat} ${folderName(number)}`
  return `${checked} ${crcText(checked)}\n`
}

function crcText(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

function folderName(number: number): string {
  return `gen-${String(number).padStart(6, '0')}`
}

function generationOf(directory: string, number: number): Generation {
  return { number, path: join(directory, folderName(number)) }
}

function damagedPointer(directory: string, reason: string) {
  return storageErrors.CORRUPT({ what: `the pointer ${join(directory, pointerName)}`, reason })
}

/** Makes the names in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
