/**
 * The engine: databases in one folder, or in memory, opened as they are asked for.
 * This is where the parts are wired together.
 */

import { getHeapStatistics } from 'node:v8'
import { Database } from './database/database.ts'
import { DatabaseCore } from './database/database-core.ts'
import { type DatabaseFiles, filesIn, filesInMemory } from './database/database-files.ts'
import { catalogOfDatabase, checkDatabaseName } from './database/database-name.ts'
import { openLedger } from './database/open-core.ts'
import { parseMasterKey } from './database/parse-master-key.ts'
import { engineErrors } from './engine-errors.ts'
import { cacheHeapShareMax, recordCacheBytesMax, scanCacheBytesMax } from './models/document/limits.ts'
import type { QueryHost } from './query/host.ts'

export interface EngineOptions {
  /**
   * Folder of the data, made when it is missing. Without it everything lives in memory and is gone with the
   * process.
   */
  readonly path?: string
  /** Decoded records kept for point reads, per database. Default 32 MiB, less on a small heap. */
  readonly recordCacheBytes?: number
  /** Decoded rows kept for scans, per database. Default 64 MiB, less on a small heap. */
  readonly scanCacheBytes?: number
  /** Blocks of files kept per database. Default 32 MiB. */
  readonly blockCacheBytes?: number
  /** Writes kept in memory before they are sorted into files, per database. Default 16 MiB. */
  readonly writeBufferBytes?: number
  /**
   * The master key, 32 bytes or as 64 hexadecimal digits. New databases are sealed under it, and those that
   * are sealed can be opened. Databases in the clear are opened as they are, with a warning.
   */
  readonly masterKey?: Uint8Array | string | undefined
  /** Is told of what is no error but should be known. Default: a warning of the process. */
  readonly onWarning?: ((warning: string) => void) | undefined
}

/** Databases open at a time; each has its own files, caches and buffers. */
const databasesOpenMax = 256

/**
 * Opens the engine. Close it at the end, so that other processes may open the same folder.
 * @throws ENGINE_MASTER_KEY
 * @example
 * const engine = await openEngine({ path: './data' })
 * const shop = await engine.database('shop')
 * await shop.put('product:1', { name: 'lamp', price: 20 })
 * await engine.close()
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const { path, blockCacheBytes, writeBufferBytes } = options
  const onWarning = options.onWarning ?? ((warning) => process.emitWarning(warning, 'DendroDBWarning'))
  const masterKey = options.masterKey === undefined ? undefined : parseMasterKey(options.masterKey)
  const files =
    path === undefined
      ? filesInMemory()
      : filesIn(path, {
          cacheBytes: blockCacheBytes ?? 32 * 1024 * 1024,
          writeBufferBytes: writeBufferBytes ?? 16 * 1024 * 1024,
          masterKey,
          onClear: (folder) => onWarning(clearWarning(folder)),
        })
  const { recordCacheBytes, scanCacheBytes } = { ...defaultCaches(), ...options }
  return new Engine(files, await files.names(), { recordCacheBytes, scanCacheBytes })
}

function clearWarning(folder: string): string {
  return `the files in ${folder} are in the clear although there is a master key; "ddb seal" seals them`
}

interface CacheSizes {
  readonly recordCacheBytes: number
  readonly scanCacheBytes: number
}

/** A process in a small container has a small heap, and caches must leave most of it to the work. */
function defaultCaches(): CacheSizes {
  const room = getHeapStatistics().heap_size_limit * cacheHeapShareMax
  return {
    recordCacheBytes: Math.min(recordCacheBytesMax, room / 3),
    scanCacheBytes: Math.min(scanCacheBytesMax, (room * 2) / 3),
  }
}

export class Engine implements QueryHost {
  readonly #files: DatabaseFiles
  readonly #caches: CacheSizes
  readonly #names: Set<string>
  readonly #open = new Map<string, Promise<Database>>()
  /** Databases that were closed by themselves: their files may not be free yet. */
  readonly #closing = new Map<string, Promise<void>>()
  #isClosed = false

  /** Made by `openEngine`. */
  constructor(files: DatabaseFiles, names: readonly string[], caches: CacheSizes) {
    this.#files = files
    this.#names = new Set(names)
    this.#caches = caches
  }

  /**
   * The database of that name, made when there is none.
   * @throws ENGINE_DATABASE_NAME, ENGINE_DATABASE_NAME_TAKEN, STORAGE_LOCKED, STORAGE_KEY_NEEDED,
   * STORAGE_KEY_WRONG, LEDGER_FORMAT_TOO_NEW
   */
  database(name: string): Promise<Database> {
    const open = this.#open.get(name)
    if (open !== undefined) return open
    if (this.#isClosed) return Promise.reject(engineErrors.CLOSED())
    const opening = this.#openDatabase(name)
    this.#open.set(name, opening)
    opening.catch(() => this.#open.delete(name))
    return opening
  }

  hasDatabase(name: string): boolean {
    return this.#names.has(name)
  }

  /** Names of all databases, open or not, sorted. */
  async databaseNames(): Promise<readonly string[]> {
    return [...this.#names].sort()
  }

  /** Closes all databases. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    const open = await Promise.allSettled(this.#open.values())
    this.#open.clear()
    for (const database of open) if (database.status === 'fulfilled') await database.value.close()
    await Promise.all(this.#closing.values())
  }

  async #openDatabase(name: string): Promise<Database> {
    checkDatabaseName(name)
    if (!this.#names.has(name)) this.#claimName(name)
    if (this.#open.size >= databasesOpenMax) throw engineErrors.DATABASES_OPEN({ limit: databasesOpenMax })
    await this.#closing.get(name)
    const store = await this.#files.open(name)
    try {
      const { state, catalog } = await openLedger(name, store)
      const core = new DatabaseCore({ name, store, state, catalog, ...this.#caches })
      return new Database(core, this, (closed) => {
        this.#open.delete(name)
        this.#closing.set(name, closed)
      })
    } catch (error) {
      await store.close()
      throw error
    }
  }

  #claimName(name: string): void {
    const catalog = catalogOfDatabase(name)
    for (const other of this.#names) {
      if (catalogOfDatabase(other) === catalog) throw engineErrors.DATABASE_NAME_TAKEN({ name, other })
    }
    this.#names.add(name)
  }
}
