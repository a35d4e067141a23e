/**
 * The engine: databases in one folder, or in memory, opened as they are asked for.
 * This is where the parts are wired together.
 */

import { getHeapStatistics } from 'node:v8'
import { type HashName, hashNames, isHashName } from '@dendrodb/protocol'
import { Database } from './database/database.ts'
import { DatabaseCore } from './database/database-core.ts'
import { type DatabaseFiles, filesIn, filesInMemory } from './database/database-files.ts'
import { catalogOfDatabase, checkDatabaseName } from './database/database-name.ts'
import { openLedger } from './database/open-core.ts'
import { hexOfMasterKey, type MasterKeyInput, parseMasterKey } from './database/parse-master-key.ts'
import { engineErrors } from './engine-errors.ts'
import { CheckpointSigner, checkpointKeyFile } from './keys/checkpoint-signer.ts'
import {
  cacheHeapShareMax,
  rangeCacheBytesMax,
  recordCacheBytesMax,
  scanCacheBytesMax,
} from './models/document/limits.ts'
import { versionCacheBytesMax } from './models/history/limits.ts'
import type { NewDatabase, QueryHost } from './query/host.ts'

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
  /** Entries and edges kept of index ranges, per database. Default 16 MiB, less on a small heap. */
  readonly rangeCacheBytes?: number
  /**
   * Decoded versions of the past kept for reads AS OF, per database. Default 16 MiB, less on a small heap.
   */
  readonly versionCacheBytes?: number
  /** Blocks of files kept per database. Default 32 MiB. */
  readonly blockCacheBytes?: number
  /** Writes kept in memory before they are sorted into files, per database. Default 16 MiB. */
  readonly writeBufferBytes?: number
  /** Hash function of the databases that will be made. Default `blake2b`. */
  readonly hash?: HashName
  /**
   * The master key, 32 bytes or as 64 hexadecimal digits. New databases are sealed under it, and those that
   * are sealed can be opened; databases in the clear are opened as they are, with a warning. The key that
   * signs checkpoints is sealed with it, too; by default with a random key beside it.
   */
  readonly masterKey?: MasterKeyInput | undefined
  /** Is told of what is no error but should be known. Default: a warning of the process. */
  readonly onWarning?: ((warning: string) => void) | undefined
}

/** Databases open at a time; each has its own files, caches and buffers. */
const databasesOpenMax = 256

/**
 * Opens the engine. Close it at the end, so that other processes may open the same folder.
 * @throws ENGINE_MASTER_KEY, ENGINE_HASH_UNKNOWN, KEYS_UNREADABLE
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
  const { hash = 'blake2b', ...given } = options
  checkHashName(hash)
  const signer = await openSigner(options)
  const caches = cacheSizes(given)
  return new Engine({ files, names: await files.names(), caches, newDatabase: { hash }, signer })
}

/** @throws KEYS_UNREADABLE */
async function openSigner({ path, masterKey }: EngineOptions): Promise<CheckpointSigner> {
  if (path === undefined) return new CheckpointSigner(undefined)
  const file = checkpointKeyFile(path, hexOfMasterKey(masterKey))
  // A key from before there was a master key is sealed anew, whether or not it will be used.
  if (masterKey !== undefined) await file.read()
  return new CheckpointSigner(file)
}

interface EngineParts {
  readonly files: DatabaseFiles
  readonly names: readonly string[]
  readonly caches: CacheSizes
  readonly newDatabase: Required<NewDatabase>
  readonly signer: CheckpointSigner
}

function clearWarning(folder: string): string {
  return `the files in ${folder} are in the clear although there is a master key; "ddb seal" seals them`
}

interface CacheSizes {
  readonly recordCacheBytes: number
  readonly scanCacheBytes: number
  readonly rangeCacheBytes: number
  readonly versionCacheBytes: number
}

/** A process in a small container has a small heap, and caches must leave most of it to the work. */
function cacheSizes(given: Partial<CacheSizes>): CacheSizes {
  const bytesMax = recordCacheBytesMax + scanCacheBytesMax + rangeCacheBytesMax + versionCacheBytesMax
  const share = Math.min(1, (getHeapStatistics().heap_size_limit * cacheHeapShareMax) / bytesMax)
  return {
    recordCacheBytes: given.recordCacheBytes ?? recordCacheBytesMax * share,
    scanCacheBytes: given.scanCacheBytes ?? scanCacheBytesMax * share,
    rangeCacheBytes: given.rangeCacheBytes ?? rangeCacheBytesMax * share,
    versionCacheBytes: given.versionCacheBytes ?? versionCacheBytesMax * share,
  }
}

export class Engine implements QueryHost {
  readonly #files: DatabaseFiles
  readonly #caches: CacheSizes
  readonly #newDatabase: Required<NewDatabase>
  readonly #signer: CheckpointSigner
  readonly #names: Set<string>
  readonly #open = new Map<string, Promise<Database>>()
  readonly #opened = new Set<Database>()
  /** Databases that were closed by themselves: their files may not be free yet. */
  readonly #closing = new Map<string, Promise<void>>()
  #isClosed = false

  /** Made by `openEngine`. */
  constructor({ files, names, caches, newDatabase, signer }: EngineParts) {
    this.#files = files
    this.#names = new Set(names)
    this.#caches = caches
    this.#newDatabase = newDatabase
    this.#signer = signer
  }

  /**
   * The database of that name, made when there is none. What a new one shall be like is chosen for ever: an
   * old one that is otherwise is refused.
   * @throws ENGINE_DATABASE_NAME, ENGINE_DATABASE_NAME_TAKEN, ENGINE_DATABASE_HASH, ENGINE_HASH_UNKNOWN,
   * STORAGE_LOCKED, STORAGE_KEY_NEEDED, STORAGE_KEY_WRONG, LEDGER_FORMAT_TOO_NEW
   * @example await engine.database('audit', { hash: 'sha512' })
   */
  database(name: string, { hash }: NewDatabase = {}): Promise<Database> {
    const database = this.#open.get(name) ?? this.#startOpening(name, hash)
    return hash === undefined ? database : database.then((opened) => withHash(opened, hash))
  }

  /** Also one that was restored into the folder since it was opened. */
  hasDatabase(name: string): boolean {
    return this.#names.has(name) || this.#files.has(name)
  }

  /** Names of all databases, open or not, sorted. */
  async databaseNames(): Promise<readonly string[]> {
    return [...new Set([...this.#names, ...(await this.#files.names())])].sort()
  }

  /** Those that are open now. */
  openDatabases(): readonly Database[] {
    return [...this.#opened]
  }

  /** Closes all databases. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    const open = await Promise.allSettled(this.#open.values())
    this.#open.clear()
    for (const database of open) if (database.status === 'fulfilled') await database.value.close()
    await Promise.all(this.#closing.values())
  }

  #startOpening(name: string, hash = this.#newDatabase.hash): Promise<Database> {
    if (this.#isClosed) return Promise.reject(engineErrors.CLOSED())
    const opening = this.#openDatabase(name, hash)
    this.#open.set(name, opening)
    opening.catch(() => this.#open.delete(name))
    return opening
  }

  async #openDatabase(name: string, hash: HashName): Promise<Database> {
    checkDatabaseName(name)
    checkHashName(hash)
    if (!this.#names.has(name)) this.#claimName(name)
    if (this.#open.size >= databasesOpenMax) throw engineErrors.DATABASES_OPEN({ limit: databasesOpenMax })
    await this.#closing.get(name)
    const store = await this.#files.open(name)
    try {
      const ledger = await openLedger(name, store, hash)
      const core = new DatabaseCore({ name, store, ...ledger, ...this.#caches })
      const database = new Database(core, this, this.#signer, (closed) => {
        this.#open.delete(name)
        this.#opened.delete(database)
        this.#closing.set(name, closed)
      })
      this.#opened.add(database)
      return database
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

/** @throws ENGINE_HASH_UNKNOWN */
function checkHashName(hash: unknown): void {
  if (!isHashName(hash)) throw engineErrors.HASH_UNKNOWN({ hash, known: hashNames.join(', ') })
}

/** @throws ENGINE_DATABASE_HASH */
function withHash(database: Database, asked: HashName): Database {
  const { name, hash } = database
  if (hash !== asked) throw engineErrors.DATABASE_HASH({ name, hash, asked })
  return database
}
