/**
 * The engine: databases in one folder, or in memory, opened as they are asked for.
 * This is where the parts are wired together.
 */

import { getHeapStatistics } from 'node:v8'
import { DbError, type HashName, hashNames, isHashName } from '@dendrodb/protocol'
import { Database } from './database/database.ts'
import { DatabaseCore } from './database/database-core.ts'
import { type DatabaseFiles, filesIn, filesInMemory } from './database/database-files.ts'
import { type DatabaseInit, writeInit } from './database/database-init.ts'
import { catalogOfDatabase, checkDatabaseName } from './database/database-name.ts'
import { EngineFeed, type EngineListener } from './database/engine-feed.ts'
import { databasesOpenDefault } from './database/limits.ts'
import { openLedger } from './database/open-core.ts'
import { OpenDatabases } from './database/open-databases.ts'
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
import type { KvStore } from './storage/kv-store.ts'

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
  /**
   * Is told of what should be known and what no caller can be told: files in the clear although there is a
   * master key, a database that was upgraded, work in the background that failed. Default: a warning of the
   * process.
   */
  readonly onWarning?: ((warning: string) => void) | undefined
  /** Databases that may be open at a time; each has its own files, caches and buffers. Default 256. */
  readonly databasesOpenMax?: number
  /**
   * Milliseconds for which a database must not have been asked for before it may be closed to make room for
   * another one. Then a `Database` is to be asked for anew before each piece of work. Default: none is closed
   * but by its owner.
   */
  readonly closeIdleMs?: number | undefined
  /**
   * Whether everything in a database is verified when it is opened for the first time; it takes no writes
   * until that is done. Default: no.
   */
  readonly verifyOnOpen?: boolean
  /**
   * Whether a database of an earlier format is upgraded when it is opened; otherwise it is refused with
   * LEDGER_FORMAT_TOO_OLD, and nothing is changed. Default: yes.
   */
  readonly upgrades?: boolean
}

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
  const onWarning =
    options.onWarning ?? ((warning: string) => process.emitWarning(warning, 'DendroDBWarning'))
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
  const names = await files.names()
  return new Engine({ files, names, caches, newDatabase: { hash }, signer, onWarning, options })
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
  readonly onWarning: (warning: string) => void
  readonly options: Pick<EngineOptions, 'databasesOpenMax' | 'closeIdleMs' | 'verifyOnOpen' | 'upgrades'>
}

function isTooOld(error: unknown): boolean {
  return error instanceof DbError && error.code === 'LEDGER_FORMAT_TOO_OLD'
}

function upgradeNotice(name: string, kept: string | undefined): string {
  const place = kept === undefined ? '' : `; its old files are in ${kept}`
  return `the database ${name} was of an earlier format and has been written anew from its log${place}`
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

/** Reasons for which a database that cannot be opened stays where it is. */
const undroppable: ReadonlySet<string> = new Set(['STORAGE_LOCKED', 'ENGINE_CLOSED', 'ENGINE_DATABASES_OPEN'])

/** How a database is made. */
export interface CreateOptions extends NewDatabase {
  /** Indexes, records and links that are there when the database is. */
  readonly init?: DatabaseInit | undefined
}

export class Engine implements QueryHost {
  readonly #files: DatabaseFiles
  readonly #caches: CacheSizes
  readonly #newDatabase: Required<NewDatabase>
  readonly #signer: CheckpointSigner
  readonly #onWarning: (warning: string) => void
  readonly #verifies: boolean
  readonly #upgrades: boolean
  readonly #names: Set<string>
  /** Names of databases that are being made. */
  readonly #claimed = new Set<string>()
  /** Hash functions of those that the next opening will make. */
  readonly #hashes = new Map<string, HashName>()
  readonly #verified = new Set<string>()
  readonly #open: OpenDatabases
  readonly #feed = new EngineFeed()
  #isClosed = false

  /** Made by `openEngine`. */
  constructor({ files, names, caches, newDatabase, signer, onWarning, options }: EngineParts) {
    this.#files = files
    this.#names = new Set(names)
    this.#caches = caches
    this.#newDatabase = newDatabase
    this.#signer = signer
    this.#onWarning = onWarning
    this.#verifies = options.verifyOnOpen ?? false
    this.#upgrades = options.upgrades ?? true
    this.#open = new OpenDatabases({
      databasesOpenMax: options.databasesOpenMax ?? databasesOpenDefault,
      // What lives in memory is gone when it is closed.
      closeIdleMs: files.isKept ? options.closeIdleMs : undefined,
      open: (name) => this.#openDatabase(name),
    })
  }

  /**
   * The database of that name, made when there is none. What a new one shall be like is chosen for ever: an
   * old one that is otherwise is refused.
   * @throws ENGINE_DATABASE_NAME, ENGINE_DATABASE_NAME_TAKEN, ENGINE_DATABASE_HASH, ENGINE_HASH_UNKNOWN,
   * ENGINE_DATABASES_OPEN, STORAGE_LOCKED, STORAGE_KEY_NEEDED, STORAGE_KEY_WRONG, LEDGER_FORMAT_TOO_NEW,
   * ENGINE_REBUILD_IMPOSSIBLE
   * @example await engine.database('audit', { hash: 'sha512' })
   */
  database(name: string, { hash }: NewDatabase = {}): Promise<Database> {
    if (this.#isClosed) return Promise.reject(engineErrors.CLOSED())
    if (hash === undefined) return this.#open.get(name)
    if (!isHashName(hash)) return Promise.reject(unknownHash(hash))
    if (this.#open.find(name) === undefined) this.#hashes.set(name, hash)
    return this.#open.get(name).then((opened) => withHash(opened, hash))
  }

  /**
   * Makes a database with all that it is to begin with. It is there whole, or, whatever happens, not at all.
   * @throws ENGINE_DATABASE_EXISTS, ENGINE_DATABASE_NAME, ENGINE_DATABASE_NAME_TAKEN, ENGINE_INIT_INVALID,
   * INDEX_UNIQUE_VIOLATION, STORAGE_FULL
   * @example
   * await engine.createDatabase('shop', {
   *   init: { indexes: [{ table: 'product', fields: ['price'] }], seed: { product: [{ id: 'lamp', price: 20
   *   }] } },
   * })
   */
  async createDatabase(
    name: string,
    { hash = this.#newDatabase.hash, init }: CreateOptions = {},
  ): Promise<Database> {
    if (this.#isClosed) throw engineErrors.CLOSED()
    checkDatabaseName(name)
    checkHashName(hash)
    if (this.hasDatabase(name) || this.#claimed.has(name)) throw engineErrors.DATABASE_EXISTS({ name })
    this.#checkCatalog(name)
    this.#claimed.add(name)
    try {
      await this.#open.alone(name, () => this.#create(name, hash, init))
    } finally {
      this.#claimed.delete(name)
    }
    return this.database(name)
  }

  /**
   * Takes a database away, with its history. What is still going on in it fails with ENGINE_DATABASE_DROPPED.
   * Its files stay in the folder `trash` until `emptyTrash`, or are removed at once with `purge`.
   * @throws ENGINE_DATABASE_MISSING
   * @example await engine.dropDatabase('shop', { purge: true })
   */
  async dropDatabase(name: string, { purge = false }: { readonly purge?: boolean } = {}): Promise<void> {
    checkDatabaseName(name)
    for (let isDropped = false; !isDropped; ) {
      if (this.#isClosed) throw engineErrors.CLOSED()
      if (!this.hasDatabase(name)) throw engineErrors.DATABASE_MISSING({ name })
      const database = await this.#openToDrop(name)
      isDropped = await this.#open.alone(name, () => this.#drop(name, database, purge))
    }
    this.#feed.tell({ type: 'dropped', database: name })
  }

  /**
   * Removes for good the databases that were dropped, or replaced by a restore, `keptMs` ago or longer. Gives
   * how many.
   */
  emptyTrash(keptMs: number): Promise<number> {
    return this.#files.emptyTrash(keptMs)
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
    return this.#open.list
  }

  /** Whether the first scan of a database that is open goes on, or has failed. */
  get isScanning(): boolean {
    return this.#open.list.some(({ scanProgress }) => scanProgress !== undefined)
  }

  /**
   * Tells of every commit, first scan and drop in any database that is open, from now on. The listener must
   * be quick and must not throw. Gives the function that ends it.
   */
  watch(listener: EngineListener): () => void {
    return this.#feed.watch(listener)
  }

  /** Closes all databases. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#open.close()
  }

  async #openDatabase(name: string): Promise<Database> {
    checkDatabaseName(name)
    const hash = this.#hashes.get(name) ?? this.#newDatabase.hash
    this.#hashes.delete(name)
    if (!this.#names.has(name)) {
      if (!this.#files.has(name)) this.#checkCatalog(name)
      this.#names.add(name)
    }
    try {
      return await this.#wire(name, await this.#files.open(name), hash)
    } catch (error) {
      if (!isTooOld(error) || !this.#upgrades) throw error
      const kept = await this.#files.upgrade(name)
      this.#onWarning(upgradeNotice(name, kept))
      return this.#wire(name, await this.#files.open(name), hash)
    }
  }

  async #create(name: string, hash: HashName, init: DatabaseInit | undefined): Promise<void> {
    // What could not be opened afterwards is not made. Who waits for it has a place already.
    await this.#open.makeRoom(this.#open.find(name) === undefined ? 1 : 0)
    const files = await this.#files.prepare(name)
    try {
      const database = await this.#wire(name, files.store, hash)
      try {
        if (init !== undefined) await writeInit(database, init)
      } catch (error) {
        await database.close()
        throw error
      }
      if (this.#files.isKept) await database.close()
      else this.#open.add(name, database)
      await files.publish()
      this.#names.add(name)
    } catch (error) {
      await files.discard()
      throw error
    }
  }

  /** So that no other process has it. `undefined`: it cannot be opened, which is no reason to keep it. */
  async #openToDrop(name: string): Promise<Database | undefined> {
    try {
      return await this.database(name)
    } catch (error) {
      if (error instanceof DbError && undroppable.has(error.code)) throw error
      return undefined
    }
  }

  /** `false`: it was closed, or dropped and made again, meanwhile. */
  async #drop(name: string, database: Database | undefined, isPurged: boolean): Promise<boolean> {
    if (database !== undefined && !this.#open.list.includes(database)) return false
    if (!this.hasDatabase(name)) throw engineErrors.DATABASE_MISSING({ name })
    await database?.closeForDrop()
    await this.#files.drop(name, isPurged)
    this.#names.delete(name)
    this.#verified.delete(name)
    return true
  }

  async #wire(name: string, store: KvStore, hash: HashName): Promise<Database> {
    try {
      const ledger = await openLedger(name, store, hash)
      const core = new DatabaseCore({ name, store, ...ledger, ...this.#caches })
      const verifies = this.#verifies && !this.#verified.has(name)
      const database: Database = new Database({
        core,
        ledger,
        verifies,
        engine: this,
        signer: this.#signer,
        feed: this.#feed,
        onClose: (closed) => this.#open.forget(name, database, closed),
        onVerified: () => this.#verified.add(name),
        onWarning: this.#onWarning,
      })
      return database
    } catch (error) {
      await store.close()
      throw error
    }
  }

  /** @throws ENGINE_DATABASE_NAME_TAKEN */
  #checkCatalog(name: string): void {
    const catalog = catalogOfDatabase(name)
    for (const other of [...this.#names, ...this.#claimed]) {
      if (other !== name && catalogOfDatabase(other) === catalog) {
        throw engineErrors.DATABASE_NAME_TAKEN({ name, other })
      }
    }
  }
}

/** @throws ENGINE_HASH_UNKNOWN */
function checkHashName(hash: unknown): void {
  if (!isHashName(hash)) throw unknownHash(hash)
}

function unknownHash(hash: unknown): Error {
  return engineErrors.HASH_UNKNOWN({ hash, known: hashNames.join(', ') })
}

/** @throws ENGINE_DATABASE_HASH */
function withHash(database: Database, asked: HashName): Database {
  const { name, hash } = database
  if (hash !== asked) throw engineErrors.DATABASE_HASH({ name, hash, asked })
  return database
}
