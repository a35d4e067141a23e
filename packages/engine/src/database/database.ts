/**
 * A database as a library's user holds it.
 * Every method acts with the engine owner's rights; to act for somebody else, give `query` a session.
 */

import {
  DbError,
  type HashName,
  type ProofFile,
  type RecordId,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import type { BackupSummary } from '../backup/encode-backup.ts'
import { engineErrors } from '../engine-errors.ts'
import type { CheckpointSigner } from '../keys/checkpoint-signer.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import type { RecordDiff } from '../models/branch/diff-states.ts'
import type { ReadView, WriteTx } from '../models/model.ts'
import type {
  AsOf,
  BranchHost,
  ChangesBetween,
  DatabaseHost,
  ErasureAnswer,
  ErasureOptions,
  IndexProgress,
  QueryHost,
  Receipt,
  SnapshotHost,
  WriteAnswer,
  WriteOptions,
} from '../query/host.ts'
import { mainBranchName } from '../query/host.ts'
import type { NqlAnswer } from '../query/nql/create-run-nql.ts'
import type { QueryAnswer } from '../run-query.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { saveFile } from '../storage/plain-file.ts'
import {
  type ImportCounts,
  RecordImport,
  type ImportOptions as RecordImportOptions,
} from '../transfer/import-records.ts'
import type { CommitReport } from '../verify/verify-commit.ts'
import type { ChainReport, VerifyOptions, VerifyReport } from '../verify/verify-store.ts'
import {
  type BackupStream,
  type BackupStreamOptions,
  endOfBackup,
  openBackupStream,
} from './backup-database.ts'
import { BranchService } from './branch-service.ts'
import { noticeOf } from './commit-notices.ts'
import { DatabaseBranch } from './database-branch.ts'
import type { DatabaseCore } from './database-core.ts'
import { DatabaseJobs } from './database-jobs.ts'
import { type DatabaseCheckpoint, DatabaseProofs, type ProofOptions } from './database-proofs.ts'
import { defineAnew } from './define-anew.ts'
import type { CommitNotice } from './engine-feed.ts'
import { type ExportOptions, type ExportStream, openExportStream } from './export-database.ts'
import type { ScanProgress } from './first-scan.ts'
import type { ForgettingService } from './forgetting-service.ts'
import {
  type BroughtBack,
  type DiffPage,
  type DiffPageOptions,
  HistoryCalls,
  type HistoryMethods,
  type HistoryOptions,
  type Moment,
  onBranch,
} from './history-calls.ts'
import { type ImportOptions, importFile } from './import-file.ts'
import { dropGraceMs } from './limits.ts'
import { changeLink, type LinkReceipt, type NeighborOptions, neighborsOf } from './links.ts'
import { type CommitDetails, type HistoryEntry, readCommit } from './past.ts'
import type { QueryBuilder } from './query-builder.ts'
import {
  findHash,
  type HashedThing,
  type LogEntry,
  type LogOptions,
  newestCommitOf,
  readLogEntries,
} from './read-log-entries.ts'
import {
  type CommitOperation,
  type DeleteReceipt,
  type IdInput,
  type QueryOptions,
  type ReadTimes,
  RecordCalls,
  type RecordMethods,
  type RecordWriteOptions,
  toId,
  type ValidTime,
  type WriteReceipt,
} from './record-calls.ts'
import type { ScannedParts } from './scan-database.ts'
import type { SelectOptions } from './select-statement.ts'
import { SnapshotService } from './snapshot-service.ts'
import { DatabaseVerifier } from './verify-database.ts'

/** A commit, or a record as it is or was: then the version that was in force. */
export type ProofSubject =
  | { readonly seq: number }
  | { readonly record: IdInput; readonly asOf?: AsOf | undefined }

export interface BackupOptions extends Omit<BackupStreamOptions, 'since'> {
  readonly path: string
  /** Only what came after this commit, or after the backup in a file. Default: everything. */
  readonly since?: number | { readonly file: string } | undefined
}

export interface BackupReport extends BackupSummary {
  readonly path: string
  /** Head of the last commit in the backup. */
  readonly head: string
}

export interface DatabaseParts extends ScannedParts {
  readonly engine: QueryHost
  readonly signer: CheckpointSigner
  readonly onClose: (closed: Promise<void>) => void
}

export class Database implements DatabaseHost, RecordMethods, HistoryMethods {
  readonly name: string
  /** Given once, when the database was made. */
  readonly id: string
  /** Hash function of its chain. */
  readonly hash: HashName
  /** Makes, lists, compares, merges and removes branches. */
  readonly branches: BranchHost
  /** Names for moments: makes, lists, restores and removes them. */
  readonly snapshots: SnapshotHost
  /** Erases records for good, and tells how far their bytes are out of the files. */
  readonly forgetting: ForgettingService
  readonly #core: DatabaseCore
  readonly #records: RecordCalls
  readonly #past: HistoryCalls
  readonly #engine: QueryHost
  readonly #onClose: (closed: Promise<void>) => void
  #closed: Promise<void> | undefined
  readonly #jobs: DatabaseJobs
  readonly #proofs: DatabaseProofs
  /** Who must find it open: those who retain it, and verifications that go on. */
  #holders = 0

  /** Made by the engine; see `openEngine`. */
  constructor(parts: DatabaseParts) {
    const { core, engine, signer, onClose } = parts
    this.name = core.name
    this.id = core.format.databaseId
    this.hash = core.hash.name
    this.#core = core
    this.#engine = engine
    this.#onClose = onClose
    this.#records = new RecordCalls(core, engine, { database: core.name })
    this.branches = new BranchService(core, (name) => (name === mainBranchName ? this : this.branch(name)))
    this.snapshots = new SnapshotService(core)
    this.#past = new HistoryCalls(this)
    this.#proofs = new DatabaseProofs(core, signer)
    this.#jobs = new DatabaseJobs(parts, () => this.snapshots.pins())
    this.forgetting = this.#jobs.forgetting
  }

  query(text: string, vars?: Readonly<Record<string, unknown>>, options?: QueryOptions): Promise<Value[]> {
    return this.#records.query(text, vars, options)
  }

  run(text: string, vars?: Readonly<Record<string, unknown>>, options?: QueryOptions): Promise<QueryAnswer> {
    return this.#records.run(text, vars, options)
  }

  nql(text: string, options?: QueryOptions): Promise<NqlAnswer> {
    return this.#records.nql(text, options)
  }

  from(collection: string, options?: QueryOptions): QueryBuilder {
    return this.#records.from(collection, options)
  }

  get(id: IdInput, times?: ReadTimes): Promise<ValueObject | undefined> {
    return this.#records.get(id, times)
  }

  put(
    id: IdInput,
    fields: Readonly<Record<string, unknown>>,
    options?: RecordWriteOptions & ValidTime,
  ): Promise<WriteReceipt> {
    return this.#records.put(id, fields, options)
  }

  delete(id: IdInput, options?: RecordWriteOptions): Promise<DeleteReceipt> {
    return this.#records.delete(id, options)
  }

  select(table: string, options?: SelectOptions): Promise<ValueObject[]> {
    return this.#records.select(table, options)
  }

  commit(operations: readonly CommitOperation[], meta?: WriteMeta): Promise<Receipt> {
    return this.#records.commit(operations, meta)
  }

  transaction<T>(work: (tx: WriteTx) => MaybePromise<T>, meta?: WriteMeta): Promise<WriteAnswer<T>> {
    return this.#records.transaction(work, meta)
  }

  /**
   * The branch of that name, to be read and written like the database itself.
   * @throws BRANCH_UNKNOWN
   * @example
   * await shop.branches.create('sale')
   * await shop.branch('sale').put('product:lamp', { name: 'Lamp', price: 15 })
   */
  branch(name: string): DatabaseBranch {
    return new DatabaseBranch(this.#core, this.#core.branches.open(name), this, this.#engine)
  }

  /**
   * Erases a record for good: every version of it on every branch, its edges, its place in indexes, and what
   * commits said of nothing else. One commit, which says how much went but not what; then the files are
   * rewritten, which `forgetting.status()` tells and `forgetting.settle()` waits for.
   * @throws FORGET_UNKNOWN, FORGET_NOTHING, FORGET_TOO_LARGE, FORGET_SYSTEM_RECORD, FORGET_REASON
   * @example
   * await people.erase('person:alice', { reason: 'asked for it' })
   * await people.forgetting.settle()
   */
  erase(id: IdInput | readonly IdInput[], options?: ErasureOptions): Promise<ErasureAnswer> {
    const ids: readonly IdInput[] = Array.isArray(id) ? id : [id as IdInput]
    return this.forgetting.erase(ids.map(toId), options)
  }

  /** The newest acknowledged commit: its number, and the hash that stands for all history up to it. */
  head(): Receipt {
    return this.#core.head()
  }

  history(id: IdInput, options?: HistoryOptions): Promise<HistoryEntry[]> {
    return this.#past.history(id, options)
  }

  version(id: IdInput, moment: Moment): Promise<HistoryEntry | undefined> {
    return this.#past.version(id, moment)
  }

  restore(id: IdInput, to: Moment, options?: RecordWriteOptions): Promise<BroughtBack> {
    return this.#past.restore(id, to, options)
  }

  undo(id: IdInput, options?: RecordWriteOptions): Promise<BroughtBack> {
    return this.#past.undo(id, options)
  }

  undelete(id: IdInput, options?: RecordWriteOptions): Promise<BroughtBack> {
    return this.#past.undelete(id, options)
  }

  diff(options: DiffPageOptions): Promise<DiffPage> {
    return this.#past.diff(options)
  }

  changes(between: ChangesBetween): AsyncIterable<readonly RecordDiff[]> {
    return this.branches.diff(onBranch(mainBranchName, between))
  }

  /**
   * What a commit says of itself, what it wrote and what it led to, on whatever branch it is; `undefined`
   * when there is no such commit.
   * @example const { causedBy, evidence } = await shop.commitInfo(12)
   */
  async commitInfo(seq: number): Promise<CommitDetails | undefined> {
    const view = await this.#core.view()
    try {
      return await readCommit(view, seq)
    } finally {
      view.close()
    }
  }

  /**
   * What was written, commit by commit, from any commit on or back from the newest; of one moment. Whose
   * contents were erased is there without them.
   * @example for await (const entries of shop.log({ after: 12 })) for (const { seq, changes } of entries) …
   */
  log(options: LogOptions = {}): AsyncIterable<readonly LogEntry[]> {
    return readLogEntries(this.#core, options)
  }

  /** The newest commit that wrote to the table; `undefined`: none did. */
  newestCommitOf(table: string, signal?: AbortSignal): Promise<number | undefined> {
    return newestCommitOf(this.#core, table, signal)
  }

  /** The commit, or the version of a record, that has this hash; `undefined`: nothing does. */
  findHash(hash: string, signal?: AbortSignal): Promise<HashedThing | undefined> {
    return findHash(this.#core, hash, signal)
  }

  /**
   * Joins two records by a relation, unless it joins them already.
   * @throws CATALOG_NOT_A_RELATION when the relation is a table of other records
   * @example await shop.link('product:lamp', 'needs', 'product:bulb')
   */
  link(from: IdInput, relation: string, to: IdInput, meta?: WriteMeta): Promise<LinkReceipt> {
    return changeLink(this.#core, 'link', { from: toId(from), relation, to: toId(to) }, meta)
  }

  /** Takes every link of the relation from the one to the other away. */
  unlink(from: IdInput, relation: string, to: IdInput, meta?: WriteMeta): Promise<LinkReceipt> {
    return changeLink(this.#core, 'unlink', { from: toId(from), relation, to: toId(to) }, meta)
  }

  /** Records that links lead to from this one, each once; with `direction: 'in'`, that they come from. */
  neighbors(id: IdInput, options: NeighborOptions = {}): Promise<RecordId[]> {
    return neighborsOf(this.#core, toId(id), options)
  }

  /** Checks every commit, version, record and index entry against the chain. */
  verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    return this.#verify((verifier) => verifier.whole(options))
  }

  /** Checks the log alone: every commit and its contents, and the tree over them. */
  verifyChain(): Promise<ChainReport> {
    return this.#verify((verifier) => verifier.chain())
  }

  /** Checks one commit, its contents, and that what follows stands on it. @throws PROOF_SEQ_UNKNOWN */
  verifyCommit(seq: number): Promise<CommitReport> {
    return new DatabaseVerifier(this.#core, this.forgetting).commit(seq)
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
  import(options: ImportOptions): Promise<ImportCounts> {
    return importFile(this, options)
  }

  /**
   * A proof, for people without access to the database, that a commit is part of its history, or that a
   * record had these contents in it. Hand it on as JSON; `verifyProof` checks it.
   * @throws PROOF_SEQ_UNKNOWN, PROOF_RECORD_UNKNOWN, PROOF_VERSION_ERASED, LEDGER_AS_OF_UNKNOWN,
   * KEYS_UNREADABLE
   * @example await shop.proof({ record: 'product:1', asOf: { seq: 12 } })
   */
  async proof(subject: ProofSubject, options: ProofOptions = {}): Promise<ProofFile> {
    this.#jobs.requireManifest()
    if ('seq' in subject) return this.#proofs.commit(subject.seq, options)
    return this.#proofs.record(toId(subject.record), subject.asOf, options)
  }

  /**
   * Proofs of a record's newest versions, at most `limit` of them, newest first; of a version whose contents
   * are gone, of its commit. None when the record never existed, or was erased.
   */
  async versionProofs(record: IdInput, limit: number): Promise<ProofFile[]> {
    this.#jobs.requireManifest()
    return this.#proofs.versions(toId(record), limit)
  }

  /**
   * A proof that the first `fromSize` commits are still the first of `toSize` (default: all): that nothing
   * was changed or taken away since. @throws PROOF_SEQ_UNKNOWN, KEYS_UNREADABLE
   */
  async consistency(fromSize: number, toSize?: number): Promise<ProofFile> {
    this.#jobs.requireManifest()
    return this.#proofs.consistency(fromSize, toSize)
  }

  /**
   * What the database says its history is, signed; of the first `size` commits, or of all. Two of one size
   * are the same. @throws PROOF_SEQ_UNKNOWN, KEYS_UNREADABLE
   */
  async checkpoint(size?: number): Promise<DatabaseCheckpoint> {
    this.#jobs.requireManifest()
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
      await this.#jobs.builder.wait(table, index)
    } catch (error) {
      if (error instanceof DbError && error.code === 'INDEX_BUILD_FAILED') {
        await this.#core.write((tx) => tx.removeIndex(table, index))
      }
      throw error
    }
  }

  indexProgress(table: string, index: string): Promise<IndexProgress | undefined> {
    return this.#jobs.builder.progress(table, index)
  }

  async rebuildIndex(table: string, index: string): Promise<void> {
    await defineAnew(this.#core, table, index)
    await this.#jobs.builder.wait(table, index)
  }

  /** How far the first scan is; `undefined`: there is none, or it is over, and writes are taken. */
  get scanProgress(): ScanProgress | undefined {
    return this.#jobs.scan?.progress
  }

  /** Why the first scan has failed, after which only reads are taken; `undefined`: it has not. */
  get scanFailure(): Error | undefined {
    return this.#jobs.scan?.failure
  }

  /** Resolves when the first scan has ended, well or not. */
  async scanned(): Promise<void> {
    await this.#jobs.scan?.settled()
  }

  /** Keeps the engine from closing it to make room, until the function that is given is called, once. */
  retain(): () => void {
    this.#holders += 1
    return () => {
      this.#holders -= 1
    }
  }

  /** Whether nobody reads, writes, follows or retains it, and nothing goes on in the background. */
  get isIdle(): boolean {
    return this.#holders === 0 && this.#core.isIdle(1) && this.#jobs.isIdle
  }

  /** Tells of every commit from now on, in order. Gives the function that ends it. */
  onCommit(listener: (commit: CommitNotice) => void): () => void {
    return this.#core.onCommit((writes) => {
      for (const write of writes) listener(noticeOf(this.#core, write))
    })
  }

  /**
   * Waits for writes in flight and closes the files. The engine opens the database again when it is asked
   * for.
   */
  close(): Promise<void> {
    return this.#closeOnce(() => this.#core.close())
  }

  /** For the engine: what still wants something from it is told that it was dropped. */
  closeForDrop(): Promise<void> {
    const dropped = () => engineErrors.DATABASE_DROPPED({ name: this.name })
    return this.#closeOnce(() => this.#core.close(dropped, dropGraceMs))
  }

  #closeOnce(closeCore: () => Promise<void>): Promise<void> {
    this.#closed ??= this.#close(closeCore)
    this.#onClose(this.#closed)
    return this.#closed
  }

  async #close(closeCore: () => Promise<void>): Promise<void> {
    await this.#jobs.stop()
    await closeCore()
  }

  async #verify<T>(work: (verifier: DatabaseVerifier) => Promise<T>): Promise<T> {
    this.#jobs.requireManifest()
    const release = this.retain()
    try {
      return await work(new DatabaseVerifier(this.#core, this.forgetting))
    } finally {
      release()
    }
  }
}
