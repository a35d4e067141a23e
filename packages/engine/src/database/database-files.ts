/**
 * Where the databases of one engine live: a folder each, or memory.
 */

import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openCurrentStore } from '../storage/generation.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openStoreFiles, type StoreFileOptions } from '../storage/open-files.ts'
import type { OpenStore } from './build-store.ts'
import { databaseOfFolder, folderOfDatabase, isDatabaseName } from './database-name.ts'

export interface DatabaseFiles {
  /** Names found, sorted. */
  names(): Promise<string[]>
  /** Whether there is one of that name. */
  has(name: string): boolean
  open(name: string): Promise<KvStore>
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
    async names() {
      await mkdir(root, { recursive: true })
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
  }
}

export function filesInMemory(): DatabaseFiles {
  return {
    names: async () => [],
    has: () => false,
    open: async () => openMemoryStore(),
  }
}
