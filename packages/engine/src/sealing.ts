/**
 * Sealing the databases of a data folder, unsealing them, and changing their keys. Offline: nobody may have
 * the folder open meanwhile.
 * Each database is changed in one step; a process that is killed leaves some changed and the others as they
 * were, and doing the same again finishes the work.
 */

import { existsSync } from 'node:fs'
import { databaseDirectory, filesIn } from './database/database-files.ts'
import { checkDatabaseName } from './database/database-name.ts'
import { hexOfMasterKey, type MasterKeyInput, parseMasterKey } from './database/parse-master-key.ts'
import { type RewriteProgress, type RewriteReport, rewriteDatabase } from './database/rewrite-database.ts'
import { engineErrors } from './engine-errors.ts'
import { checkpointKeyFile } from './keys/checkpoint-signer.ts'
import { resealKeyFile } from './keys/key-file.ts'
import { openCurrentStore, openGeneration } from './storage/generation.ts'
import { openLevelStore } from './storage/leveldb/level-store.ts'
import { openClear, openStoreFiles } from './storage/open-files.ts'
import { readKeyFile, unwrapDataKey, writeKeyFile } from './storage/sealed/key-file.ts'
import type { MasterKey } from './storage/sealed/master-key.ts'
import { storageErrors } from './storage/storage-errors.ts'

export type { RewriteProgress, RewriteReport }

/** A server has it open as long as it runs. */
const firstDatabase = 'main'

export interface SealingOptions {
  /** Folder of the data, as `openEngine` takes it. */
  readonly path: string
  /** The database. */
  readonly name: string
  readonly masterKey: MasterKeyInput
  readonly onProgress?: ((progress: RewriteProgress) => void) | undefined
}

/**
 * Seals a database: its files are written anew, under a data key of its own, and the old ones removed. What
 * the disk keeps of removed files is beyond us.
 * @returns `undefined` when it is sealed already
 * @throws ENGINE_DATABASE_UNKNOWN, ENGINE_COPY_DAMAGED, LEDGER_FORMAT_TOO_OLD, STORAGE_LOCKED,
 * STORAGE_CORRUPT, STORAGE_FULL
 * @example await sealDatabase({ path: './data', name: 'shop', masterKey: process.env.DDB_TMK })
 */
export async function sealDatabase(options: SealingOptions): Promise<RewriteReport | undefined> {
  const { name, onProgress } = options
  const masterKey = parseMasterKey(options.masterKey)
  const directory = directoryOf(options)
  if (await isSealed(directory)) return undefined
  const openNext = (path: string) => openStoreFiles(path, { masterKey })
  return withFolder(options, () =>
    rewriteDatabase({ directory, name, openCurrent: openClear, openNext, onProgress }),
  )
}

/**
 * Writes a sealed database anew in the clear, and removes the sealed files.
 * @returns `undefined` when it is in the clear already
 * @throws ENGINE_DATABASE_UNKNOWN, ENGINE_COPY_DAMAGED, STORAGE_KEY_WRONG, STORAGE_LOCKED, STORAGE_FULL
 * @example await unsealDatabase({ path: './data', name: 'shop', masterKey: process.env.DDB_TMK })
 */
export async function unsealDatabase(options: SealingOptions): Promise<RewriteReport | undefined> {
  const { name, onProgress } = options
  const masterKey = parseMasterKey(options.masterKey)
  const directory = directoryOf(options)
  if (!(await isSealed(directory))) return undefined
  const openCurrent = (path: string) => openStoreFiles(path, { masterKey })
  return withFolder(options, () =>
    rewriteDatabase({ directory, name, openCurrent, openNext: openClear, onProgress }),
  )
}

/** Names of the databases of a folder, and which of them are sealed. */
export async function listSealing(path: string): Promise<{ name: string; isSealed: boolean }[]> {
  const names = await filesIn(path, {}).names()
  return Promise.all(
    names.map(async (name) => ({ name, isSealed: await isSealed(databaseDirectory(path, name)) })),
  )
}

export interface RotationOptions {
  readonly path: string
  /** The master key so far. */
  readonly from: MasterKeyInput
  readonly to: MasterKeyInput
  /** Whether the databases get new data keys, too, which writes all of their files anew. */
  readonly renewsDataKeys?: boolean
  readonly onDatabase?: ((name: string) => void) | undefined
  readonly onProgress?: ((progress: RewriteProgress) => void) | undefined
}

/**
 * Puts the sealed databases of a folder, and the key that signs checkpoints, under another master key: their
 * data keys are wrapped anew. All databases are looked at before the first is changed.
 * @returns the names of those that are under the new key now
 * @throws STORAGE_KEY_WRONG, KEYS_UNREADABLE when one is under neither key, STORAGE_LOCKED, STORAGE_CORRUPT,
 * STORAGE_FULL
 */
export async function rotateMasterKey(options: RotationOptions): Promise<readonly string[]> {
  const { path } = options
  const [from, to] = [parseMasterKey(options.from), parseMasterKey(options.to)]
  const names = (await listSealing(path)).filter((database) => database.isSealed).map(({ name }) => name)
  for (const name of names) await readWrapped(databaseDirectory(path, name), from, to)
  for (const name of names) {
    options.onDatabase?.(name)
    await withFolder({ path, name }, () => rotateDatabase(name, from, to, options))
  }
  await resealCheckpointKeys(path, options.from, options.to)
  return names
}

/**
 * Seals the key that signs checkpoints under another master key, or, without one, under the random key beside
 * it; `rotateMasterKey` does so by itself. Doing it again does no harm.
 * @throws ENGINE_MASTER_KEY, KEYS_UNREADABLE when it is sealed with neither
 * @example await resealCheckpointKeys('./data', process.env.DDB_TMK, undefined)
 */
export async function resealCheckpointKeys(
  path: string,
  from: MasterKeyInput | undefined,
  to: MasterKeyInput | undefined,
): Promise<void> {
  const fileOf = (masterKey: string | undefined) => checkpointKeyFile(path, masterKey)
  await resealKeyFile(fileOf, hexOfMasterKey(from), hexOfMasterKey(to))
}

async function rotateDatabase(
  name: string,
  from: MasterKey,
  to: MasterKey,
  { path, renewsDataKeys, onProgress }: RotationOptions,
): Promise<void> {
  const directory = databaseDirectory(path, name)
  await rewrap(directory, from, to)
  if (renewsDataKeys !== true) return
  const open = (generation: string) => openStoreFiles(generation, { masterKey: to })
  await rewriteDatabase({ directory, name, openCurrent: open, openNext: open, onProgress })
}

/**
 * Nobody opens the folder meanwhile: a server opens its first database before any other.
 * @param name of the database that `work` opens itself
 */
async function withFolder<T>(
  { path, name }: { readonly path: string; readonly name: string },
  work: () => Promise<T>,
): Promise<T> {
  const directory = databaseDirectory(path, firstDatabase)
  if (name === firstDatabase || !existsSync(directory)) return work()
  const held = await openCurrentStore(directory, (generation) => openLevelStore({ path: generation }))
  try {
    return await work()
  } finally {
    await held.close()
  }
}

/** The files are locked meanwhile, so that no server is about to come with the old key. */
async function rewrap(directory: string, from: MasterKey, to: MasterKey): Promise<void> {
  const store = await openCurrentStore(directory, async (path) => {
    const { master } = await readWrapped(directory, from, to)
    return openStoreFiles(path, { masterKey: master })
  })
  try {
    const { generation, master, dataKey } = await readWrapped(directory, from, to)
    if (master !== to) await writeKeyFile(generation, dataKey, to)
  } finally {
    await store.close()
  }
}

async function readWrapped(directory: string, from: MasterKey, to: MasterKey) {
  const { path: generation } = await openGeneration(directory)
  const wrapped = await readKeyFile(generation)
  if (wrapped === undefined) {
    throw storageErrors.CORRUPT({ what: `the key file of ${generation}`, reason: 'it is missing' })
  }
  const master = wrapped.masterKeyId === to.id ? to : from
  return { generation, master, dataKey: unwrapDataKey(generation, wrapped, master) }
}

async function isSealed(directory: string): Promise<boolean> {
  const { path } = await openGeneration(directory)
  return (await readKeyFile(path)) !== undefined
}

function directoryOf({ path, name }: SealingOptions): string {
  const directory = databaseDirectory(path, checkDatabaseName(name))
  if (!existsSync(directory)) throw engineErrors.DATABASE_UNKNOWN({ name, path })
  return directory
}
