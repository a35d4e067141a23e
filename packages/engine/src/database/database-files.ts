/**
 * Where the databases of one engine live: a folder each, or memory.
 */

import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openCurrentStore } from '../storage/generation.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openStoreFiles, type StoreFileOptions } from '../storage/open-files.ts'
import { databaseOfFolder, folderOfDatabase } from './database-name.ts'

export interface DatabaseFiles {
  /** Names found, sorted. */
  names(): Promise<string[]>
  open(name: string): Promise<KvStore>
}

const databasesFolder = 'databases'

/** Folder of a database; its generations lie in it. */
export function databaseDirectory(path: string, name: string): string {
  return join(path, databasesFolder, folderOfDatabase(name))
}

export function filesIn(path: string, options: StoreFileOptions): DatabaseFiles {
  const root = join(path, databasesFolder)
  return {
    async names() {
      await mkdir(root, { recursive: true })
      const entries = await readdir(root, { withFileTypes: true })
      const names = entries
        .filter((entry) => entry.isDirectory())
        .map((entry) => databaseOfFolder(entry.name))
      return names.filter((name) => name !== undefined).sort()
    },
    async open(name) {
      const folder = databaseDirectory(path, name)
      await mkdir(folder, { recursive: true })
      return openCurrentStore(folder, (generation) => openStoreFiles(generation, options))
    },
  }
}

export function filesInMemory(): DatabaseFiles {
  return {
    names: async () => [],
    open: async () => openMemoryStore(),
  }
}
