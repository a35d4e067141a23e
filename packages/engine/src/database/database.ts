/**
 * A database as a library's user holds it.
 * Every method acts with the engine owner's rights; to act for somebody else, give `query` a session.
 */

import {
  DbError,
  fromUntrusted,
  type HashName,
  type ProofFile,
  RecordId,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import type { BackupSummary } from '../backup/encode-backup.ts'
import type { CheckpointSigner } from '../keys/checkpoint-signer.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import type { PutOptions, ReadView, StoredRecord, WriteTx } from '../models/model.ts'
import { viewAt } from '../models/valid-time/valid-view.ts'
import type {
  AsOf,
  DatabaseHost,
  IndexProgress,
  QueryHost,
  Receipt,
  WriteAnswer,
  WriteOptions,
} from '../query/host.ts'
import type { NqlAnswer } from '../query/nql/create-run-nql.ts'
import type { Session } from '../query/session.ts'
import { type QueryAnswer, runNql, runQuery } from '../run-query.ts'
import { chain } from '../storage/chain.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { saveFile } from '../storage/plain-file.ts'
import {
  type ImportCounts,
  RecordImport,
  type ImportOptions as RecordImportOptions,
} from '../transfer/import-records.ts'
import { type ExportInput, openExportFile } from '../transfer/read-export.ts'
import { type CommitReport, verifyCommit } from '../verify/verify-commit.ts'
import {
  type ChainReport,
  type VerifyOptions,
  type VerifyReport,
  verifyLog,
  verifyStore,
} from '../verify/verify-store.ts'
import {
  type BackupStream,
  type BackupStreamOptions,
  endOfBackup,
  openBackupStream,
} from './backup-database.ts'
import { copyValue } from './copy-value.ts'
import type { DatabaseCore } from './database-core.ts'
import { checkSeq, type DatabaseCheckpoint, DatabaseProofs, type ProofOptions } from './database-proofs.ts'
import { type ExportOptions, type ExportStream, openExportStream } from './export-database.ts'
import { GarbageCollector } from './garbage-collector.ts'
import { IndexBuilder } from './index-builder.ts'
import { type CommitDetails, type HistoryEntry, readCommit, readHistory } from './past.ts'
import { QueryBuilder } from './query-builder.ts'
import { type SelectOptions, selectStatement } from './select-statement.ts'
import { type TimeInput, toTime } from './time-input.ts'

/** A record id as text (`user:alice`) or as a value. */
export type IdInput = string | RecordId

/**
 * When the version holds in the world: from and to a `Date`, a `Datetime`, or the text of a date
 * (`'2026-01-31'`, that whole day in UTC) or a datetime. What is left out is open.
 */
export interface ValidTime {
  readonly validFrom?: TimeInput
  readonly validTo?: TimeInput
}

export type CommitOperation = IfSeq &
  (
    | ({ readonly put: IdInput; readonly fields: Readonly<Record<string, unknown>> } & ValidTime)
    | { readonly delete: IdInput }
  )

export interface IfSeq {
  /**
   * Refuses with LEDGER_PRECONDITION unless the record's newest version is of this commit; -1: unless there
   * is no such record.
   */
  readonly ifSeq?: number
}

/** What a write of one record says about itself, and on what condition it is made. */
export interface RecordWriteOptions extends WriteMeta, IfSeq {}

/** The times that a read shows. */
export interface ReadTimes {
  /** Transaction time: what was known then. */
  readonly asOf?: AsOf
  /** Valid time: what held then, as it is known. */
  readonly validAsOf?: TimeInput
}

export interface WriteReceipt extends Receipt {
  readonly id: RecordId
}

export interface DeleteReceipt extends Receipt {
  /** Whether the record was there. */
  readonly isDeleted: boolean
}

/** A commit, or a record as it is or was: then the version that was in force. */
export type ProofSubject =
  | { readonly seq: number }
  | { readonly record: IdInput; readonly asOf?: AsOf | undefined }

/** With `asOf` or `validAsOf` nothing can be written. */
export interface QueryOptions extends ReadTimes {
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

/** How often answers that were kept for repeated requests are looked through. */
const sweepEveryMs = 10 * 60 * 1_000

export class Database implements DatabaseHost {
  readonly name: string
  /** Given once, when the database was made. */
  readonly id: string
  /** Hash function of its chain. */
  readonly hash: HashName
  readonly #core: DatabaseCore
  readonly #engine: QueryHost
  readonly #onClose: (closed: Promise<void>) => void
  #closed: Promise<void> | undefined
  readonly #builder: IndexBuilder
  readonly #garbage: GarbageCollector
  readonly #proofs: DatabaseProofs
  readonly #stopListening: () => void
  readonly #sweeping: NodeJS.Timeout

  /** Made by the engine; see `openEngine`. */
  constructor(
    core: DatabaseCore,
    engine: QueryHost,
    signer: CheckpointSigner,
    onClose: (closed: Promise<void>) => void,
  ) {
    this.name = core.name
    this.id = core.format.databaseId
    this.hash = core.hash.name
    this.#core = core
    this.#engine = engine
    this.#onClose = onClose
    this.#builder = new IndexBuilder(core)
    this.#garbage = new GarbageCollector(core)
    this.#proofs = new DatabaseProofs(core, signer)
    this.#builder.resume()
    this.#garbage.run()
    this.#sweeping = setInterval(() => this.#garbage.run(), sweepEveryMs).unref()
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
    return runQuery(this.#engine, this.#session(options), text, fromUntrusted(vars) as ValueObject)
  }

  /**
   * Runs a query of NQL. Rows are copies that are yours.
   * @throws NQL_SYNTAX, and the errors of queries
   * @example const { rows } = await shop.nql('FROM product WHERE price < 20 ORDER BY price LIMIT 3')
   */
  async nql(text: string, options: QueryOptions = {}): Promise<NqlAnswer> {
    return copyRows(await runNql(this.#engine, this.#session(options), text))
  }

  /**
   * A query of NQL, clause by clause.
   * @example await shop.from('product').where('price', '<', 20).orderBy('price').limit(3).rows()
   */
  from(collection: string, options: QueryOptions = {}): QueryBuilder {
    return new QueryBuilder({ from: collection }, async (query) => {
      return copyRows(await runNql(this.#engine, this.#session(options), query))
    })
  }

  /**
   * The record with its `id`, a copy that is yours; `undefined` when there is none.
   * @example await shop.get('product:1', { asOf: { seq: 12 } })
   * @example await shop.get('rate:eur', { validAsOf: '2026-03-01' })
   */
  async get(id: IdInput, times: ReadTimes = {}): Promise<ValueObject | undefined> {
    const recordId = toId(id)
    const isNow = times.asOf === undefined && times.validAsOf === undefined
    const record =
      (isNow ? this.#core.cachedRecord(recordId) : undefined) ?? (await this.#read(recordId, times))
    return record === undefined ? undefined : (copyValue(record.value) as ValueObject)
  }

  /**
   * Creates or replaces the record; durable once it resolves. `options` say who writes and why, on what
   * condition, and when the version holds: without `validFrom` and `validTo` it always does.
   * @throws INDEX_UNIQUE_VIOLATION, LEDGER_RECORD_TOO_LARGE, LEDGER_VALID_TIME_INVALID, LEDGER_PRECONDITION,
   * LEDGER_REPLAY_MISMATCH, LEDGER_NONCE_STALE, VALUE_*
   * @example await bank.put('rate:eur', { percent: 5 }, { validFrom: '2026-01-01', validTo: '2026-12-31' })
   */
  async put(
    id: IdInput,
    fields: Readonly<Record<string, unknown>>,
    options?: RecordWriteOptions & ValidTime,
  ): Promise<WriteReceipt> {
    const recordId = toId(id)
    const value = toFields(fields)
    const { validFrom, validTo, ...rest } = options ?? {}
    const valid = toPutOptions({ validFrom, validTo })
    const write = (tx: WriteTx) => tx.put(recordId, value, valid)
    const request = ['put', recordId, value, valid?.validFrom, valid?.validTo]
    const { receipt } = await this.#writeRecord(recordId, request, write, options && rest)
    return { id: recordId, ...receipt }
  }

  /** Deletes the record and the edges that touch it; its history stays. */
  async delete(id: IdInput, options?: RecordWriteOptions): Promise<DeleteReceipt> {
    const recordId = toId(id)
    const write = (tx: WriteTx) => tx.delete(recordId)
    const { result, receipt } = await this.#writeRecord(recordId, ['delete', recordId], write, options)
    return { isDeleted: result, ...receipt }
  }

  #writeRecord<T>(
    id: RecordId,
    request: Value,
    write: (tx: WriteTx) => MaybePromise<T>,
    options: RecordWriteOptions | undefined,
  ): Promise<WriteAnswer<T>> {
    if (options === undefined) return this.#core.write(write, pointWrite)
    const { ifSeq, ...meta } = options
    const work = (tx: WriteTx) =>
      ifSeq === undefined ? write(tx) : chain(tx.expectSeq(id, ifSeq), () => write(tx))
    return this.#core.write(work, { ...pointWrite, meta, request: [request, ifSeq] })
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
      const { ifSeq } = operation
      if ('delete' in operation) return { id: toId(operation.delete), ifSeq }
      const { put, fields } = operation
      return { id: toId(put), fields: toFields(fields), valid: toPutOptions(operation), ifSeq }
    })
    const work = async (tx: WriteTx) => {
      for (const { id, ifSeq } of steps) if (ifSeq !== undefined) await tx.expectSeq(id, ifSeq)
      for (const { id, fields, valid } of steps) {
        await (fields === undefined ? tx.delete(id) : tx.put(id, fields, valid))
      }
    }
    const request = steps.map(({ id, fields, valid, ifSeq }) => [
      id,
      fields,
      valid?.validFrom,
      valid?.validTo,
      ifSeq,
    ])
    const { receipt } = await this.write(work, meta === undefined ? {} : { meta, request })
    return receipt
  }

  /**
   * Runs `work` as one serialisable transaction. It may be run again when it loses a race, so it must have no
   * effects outside `tx`. With an idempotency key its result has to be a value, and whoever repeats the key
   * is given it instead of another run.
   * @example
   * await shop.transaction(async (tx) => {
   *   const stock = await tx.getRecord(id)
   *   await tx.put(id, { ...stock.value, count: stock.value.count - 1 })
   * })
   */
  transaction<T>(work: (tx: WriteTx) => MaybePromise<T>, meta?: WriteMeta): Promise<WriteAnswer<T>> {
    return this.write(work, meta === undefined ? {} : { meta })
  }

  /** The newest acknowledged commit: its number, and the hash that stands for all history up to it. */
  head(): Receipt {
    return this.#core.head()
  }

  /**
   * What a commit says of itself, what it wrote and what it led to; `undefined` when there is no such commit.
   * @example const { causedBy, evidence } = await shop.commitInfo(12)
   */
  commitInfo(seq: number): Promise<CommitDetails | undefined> {
    return this.#onView(undefined, (view) => readCommit(view, seq))
  }

  /**
   * The versions of a record, newest first, with the commits that wrote them.
   * @example const [latest, before] = await shop.history('product:1', { limit: 2 })
   */
  history(
    id: IdInput,
    options: { readonly limit?: number; readonly asOf?: AsOf } = {},
  ): Promise<HistoryEntry[]> {
    const { limit = Number.MAX_SAFE_INTEGER, asOf } = options
    return this.#onView(asOf, (view) => readHistory(view, toId(id), limit))
  }

  /** Checks every commit, version, record and index entry against the chain. */
  verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    return verifyStore(this.#core.store, options)
  }

  /** Checks the log alone: every commit and its contents, and the tree over them. */
  verifyChain(): Promise<ChainReport> {
    return verifyLog(this.#core.store)
  }

  /** Checks one commit, its contents, and that what follows stands on it. @throws PROOF_SEQ_UNKNOWN */
  async verifyCommit(seq: number): Promise<CommitReport> {
    const { hash } = this.#core
    const { snapshot: reader, manifest, release } = await this.#core.holdSnapshot()
    try {
      checkSeq(seq, 1, manifest.seq)
      return await verifyCommit({ reader, hash, manifest, seq })
    } finally {
      release()
    }
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
   * A proof, for people without access to the database, that a commit is part of its history, or that a
   * record had these contents in it. Hand it on as JSON; `verifyProof` checks it.
   * @throws PROOF_SEQ_UNKNOWN, PROOF_RECORD_UNKNOWN, PROOF_VERSION_ERASED, LEDGER_AS_OF_UNKNOWN,
   * KEYS_UNREADABLE
   * @example await shop.proof({ record: 'product:1', asOf: { seq: 12 } })
   */
  async proof(subject: ProofSubject, options: ProofOptions = {}): Promise<ProofFile> {
    if ('seq' in subject) return this.#proofs.commit(subject.seq, options)
    return this.#proofs.record(toId(subject.record), subject.asOf, options)
  }

  /**
   * Proofs of a record's newest versions, at most `limit` of them, newest first; of a version that was
   * erased, of its commit. None when the record never existed.
   */
  async versionProofs(record: IdInput, limit: number): Promise<ProofFile[]> {
    return this.#proofs.versions(toId(record), limit)
  }

  /**
   * A proof that the first `fromSize` commits are still the first of `toSize` (default: all): that nothing
   * was changed or taken away since. @throws PROOF_SEQ_UNKNOWN, KEYS_UNREADABLE
   */
  consistency(fromSize: number, toSize?: number): Promise<ProofFile> {
    return this.#proofs.consistency(fromSize, toSize)
  }

  /**
   * What the database says its history is, signed; of the first `size` commits, or of all. Two of one size
   * are the same. @throws PROOF_SEQ_UNKNOWN, KEYS_UNREADABLE
   */
  checkpoint(size?: number): Promise<DatabaseCheckpoint> {
    return this.#proofs.checkpoint(size)
  }

  /** Heads of the commits `from` to `to`, in order, in chunks. @throws PROOF_SEQ_UNKNOWN, LEDGER_CORRUPT */
  heads(from: number, to: number): AsyncIterable<readonly Uint8Array[]> {
    return this.#proofs.heads(from, to)
  }

  /**
   * The public key that checks checkpoints; hand it on a way that its receiver trusts. @throws
   * KEYS_UNREADABLE
   */
  checkpointKey(): Promise<string> {
    return this.#proofs.publicKey()
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

  write<T>(work: (tx: WriteTx) => MaybePromise<T>, options?: WriteOptions): Promise<WriteAnswer<T>> {
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

  #session({ asOf, validAsOf, session }: QueryOptions): Session {
    return {
      isRoot: true,
      isSystem: false,
      ...session,
      database: this.name,
      ...(asOf && { asOf }),
      ...(validAsOf !== undefined && { validAsOf: toTime(validAsOf) }),
    }
  }

  #read(id: RecordId, { asOf, validAsOf }: ReadTimes): Promise<StoredRecord | undefined> {
    const instant = validAsOf === undefined ? undefined : toTime(validAsOf)
    return this.#onView(asOf, (view) => (instant === undefined ? view : viewAt(view, instant)).getRecord(id))
  }

  async #onView<T>(asOf: AsOf | undefined, read: (view: ReadView) => MaybePromise<T>): Promise<T> {
    const view = await this.#core.view(asOf)
    try {
      return await read(view)
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
    clearInterval(this.#sweeping)
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

const pointWrite: WriteOptions = { isPoint: true }

function toPutOptions({ validFrom, validTo }: { [Bound in keyof ValidTime]: ValidTime[Bound] | undefined }) {
  if (validFrom === undefined && validTo === undefined) return undefined
  return { validFrom: fromUntrusted(validFrom), validTo: fromUntrusted(validTo) } satisfies PutOptions
}

function copyRows(answer: NqlAnswer): NqlAnswer {
  return { ...answer, rows: answer.rows.map((row) => copyValue(row) as ValueObject) }
}
