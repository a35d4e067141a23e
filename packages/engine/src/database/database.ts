/**
 * A database as a library's user holds it.
 * Every method acts with the engine owner's rights; to act for somebody else, give `query` a session.
 */

import { DbError, type HashName, type Value, type ValueObject } from '@dendrodb/protocol'
import type { WriteMeta } from '../ledger/write-meta.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import type { ReadView, WriteTx } from '../models/model.ts'
import type {
  AsOf,
  BranchHost,
  DatabaseHost,
  IndexProgress,
  QueryHost,
  Receipt,
  WriteAnswer,
  WriteOptions,
} from '../query/host.ts'
import { mainBranchName } from '../query/host.ts'
import type { QueryAnswer } from '../run-query.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { type VerifyOptions, type VerifyReport, verifyStore } from '../verify/verify-store.ts'
import { BranchService } from './branch-service.ts'
import { DatabaseBranch } from './database-branch.ts'
import type { DatabaseCore } from './database-core.ts'
import { GarbageCollector } from './garbage-collector.ts'
import { IndexBuilder } from './index-builder.ts'
import {
  type CommitOperation,
  type DeleteReceipt,
  type IdInput,
  type QueryOptions,
  RecordCalls,
  type RecordMethods,
  type RecordWriteOptions,
  type WriteReceipt,
} from './record-calls.ts'
import type { SelectOptions } from './select-statement.ts'

/** How often answers that were kept for repeated requests are looked through. */
const sweepEveryMs = 10 * 60 * 1_000

export class Database implements DatabaseHost, RecordMethods {
  readonly name: string
  /** Given once, when the database was made. */
  readonly id: string
  /** Hash function of its chain. */
  readonly hash: HashName
  /** Makes, lists, compares, merges and removes branches. */
  readonly branches: BranchHost
  readonly #core: DatabaseCore
  readonly #records: RecordCalls
  readonly #engine: QueryHost
  readonly #onClose: (closed: Promise<void>) => void
  #closed: Promise<void> | undefined
  readonly #builder: IndexBuilder
  readonly #garbage: GarbageCollector
  readonly #stopListening: () => void
  readonly #sweeping: NodeJS.Timeout

  /** Made by the engine; see `openEngine`. */
  constructor(core: DatabaseCore, engine: QueryHost, onClose: (closed: Promise<void>) => void) {
    this.name = core.name
    this.id = core.format.databaseId
    this.hash = core.hash.name
    this.#core = core
    this.#engine = engine
    this.#onClose = onClose
    this.#records = new RecordCalls(core, engine, { database: core.name })
    this.branches = new BranchService(core, (name) => (name === mainBranchName ? this : this.branch(name)))
    this.#builder = new IndexBuilder(core)
    this.#garbage = new GarbageCollector(core)
    this.#builder.resume()
    this.#garbage.run()
    this.#sweeping = setInterval(() => this.#garbage.run(), sweepEveryMs).unref()
    this.#stopListening = core.onCommit((writes) => {
      if (writes.some(({ seq }) => seq === core.catalogs.newest().seq)) this.#builder.resume()
      if (writes.some(({ request }) => request.dropped.length > 0)) this.#garbage.run()
    })
  }

  query(text: string, vars?: Readonly<Record<string, unknown>>, options?: QueryOptions): Promise<Value[]> {
    return this.#records.query(text, vars, options)
  }

  run(text: string, vars?: Readonly<Record<string, unknown>>, options?: QueryOptions): Promise<QueryAnswer> {
    return this.#records.run(text, vars, options)
  }

  get(id: IdInput, options?: { readonly asOf?: AsOf }): Promise<ValueObject | undefined> {
    return this.#records.get(id, options)
  }

  put(
    id: IdInput,
    fields: Readonly<Record<string, unknown>>,
    options?: RecordWriteOptions,
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
    return new DatabaseBranch(this.#core, this.#core.branches.open(name), this.branches, this.#engine)
  }

  /** The newest acknowledged commit: its number, and the hash that stands for all history up to it. */
  head(): Receipt {
    return this.#core.head()
  }

  /** Checks every commit, version, record and index entry against the chain. */
  verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    return verifyStore(this.#core.store, options)
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
