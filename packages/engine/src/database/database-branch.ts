/**
 * A branch as a library's user holds it: read and written like the database that it is of.
 */

import type { Value, ValueObject } from '@dendrodb/protocol'
import type { WriteMeta } from '../ledger/write-meta.ts'
import { branchErrors } from '../models/branch/branch-errors.ts'
import type { RecordDiff } from '../models/branch/diff-states.ts'
import type { ReadView, WriteTx } from '../models/model.ts'
import type {
  AsOf,
  BranchHost,
  BranchInfo,
  ChangesBetween,
  DatabaseHost,
  QueryHost,
  Receipt,
  SnapshotHost,
  WriteAnswer,
  WriteOptions,
} from '../query/host.ts'
import type { NqlAnswer } from '../query/nql/create-run-nql.ts'
import type { QueryAnswer } from '../run-query.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import type { BranchCore } from './branch-core.ts'
import type { DatabaseCore } from './database-core.ts'
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
import type { HistoryEntry } from './past.ts'
import type { QueryBuilder } from './query-builder.ts'
import {
  type CommitOperation,
  type DeleteReceipt,
  type IdInput,
  type QueryOptions,
  type ReadTimes,
  RecordCalls,
  type RecordMethods,
  type RecordWriteOptions,
  type ValidTime,
  type WriteReceipt,
} from './record-calls.ts'
import type { SelectOptions } from './select-statement.ts'

export class DatabaseBranch implements DatabaseHost, RecordMethods, HistoryMethods {
  /** Of the database. */
  readonly name: string
  readonly branchName: string
  readonly branches: BranchHost
  readonly snapshots: SnapshotHost
  readonly #core: DatabaseCore
  readonly #branch: BranchCore
  readonly #records: RecordCalls
  readonly #past: HistoryCalls

  /** Made by `database.branch`. */
  constructor(
    core: DatabaseCore,
    branch: BranchCore,
    { branches, snapshots }: { readonly branches: BranchHost; readonly snapshots: SnapshotHost },
    engine: QueryHost,
  ) {
    this.name = core.name
    this.branchName = branch.name
    this.branches = branches
    this.snapshots = snapshots
    this.#past = new HistoryCalls(this)
    this.#core = core
    this.#branch = branch
    this.#records = new RecordCalls(branch, engine, { database: core.name, branch: branch.name })
  }

  /** @throws BRANCH_UNKNOWN when it was removed */
  info(): BranchInfo {
    return this.branches.info(this.branchName)
  }

  async query(
    text: string,
    vars?: Readonly<Record<string, unknown>>,
    options?: QueryOptions,
  ): Promise<Value[]> {
    this.#branch.check()
    return this.#records.query(text, vars, options)
  }

  async run(
    text: string,
    vars?: Readonly<Record<string, unknown>>,
    options?: QueryOptions,
  ): Promise<QueryAnswer> {
    this.#branch.check()
    return this.#records.run(text, vars, options)
  }

  nql(text: string, options?: QueryOptions): Promise<NqlAnswer> {
    this.#branch.check()
    return this.#records.nql(text, options)
  }

  from(collection: string, options?: QueryOptions): QueryBuilder {
    return this.#records.from(collection, options)
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
    return this.branches.diff(onBranch(this.branchName, between))
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

  view(asOf?: AsOf): Promise<ReadView> {
    return this.#branch.view(asOf)
  }

  write<T>(work: (tx: WriteTx) => MaybePromise<T>, options?: WriteOptions): Promise<WriteAnswer<T>> {
    return this.#branch.write(work, options)
  }

  /** The newest acknowledged commit of the database, on whatever branch. */
  head(): Receipt {
    return this.#core.head()
  }

  /** Indexes are built on main. */
  async waitForIndex(): Promise<void> {}

  indexProgress(): undefined {
    return undefined
  }

  /** @throws BRANCH_DEFINITION */
  async rebuildIndex(): Promise<void> {
    throw branchErrors.DEFINITION({ statement: 'REBUILD INDEX' })
  }
}
