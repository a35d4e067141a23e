/**
 * Where the databases of one engine live: a folder each, or memory.
 */

import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { keyFileOf, openCurrentStore, openGeneration } from '../storage/generation.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { fillBufferBytes } from '../storage/limits.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openStoreFiles, type StoreFileOptions } from '../storage/open-files.ts'
import type { OpenStore } from './build-store.ts'
import { databaseOfFolder, folderOfDatabase, isDatabaseName } from './database-name.ts'
import { checkNameIsFree, hiddenFolder, removeAbandoned } from './hidden-folder.ts'
import { rebuildDatabase } from './rebuild-database.ts'
import { emptyTrash, moveToTrash, purge } from './trash.ts'

export interface DatabaseFiles {
  /** Names found, sorted. */
  names(): Promise<string[]>
  /** Whether there is one of that name. */
  has(name: string): boolean
  open(name: string): Promise<KvStore>
  /**
   * Writes a database of an earlier format anew in the present one; nobody has it open. What was in the clear
   * stays so. Gives the folder that the old files are in, unless somebody has removed them meanwhile.
   */
  upgrade(name: string): Promise<string | undefined>
  /** Files of a database that is being made, which nobody finds before they are published. */
  prepare(name: string): Promise<PreparedFiles>
  /** Takes a database out of force that nobody has open; with `purge`, at once and for good. */
  drop(name: string, purge: boolean): Promise<void>
  /** Removes for good what was dropped or replaced `keptMs` ago, or longer. Gives how many databases. */
  emptyTrash(keptMs: number): Promise<number>
  /** Whether what is closed can be opened again. */
  readonly isKept: boolean
}

export interface PreparedFiles {
  readonly store: KvStore
  /** Gives them the name of the database; the store is closed. @throws ENGINE_DATABASE_EXISTS */
  publish(): Promise<void>
  /** Removes them; the store is closed. */
  discard(): Promise<void>
}

const databasesFolder = 'databases'

/** Folder of all databases of a data folder. */
export function databasesIn(path: string): string {
  return join(path, databasesFolder)
}

/** Where databases go that were replaced. */
export function trashIn(path: string): string {
  return join(path, 'trash')
}

/** Folder of a database; its generations lie in it. */
export function databaseDirectory(path: string, name: string): string {
  return join(databasesIn(path), folderOfDatabase(name))
}

/** How the files of a generation are opened, whoever does it. */
export function storeOpener(options: StoreFileOptions = {}): OpenStore {
  return (path) => openStoreFiles(path, options)
}

export function filesIn(path: string, options: StoreFileOptions): DatabaseFiles {
  const root = databasesIn(path)
  return {
    isKept: true,
    async names() {
      await mkdir(root, { recursive: true })
      await removeAbandoned(root, 'create')
      const entries = await readdir(root, { withFileTypes: true })
      const names = entries
        .filter((entry) => entry.isDirectory())
        .map((entry) => databaseOfFolder(entry.name))
      return names.filter((name) => name !== undefined).sort()
    },
    has: (name) => isDatabaseName(name) && existsSync(databaseDirectory(path, name)),
    async open(name) {
      const directory = databaseDirectory(path, name)
      await mkdir(directory, { recursive: true })
      return openCurrentStore(directory, storeOpener(options))
    },
    async upgrade(name) {
      const directory = databaseDirectory(path, name)
      const { path: current } = await openGeneration(directory)
      const masterKey = existsSync(keyFileOf(current)) ? options.masterKey : undefined
      const openStore = storeOpener({ ...options, masterKey, writeBufferBytes: fillBufferBytes })
      const { kept } = await rebuildDatabase({ directory, name, openStore, trash: trashIn(path) })
      return kept
    },
    prepare: (name) => prepareFolder(path, name, storeOpener(options)),
    async drop(name, isPurged) {
      const place = await moveToTrash(databaseDirectory(path, name), { trash: trashIn(path), name })
      if (isPurged) await purge(place)
    },
    emptyTrash: (keptMs) => emptyTrash(trashIn(path), keptMs),
  }
}

async function prepareFolder(path: string, name: string, openStore: OpenStore): Promise<PreparedFiles> {
  const root = databasesIn(path)
  await mkdir(root, { recursive: true, mode: 0o700 })
  await checkNameIsFree(root, name)
  const hidden = await hiddenFolder(root, 'create')
  try {
    return {
      store: await openCurrentStore(hidden.path, openStore),
      publish: () => hidden.reveal(databaseDirectory(path, name), name),
      discard: () => hidden.discard(),
    }
  } catch (error) {
    await hidden.discard()
    throw error
  }
}

export function filesInMemory(): DatabaseFiles {
  return {
    names: async () => [],
    has: () => false,
    open: async () => openMemoryStore(),
    upgrade: async () => undefined,
    prepare: async () => ({ store: openMemoryStore(), publish: nothing, discard: nothing }),
    drop: nothing,
    emptyTrash: async () => 0,
    isKept: false,
  }
}

async function nothing(): Promise<void> {}
