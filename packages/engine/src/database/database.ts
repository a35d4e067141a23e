/**
 * A database as a library's user holds it.
 * Every method acts with the engine owner's rights; to act for somebody else, give `query` a session.
 */

import { DbError, fromUntrusted, RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import type { BackupSummary } from '../backup/encode-backup.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import type { ReadView, StoredRecord, WriteTx } from '../models/model.ts'
import type { AsOf, DatabaseHost, IndexProgress, QueryHost, Receipt, WriteOptions } from '../query/host.ts'
import type { Session } from '../query/session.ts'
import { type QueryAnswer, runQuery } from '../run-query.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { saveFile } from '../storage/plain-file.ts'
import {
  type ImportCounts,
  RecordImport,
  type ImportOptions as RecordImportOptions,
} from '../transfer/import-records.ts'
import { type ExportInput, openExportFile } from '../transfer/read-export.ts'
import { type VerifyOptions, type VerifyReport, verifyStore } from '../verify/verify-store.ts'
import {
  type BackupStream,
  type BackupStreamOptions,
  endOfBackup,
  openBackupStream,
} from './backup-database.ts'
import { copyValue } from './copy-value.ts'
import type { DatabaseCore } from './database-core.ts'
import { type ExportOptions, type ExportStream, openExportStream } from './export-database.ts'
import { GarbageCollector } from './garbage-collector.ts'
import { IndexBuilder } from './index-builder.ts'
import { type SelectOptions, selectStatement } from './select-statement.ts'

/** A record id as text (`user:alice`) or as a value. */
export type IdInput = string | RecordId

export type CommitOperation =
  | { readonly put: IdInput; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly delete: IdInput }

export interface WriteReceipt extends Receipt {
  readonly id: RecordId
}

export interface DeleteReceipt extends Receipt {
  /** Whether the record was there. */
  readonly isDeleted: boolean
}

export interface QueryOptions {
  /** Who asks; default: the engine's owner. */
  readonly session?: Partial<Omit<Session, 'database'>>
}

export interface BackupOptions extends Omit<BackupStreamOptions, 'since'> {
  readonly path: string
  /** Only what came after this commit, or after the backup in a file. Default: everything. */
  readonly since?: number | { readonly file: string } | undefined
}

export interface ImportOptions {
  /** A file, or a stream of its bytes. */
  readonly file: ExportInput
  /** Whether records and definitions that are others may be overwritten. Default: no. */
  readonly overwrite?: boolean | undefined
  readonly meta?: WriteMeta | undefined
  /** Called after every line. */
  readonly onProgress?: ((counts: ImportCounts) => void) | undefined
}

export interface BackupReport extends BackupSummary {
  readonly path: string
  /** Head of the last commit in the backup. */
  readonly head: string
}

/** Given to the statements of a transaction that another one, or CANCEL, brought down. */
const echoedCodes: ReadonlySet<string> = new Set(['QUERY_TRANSACTION_FAILED', 'QUERY_TRANSACTION_CANCELLED'])

export class Database implements DatabaseHost {
  readonly name: string
  readonly #core: DatabaseCore
  readonly #engine: QueryHost
  readonly #onClose: (closed: Promise<void>) => void
  #closed: Promise<void> | undefined
  readonly #builder: IndexBuilder
  readonly #garbage: GarbageCollector
  readonly #stopListening: () => void

  /** Made by the engine; see `openEngine`. */
  constructor(core: DatabaseCore, engine: QueryHost, onClose: (closed: Promise<void>) => void) {
    this.name = core.name
    this.#core = core
    this.#engine = engine
    this.#onClose = onClose
    this.#builder = new IndexBuilder(core)
    this.#garbage = new GarbageCollector(core)
    this.#builder.resume()
    this.#garbage.run()
    this.#stopListening = core.onCommit((writes) => {
      if (writes.some(({ seq }) => seq === core.catalogs.newest().seq)) this.#builder.resume()
      if (writes.some(({ request }) => request.dropped.length > 0)) this.#garbage.run()
    })
  }

  /**
   * Runs DQL and gives one result per statement.
   * @throws the error of the first statement that failed; those before it have taken effect. Of a transaction
   * that failed, the error of the statement that was the reason.
   * @example await shop.query('SELECT * FROM product WHERE price < $max ORDER BY price', { max: 20 })
   */
  async query(
    text: string,
    vars: Readonly<Record<string, unknown>> = {},
    options: QueryOptions = {},
  ): Promise<Value[]> {
    const { results } = await this.run(text, vars, options)
    const errors = results.filter((each) => each.status === 'error').map(({ error }) => error)
    if (errors.length > 0) throw errors.find(({ code }) => !echoedCodes.has(code)) ?? errors[0]
    return results.map((each) => (each.status === 'ok' ? copyValue(each.result) : undefined))
  }

  /**
   * Runs DQL and gives each statement's result or error, and the newest commit. Results are not to be
   * changed.
   */
  run(
    text: string,
    vars: Readonly<Record<string, unknown>> = {},
    options: QueryOptions = {},
  ): Promise<QueryAnswer> {
    const session: Session = { isRoot: true, isSystem: false, ...options.session, database: this.name }
    return runQuery(this.#engine, session, text, fromUntrusted(vars) as ValueObject)
  }

  /**
   * The record with its `id`, a copy that is yours; `undefined` when there is none.
   * @example await shop.get('product:1', { asOf: { seq: 12 } })
   */
  async get(id: IdInput, options: { readonly asOf?: AsOf } = {}): Promise<ValueObject | undefined> {
    const recordId = toId(id)
    const cached = options.asOf === undefined ? this.#core.cachedRecord(recordId) : undefined
    const record = cached ?? (await this.#read(recordId, options.asOf))
    return record === undefined ? undefined : (copyValue(record.value) as ValueObject)
  }

  /**
   * Creates or replaces the record; durable once it resolves.
   * @throws INDEX_UNIQUE_VIOLATION, LEDGER_RECORD_TOO_LARGE, VALUE_*
   */
  async put(id: IdInput, fields: Readonly<Record<string, unknown>>, meta?: WriteMeta): Promise<WriteReceipt> {
    const recordId = toId(id)
    const value = toFields(fields)
    const { receipt } = await this.#core.write((tx) => tx.put(recordId, value), pointWrite(meta))
    return { id: recordId, ...receipt }
  }

  /** Deletes the record and the edges that touch it; its history stays. */
  async delete(id: IdInput, meta?: WriteMeta): Promise<DeleteReceipt> {
    const recordId = toId(id)
    const { result, receipt } = await this.#core.write((tx) => tx.delete(recordId), pointWrite(meta))
    return { isDeleted: result, ...receipt }
  }

  /**
   * Rows of a table.
   * @example await shop.select('product', { where: { category: 'book' }, orderBy: { price: 'desc' }, limit:
   * 10 })
   */
  async select(table: string, options: SelectOptions = {}): Promise<ValueObject[]> {
    const { text, vars } = selectStatement(table, options)
    const [rows] = await this.query(text, vars)
    return rows as unknown as ValueObject[]
  }

  /** Several changes in one commit: all of them or none. */
  async commit(operations: readonly CommitOperation[], meta?: WriteMeta): Promise<Receipt> {
    const steps = operations.map((operation) => {
      if ('delete' in operation) return { id: toId(operation.delete), fields: undefined }
      return { id: toId(operation.put), fields: toFields(operation.fields) }
    })
    const { receipt } = await this.transaction(async (tx) => {
      for (const { id, fields } of steps) await (fields === undefined ? tx.delete(id) : tx.put(id, fields))
    }, meta)
    return receipt
  }

  /**
   * Runs `work` as one serialisable transaction. It may be run again when it loses a race, so it must have no
   * effects outside `tx`.
   * @example
   * await shop.transaction(async (tx) => {
   *   const stock = await tx.getRecord(id)
   *   await tx.put(id, { ...stock.value, count: stock.value.count - 1 })
   * })
   */
  transaction<T>(
    work: (tx: WriteTx) => MaybePromise<T>,
    meta?: WriteMeta,
  ): Promise<{ readonly result: T; readonly receipt: Receipt }> {
    return this.write(work, meta === undefined ? {} : { meta })
  }

  /** The newest acknowledged commit: its number, and the hash that stands for all history up to it. */
  head(): Receipt {
    return this.#core.head()
  }

  /** Checks every commit, version, record and index entry against the chain. */
  verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    return verifyStore(this.#core.store, options)
  }

  /**
   * Writes everything that was committed so far, or since an earlier backup, to a file, while the database
   * goes on. The file appears under its name once it is whole and on disk.
   * @throws BACKUP_SINCE_UNKNOWN, BACKUP_DIVERGED, STORAGE_FILE_UNWRITABLE, STORAGE_FULL, LEDGER_CORRUPT
   * @example await shop.backup({ path: 'shop-2.ddbackup', since: { file: 'shop-1.ddbackup' } })
   */
  async backup({ path, since, ...options }: BackupOptions): Promise<BackupReport> {
    const from = typeof since === 'number' ? { seq: since } : since && (await endOfBackup(since.file))
    const stream = await this.openBackup({ ...options, since: from })
    await saveFile(path, stream.chunks)
    return { path, head: stream.head, ...stream.summary() }
  }

  /** The bytes of a backup, for whoever sends them elsewhere. Has to be read to its end, or closed. */
  openBackup(options: BackupStreamOptions = {}): Promise<BackupStream> {
    return openBackupStream(this.#core, options)
  }

  /**
   * Writes the records as they are, or every commit with all that belongs to it, to a file as lines of JSON,
   * while the database goes on. The file appears under its name once it is whole and on disk.
   * @throws STORAGE_FILE_UNWRITABLE, STORAGE_FULL, LEDGER_CORRUPT
   * @example await shop.export({ path: 'shop.jsonl' })
   */
  async export({ path, ...options }: ExportOptions & { readonly path: string }): Promise<Receipt> {
    const { seq, head, chunks } = await this.openExport(options)
    await saveFile(path, chunks)
    return { seq, head }
  }

  /** The bytes of an export, for whoever sends them elsewhere. Has to be read to its end, or closed. */
  openExport(options: ExportOptions = {}): Promise<ExportStream> {
    return openExportStream(this.#core, options)
  }

  /**
   * Writes an export of records into this database; records that are there already are passed over. Can be
   * run again after it failed. (An export of a history makes a database of its own: see `importHistory`.)
   * @throws TRANSFER_EXISTS where something else is there and `overwrite` is not set, TRANSFER_NOT_ONE,
   * TRANSFER_LINE, TRANSFER_INCOMPLETE, INDEX_UNIQUE_VIOLATION
   * @example await shop.import({ file: 'shop.jsonl' })
   */
  async import({ file, onProgress, ...options }: ImportOptions): Promise<ImportCounts> {
    const opened = await openExportFile(file)
    try {
      opened.expect('records')
      const { overwrite = false, meta } = options
      const records = new RecordImport(this, { file: opened.file, overwrite, meta })
      for await (const line of opened.lines()) {
        await records.add(line)
        onProgress?.(records.counts)
      }
      await records.flush()
      return records.counts
    } finally {
      await opened.close()
    }
  }

  /**
   * Lines of an export of records, in their order, where somebody else reads the file; the last ones may be
   * written when `flush` is called.
   */
  openImport(options: RecordImportOptions): RecordImport {
    return new RecordImport(this, options)
  }

  /** Bytes of the database on disk. */
  sizeBytes(): Promise<number> {
    return this.#core.store.sizeBytes()
  }

  view(asOf?: AsOf): MaybePromise<ReadView> {
    return this.#core.view(asOf)
  }

  write<T>(
    work: (tx: WriteTx) => MaybePromise<T>,
    options?: WriteOptions,
  ): Promise<{ readonly result: T; readonly receipt: Receipt }> {
    return this.#core.write(work, options)
  }

  /**
   * Resolves when the index is ready. Where its build failed, removes it. @throws INDEX_BUILD_FAILED,
   * INDEX_UNKNOWN
   */
  async waitForIndex(table: string, index: string): Promise<void> {
    try {
      await this.#builder.wait(table, index)
    } catch (error) {
      if (error instanceof DbError && error.code === 'INDEX_BUILD_FAILED') {
        await this.#core.write((tx) => tx.removeIndex(table, index))
      }
      throw error
    }
  }

  indexProgress(table: string, index: string): Promise<IndexProgress | undefined> {
    return this.#builder.progress(table, index)
  }

  async rebuildIndex(table: string, index: string): Promise<void> {
    await this.#core.write(async (tx: RecordTx) => {
      const old = tx.catalog.table(table)?.indexes.find((each) => each.name === index && !each.isAdjacency)
      if (old === undefined) return
      const { fields, unique, comment } = old
      await tx.defineIndex({
        name: index,
        table,
        fields,
        unique,
        ...(comment === undefined ? {} : { comment }),
      })
    })
    await this.#builder.wait(table, index)
  }

  async #read(id: RecordId, asOf: AsOf | undefined): Promise<StoredRecord | undefined> {
    const view = await this.#core.view(asOf)
    try {
      return await view.getRecord(id)
    } finally {
      view.close()
    }
  }

  /**
   * Waits for writes in flight and closes the files. The engine opens the database again when it is asked
   * for.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    this.#onClose(this.#closed)
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#stopListening()
    await Promise.all([this.#builder.stop(), this.#garbage.stop()])
    await this.#core.close()
  }
}

function toId(id: IdInput): RecordId {
  return typeof id === 'string' ? RecordId.parse(id) : id
}

function toFields(fields: Readonly<Record<string, unknown>>): ValueObject {
  return fromUntrusted(fields) as ValueObject
}

function pointWrite(meta: WriteMeta | undefined): WriteOptions {
  return meta === undefined ? { isPoint: true } : { isPoint: true, meta }
}
