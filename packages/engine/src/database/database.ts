/**
 * A database as a library's user holds it.
 * Every method acts with the engine owner's rights; to act for somebody else, give `query` a session.
 */

import { DbError, fromUntrusted, RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import type { WriteMeta } from '../ledger/write-meta.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import type { PutOptions, ReadView, StoredRecord, WriteTx } from '../models/model.ts'
import { viewAt } from '../models/valid-time/valid-view.ts'
import type { AsOf, DatabaseHost, IndexProgress, QueryHost, Receipt, WriteOptions } from '../query/host.ts'
import type { NqlAnswer } from '../query/nql/create-run-nql.ts'
import type { Session } from '../query/session.ts'
import { type QueryAnswer, runNql, runQuery } from '../run-query.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { type VerifyOptions, type VerifyReport, verifyStore } from '../verify/verify-store.ts'
import { copyValue } from './copy-value.ts'
import type { DatabaseCore } from './database-core.ts'
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

export type CommitOperation =
  | ({ readonly put: IdInput; readonly fields: Readonly<Record<string, unknown>> } & ValidTime)
  | { readonly delete: IdInput }

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

/** With `asOf` or `validAsOf` nothing can be written. */
export interface QueryOptions extends ReadTimes {
  /** Who asks; default: the engine's owner. */
  readonly session?: Partial<Omit<Session, 'database'>>
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
   * Creates or replaces the record; durable once it resolves. `options` say who writes and why, and when the
   * version holds: without `validFrom` and `validTo` it always does.
   * @throws INDEX_UNIQUE_VIOLATION, LEDGER_RECORD_TOO_LARGE, LEDGER_VALID_TIME_INVALID, VALUE_*
   * @example await bank.put('rate:eur', { percent: 5 }, { validFrom: '2026-01-01', validTo: '2026-12-31' })
   */
  async put(
    id: IdInput,
    fields: Readonly<Record<string, unknown>>,
    options?: WriteMeta & ValidTime,
  ): Promise<WriteReceipt> {
    const recordId = toId(id)
    const value = toFields(fields)
    const { validFrom, validTo, ...meta } = options ?? {}
    const valid = toPutOptions({ validFrom, validTo })
    const { receipt } = await this.#core.write(
      (tx) => tx.put(recordId, value, valid),
      pointWrite(options && meta),
    )
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
      return {
        id: toId(operation.put),
        fields: toFields(operation.fields),
        valid: toPutOptions(operation),
      }
    })
    const { receipt } = await this.transaction(async (tx) => {
      for (const { id, fields, valid } of steps) {
        await (fields === undefined ? tx.delete(id) : tx.put(id, fields, valid))
      }
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

function toPutOptions({ validFrom, validTo }: { [Bound in keyof ValidTime]: ValidTime[Bound] | undefined }) {
  if (validFrom === undefined && validTo === undefined) return undefined
  return { validFrom: fromUntrusted(validFrom), validTo: fromUntrusted(validTo) } satisfies PutOptions
}

function copyRows(answer: NqlAnswer): NqlAnswer {
  return { ...answer, rows: answer.rows.map((row) => copyValue(row) as ValueObject) }
}
