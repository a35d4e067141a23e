/**
 * A branch as a library's user holds it: read and written like the database that it is of.
 */

import type { Value, ValueObject } from '@dendrodb/protocol'
import type { WriteMeta } from '../ledger/write-meta.ts'
import { branchErrors } from '../models/branch/branch-errors.ts'
import type { ReadView, WriteTx } from '../models/model.ts'
import type {
  AsOf,
  BranchHost,
  BranchInfo,
  DatabaseHost,
  QueryHost,
  Receipt,
  WriteAnswer,
  WriteOptions,
} from '../query/host.ts'
import type { NqlAnswer } from '../query/nql/create-run-nql.ts'
import type { QueryAnswer } from '../run-query.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import type { BranchCore } from './branch-core.ts'
import type { DatabaseCore } from './database-core.ts'
import type { HistoryEntry } from './past.ts'
import type { QueryBuilder } from './query-builder.ts'
import {
  type CommitOperation,
  type DeleteReceipt,
  type HistoryOptions,
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

export class DatabaseBranch implements DatabaseHost, RecordMethods {
  /** Of the database. */
  readonly name: string
  readonly branchName: string
  readonly branches: BranchHost
  readonly #core: DatabaseCore
  readonly #branch: BranchCore
  readonly #records: RecordCalls

  /** Made by `database.branch`. */
  constructor(core: DatabaseCore, branch: BranchCore, branches: BranchHost, engine: QueryHost) {
    this.name = core.name
    this.branchName = branch.name
    this.branches = branches
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
    return this.#records.history(id, options)
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
