/**
 * Work on the files of a data folder without an engine: databases are made anew or brought back. The database
 * itself must not be open; others of the folder may be.
 */

import { existsSync } from 'node:fs'
import { Datetime, DbError, type Value } from '@dendrodb/protocol'
import { type BackupInput, joinBackups, type RestorePoint } from './backup/join-backups.ts'
import type { BuildProgress, OpenStore } from './database/build-store.ts'
import { microsOf } from './database/commit-time.ts'
import { databaseDirectory, databasesIn, storeOpener, trashIn } from './database/database-files.ts'
import { checkDatabaseName } from './database/database-name.ts'
import { bytesOfMasterKey, type MasterKeyInput, parseMasterKey } from './database/parse-master-key.ts'
import { type RebuildReport, rebuildDatabase as rebuildIn } from './database/rebuild-database.ts'
import { restoreDatabase } from './database/restore-database.ts'
import { engineErrors } from './engine-errors.ts'
import { formatHead } from './ledger/hash.ts'
import { ledgerErrors } from './ledger/ledger-errors.ts'
import { genesisOf } from './replay/log-chain.ts'
import { openCurrentStore } from './storage/generation.ts'
import { fillBufferBytes } from './storage/limits.ts'
import { type ExportInput, openExportFile } from './transfer/read-export.ts'
import { type DamageReport, surveyDamage } from './verify/survey-damage.ts'
import { type VerifyReport, verifyStore } from './verify/verify-store.ts'

/** Stores that are opened here are filled. @throws ENGINE_MASTER_KEY */
function fillingOpener(masterKey: MasterKeyInput | undefined): OpenStore {
  return storeOpener({
    writeBufferBytes: fillBufferBytes,
    masterKey: masterKey === undefined ? undefined : parseMasterKey(masterKey),
  })
}

export interface RebuildOptions {
  /** Folder of the data, as `openEngine` takes it. */
  readonly path: string
  /** The database. */
  readonly name: string
  /** Needed for a sealed database; with one, what is made is sealed. */
  readonly masterKey?: MasterKeyInput | undefined
  readonly onProgress?: (progress: BuildProgress) => void
}

/**
 * Rebuilds a database whose records, indexes or counts are damaged from its own log, verifies what came out,
 * and puts it into force in one step; the head stays what it was. Until then the damaged one stays in force.
 * @throws ENGINE_REBUILD_IMPOSSIBLE, ENGINE_DATABASE_UNKNOWN, STORAGE_KEY_NEEDED, STORAGE_KEY_WRONG,
 * STORAGE_LOCKED, STORAGE_CORRUPT, STORAGE_FULL
 * @example await rebuildDatabase({ path: './data', name: 'shop' })
 */
export async function rebuildDatabase(options: RebuildOptions): Promise<RebuildReport> {
  const { path, name, masterKey, onProgress } = options
  const openStore = fillingOpener(masterKey)
  const directory = databaseDirectory(path, checkDatabaseName(name))
  if (!existsSync(directory)) throw engineErrors.DATABASE_UNKNOWN({ name, path })
  return rebuildIn({ directory, name, openStore, onProgress })
}

/**
 * Verifies a database that cannot be opened, as far as it can still be read.
 * @param problem what opening it failed with
 * @throws STORAGE_CORRUPT, STORAGE_LOCKED when not even its files can be opened
 */
export async function verifyDamaged(
  { path, name, masterKey }: Pick<RebuildOptions, 'path' | 'name' | 'masterKey'>,
  problem: DbError,
): Promise<VerifyReport | DamageReport> {
  const directory = databaseDirectory(path, checkDatabaseName(name))
  const store = await openCurrentStore(directory, fillingOpener(masterKey))
  try {
    const report = await verifyStore(store).catch(orNothing)
    return report?.isIntact === false ? report : await surveyDamage(store, problem)
  } finally {
    await store.close()
  }
}

/** Damage may keep a store from being verified at all. */
function orNothing(error: unknown): undefined {
  if (!(error instanceof DbError) || error.status !== 'corrupt') throw error
}

export interface RestoreOptions {
  /** Folder of the data, as `openEngine` takes it; made when missing. */
  readonly path: string
  /** A full backup, then those that continue it, in their order. */
  readonly files: readonly BackupInput[]
  /** Name of the database. Default: the one that the backup is of. */
  readonly name?: string | undefined
  /** The state to bring back, as AS OF takes it. Default: the newest. */
  readonly to?: { readonly seq: number } | { readonly instant: Value } | undefined
  /** Whether a database of that name may be there; it is moved to the folder `trash`. */
  readonly replace?: boolean | undefined
  /** What backups that are encrypted were made with; the database that is made is sealed under it. */
  readonly masterKey?: MasterKeyInput | undefined
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined
}

export interface RestoreReport {
  readonly name: string
  readonly seq: number
  readonly head: string
  readonly versions: number
  /** Where the database is now that was replaced. */
  readonly trash: string | undefined
}

/**
 * Brings a database back from backups, as of their end or any moment before, with all history up to it. It is
 * verified as a whole before it gets its name.
 * @throws BACKUP_*, ENGINE_DATABASE_EXISTS, ENGINE_NOT_INTACT, LEDGER_CORRUPT, STORAGE_LOCKED, STORAGE_FULL
 * @example await restoreBackup({ path: './data', files: ['shop.ddbackup'], name: 'shop-of-may', to: { seq:
 * 1200 } })
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { path, files, masterKey, replace = false, onProgress } = options
  const openStore = fillingOpener(masterKey)
  const backups = await joinBackups({
    inputs: files,
    to: pointOf(options.to),
    masterKey: masterKey === undefined ? undefined : bytesOfMasterKey(masterKey),
  })
  const { store: format, database } = backups.first
  const name = checkDatabaseName(options.name ?? database)
  const target = { root: databasesIn(path), trash: trashIn(path), name, replace, openStore }
  const { result, trash } = await restoreDatabase(target, {
    format,
    log: backups.log(),
    onProgress,
    check: (made) => backups.check(made),
  })
  const { seq, head } = result.manifest
  return { name, seq, head: formatHead(genesisOf(format).hash, head), versions: result.versions, trash }
}

export interface ImportHistoryOptions {
  /** Folder of the data, as `openEngine` takes it; made when missing. */
  readonly path: string
  /** An export of a history, or a stream of its bytes. */
  readonly file: ExportInput
  /** Name of the database. Default: the one that the export is of. */
  readonly name?: string | undefined
  /** Whether a database of that name may be there; it is moved to the folder `trash`. */
  readonly replace?: boolean | undefined
  /** The database that is made is sealed under it. */
  readonly masterKey?: MasterKeyInput | undefined
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined
}

/**
 * Makes a database from an export of a history, with the same head. It is verified as a whole before it gets
 * its name.
 * @throws TRANSFER_*, ENGINE_DATABASE_EXISTS, ENGINE_NOT_INTACT, LEDGER_CORRUPT, STORAGE_LOCKED, STORAGE_FULL
 * @example await importHistory({ path: './data', file: 'shop.jsonl', name: 'shop-copy' })
 */
export async function importHistory(options: ImportHistoryOptions): Promise<RestoreReport> {
  const { path, file, masterKey, replace = false, onProgress } = options
  const openStore = fillingOpener(masterKey)
  const opened = await openExportFile(file)
  try {
    opened.expect('history')
    const { database, store, seq, head } = opened.header
    const name = checkDatabaseName(options.name ?? database)
    const format = Buffer.from(store ?? '', 'base64')
    const target = { root: databasesIn(path), trash: trashIn(path), name, replace, openStore }
    const { result, trash } = await restoreDatabase(target, {
      format,
      log: opened.log(),
      onProgress,
      check: ({ manifest }) => {
        if (manifest.seq === seq && formatHead(genesisOf(format).hash, manifest.head) === head) return
        throw ledgerErrors.CORRUPT({
          what: opened.file,
          reason: 'it does not lead to the head that it names',
        })
      },
    })
    return { name, seq, head, versions: result.versions, trash }
  } finally {
    await opened.close()
  }
}

/** @throws LEDGER_AS_OF_INVALID */
function pointOf(to: RestoreOptions['to']): RestorePoint | undefined {
  if (to === undefined) return undefined
  if ('seq' in to) {
    if (!Number.isSafeInteger(to.seq) || to.seq < 0) throw ledgerErrors.AS_OF_INVALID()
    return to
  }
  if (!(to.instant instanceof Datetime)) throw ledgerErrors.AS_OF_INVALID()
  return { micros: microsOf(to.instant) }
}
