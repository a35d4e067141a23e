/**
 * The methods that read and write records, the same for a database and for each of its branches.
 * Every one acts with the engine owner's rights; to act for somebody else, give `query` a session.
 */

import {
  fromUntrusted,
  limits,
  RecordId,
  typeOf,
  type Value,
  type ValueObject,
  valueErrors,
} from '@dendrodb/protocol'
import type { WriteMeta } from '../ledger/write-meta.ts'
import { holderIn, namedViolation } from '../models/document/unique-holder.ts'
import type { PutOptions, ReadView, StoredRecord, WriteTx } from '../models/model.ts'
import { viewAt } from '../models/valid-time/valid-view.ts'
import type { AsOf, QueryHost, Receipt, WriteAnswer, WriteOptions } from '../query/host.ts'
import type { NqlAnswer } from '../query/nql/create-run-nql.ts'
import type { Session } from '../query/session.ts'
import { type QueryAnswer, runNql, runQuery } from '../run-query.ts'
import { chain } from '../storage/chain.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { copyId, copyValue } from './copy-value.ts'
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

/** With `asOf` or `validAsOf` nothing can be written. */
export interface QueryOptions extends ReadTimes {
  /** Who asks; default: the engine's owner, unless it has an `auth`. */
  readonly session?: Partial<Omit<Session, 'database'>>
}

/** Given to the statements of a transaction that another one, or CANCEL, brought down. */
const echoedCodes: ReadonlySet<string> = new Set(['QUERY_TRANSACTION_FAILED', 'QUERY_TRANSACTION_CANCELLED'])

export interface RecordMethods {
  /**
   * Runs DQL and gives one result per statement.
   * @throws the error of the first statement that failed; those before it have taken effect. Of a transaction
   * that failed, the error of the statement that was the reason.
   * @example await shop.query('SELECT * FROM product WHERE price < $max ORDER BY price', { max: 20 })
   */
  query(text: string, vars?: Readonly<Record<string, unknown>>, options?: QueryOptions): Promise<Value[]>
  /**
   * Runs DQL and gives each statement's result or error, and the newest commit. Results are not to be
   * changed.
   */
  run(text: string, vars?: Readonly<Record<string, unknown>>, options?: QueryOptions): Promise<QueryAnswer>
  /**
   * Runs a query of NQL. Rows are copies that are yours.
   * @throws NQL_SYNTAX, and the errors of queries
   * @example const { rows } = await shop.nql('FROM product WHERE price < 20 ORDER BY price LIMIT 3')
   */
  nql(text: string, options?: QueryOptions): Promise<NqlAnswer>
  /**
   * A query of NQL, clause by clause.
   * @example await shop.from('product').where('price', '<', 20).orderBy('price').limit(3).rows()
   */
  from(collection: string, options?: QueryOptions): QueryBuilder
  /**
   * The record with its `id`, a copy that is yours; `undefined` when there is none.
   * @example await shop.get('product:1', { asOf: { seq: 12 } })
   * @example await shop.get('rate:eur', { validAsOf: '2026-03-01' })
   */
  get(id: IdInput, times?: ReadTimes): Promise<ValueObject | undefined>
  /**
   * Creates or replaces the record; durable once it resolves. `options` say who writes and why, on what
   * condition, and when the version holds: without `validFrom` and `validTo` it always does.
   * @throws INDEX_UNIQUE_VIOLATION, LEDGER_RECORD_TOO_LARGE, LEDGER_VALID_TIME_INVALID, LEDGER_PRECONDITION,
   * LEDGER_REPLAY_MISMATCH, LEDGER_NONCE_STALE, VALUE_*
   * @example await bank.put('rate:eur', { percent: 5 }, { validFrom: '2026-01-01', validTo: '2026-12-31' })
   */
  put(
    id: IdInput,
    fields: Readonly<Record<string, unknown>>,
    options?: RecordWriteOptions & ValidTime,
  ): Promise<WriteReceipt>
  /** Deletes the record and the edges that touch it; its history stays. */
  delete(id: IdInput, options?: RecordWriteOptions): Promise<DeleteReceipt>
  /**
   * Rows of a table.
   * @example await shop.select('product', { where: { category: 'book' }, orderBy: { price: 'desc' }, limit:
   * 10 })
   */
  select(table: string, options?: SelectOptions): Promise<ValueObject[]>
  /** Several changes in one commit: all of them or none. */
  commit(operations: readonly CommitOperation[], meta?: WriteMeta): Promise<Receipt>
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
  transaction<T>(work: (tx: WriteTx) => MaybePromise<T>, meta?: WriteMeta): Promise<WriteAnswer<T>>
}

/** What records are read from and written to. */
export interface RecordScope {
  view(asOf?: AsOf): MaybePromise<ReadView>
  write<T>(work: (tx: WriteTx) => MaybePromise<T>, options?: WriteOptions): Promise<WriteAnswer<T>>
  /** A read of the newest version without a view. */
  record?(id: RecordId): MaybePromise<StoredRecord | undefined>
}

export class RecordCalls implements RecordMethods {
  readonly #scope: RecordScope
  readonly #engine: QueryHost
  readonly #place: Pick<Session, 'database' | 'branch'>

  constructor(scope: RecordScope, engine: QueryHost, place: Pick<Session, 'database' | 'branch'>) {
    this.#scope = scope
    this.#engine = engine
    this.#place = place
  }

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

  run(
    text: string,
    vars: Readonly<Record<string, unknown>> = {},
    options: QueryOptions = {},
  ): Promise<QueryAnswer> {
    // Each of them is a value of its own, and may be as deep as any.
    const given = fromUntrusted(vars, limits.depthMax + 1) as ValueObject
    return runQuery(this.#engine, this.#session(options), text, given)
  }

  async nql(text: string, options: QueryOptions = {}): Promise<NqlAnswer> {
    return copyRows(await runNql(this.#engine, this.#session(options), text))
  }

  from(collection: string, options: QueryOptions = {}): QueryBuilder {
    return new QueryBuilder({ from: collection }, async (query) => {
      return copyRows(await runNql(this.#engine, this.#session(options), query))
    })
  }

  async get(id: IdInput, times: ReadTimes = {}): Promise<ValueObject | undefined> {
    const recordId = toId(id)
    const isNow = times.asOf === undefined && times.validAsOf === undefined
    const scope = this.#scope
    const found = isNow && scope.record !== undefined ? scope.record(recordId) : this.#read(recordId, times)
    const record = found instanceof Promise ? await found : found
    return record === undefined ? undefined : (copyValue(record.value) as ValueObject)
  }

  async put(
    id: IdInput,
    fields: Readonly<Record<string, unknown>>,
    options?: RecordWriteOptions & ValidTime,
  ): Promise<WriteReceipt> {
    const recordId = toId(id)
    const value = toFields(fields)
    const { validFrom, validTo, ...rest } = options ?? {}
    const valid = toPutOptions({ validFrom, validTo })
    const write = (tx: WriteTx) => namedPut(tx, recordId, value, valid)
    const request = ['put', recordId, value, valid?.validFrom, valid?.validTo]
    const { receipt } = await this.#writeRecord(recordId, request, write, options && rest)
    return { id: recordId, ...receipt }
  }

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
    if (options === undefined) return this.#scope.write(write, pointWrite)
    const { ifSeq, ...meta } = options
    const work = (tx: WriteTx) =>
      ifSeq === undefined ? write(tx) : chain(tx.expectSeq(id, ifSeq), () => write(tx))
    return this.#scope.write(work, { ...pointWrite, meta, request: [request, ifSeq] })
  }

  async select(table: string, options: SelectOptions = {}): Promise<ValueObject[]> {
    const { text, vars } = selectStatement(table, options)
    const [rows] = await this.query(text, vars)
    return rows as unknown as ValueObject[]
  }

  async commit(operations: readonly CommitOperation[], meta?: WriteMeta): Promise<Receipt> {
    const steps = operations.map(toStep)
    const work = async (tx: WriteTx) => {
      for (const { id, fields, valid, ifSeq } of steps) {
        if (ifSeq !== undefined) await tx.expectSeq(id, ifSeq)
        const done = fields === undefined ? tx.delete(id) : namedPut(tx, id, fields, valid)
        if (done instanceof Promise) await done
      }
    }
    const { receipt } = await this.#scope.write(
      work,
      meta === undefined ? {} : { meta, request: steps.map(requestOf) },
    )
    return receipt
  }

  transaction<T>(work: (tx: WriteTx) => MaybePromise<T>, meta?: WriteMeta): Promise<WriteAnswer<T>> {
    return this.#scope.write(work, meta === undefined ? {} : { meta })
  }

  #session({ asOf, validAsOf, session }: QueryOptions): Session {
    return {
      // Whoever acts for somebody, even for somebody who was not found, does not act with the owner's rights.
      isRoot: session === undefined || !('auth' in session),
      isSystem: false,
      ...session,
      ...this.#place,
      ...(asOf && { asOf }),
      ...(validAsOf !== undefined && { validAsOf: toTime(validAsOf) }),
    }
  }

  #read(id: RecordId, { asOf, validAsOf }: ReadTimes): Promise<StoredRecord | undefined> {
    const instant = validAsOf === undefined ? undefined : toTime(validAsOf)
    return this.#onView(asOf, (view) => (instant === undefined ? view : viewAt(view, instant)).getRecord(id))
  }

  async #onView<T>(asOf: AsOf | undefined, read: (view: ReadView) => MaybePromise<T>): Promise<T> {
    const view = await this.#scope.view(asOf)
    try {
      return await read(view)
    } finally {
      view.close()
    }
  }
}

/** The owner of the engine may see every record: a unique index says whose value it is. */
function namedPut(tx: WriteTx, id: RecordId, fields: ValueObject, valid?: PutOptions): MaybePromise<void> {
  const name = (error: unknown): never => {
    const holder = holderIn(error)
    throw holder === undefined ? error : namedViolation(holder)
  }
  try {
    const done = tx.put(id, fields, valid)
    return done instanceof Promise ? done.catch(name) : done
  } catch (error) {
    return name(error)
  }
}

/** @throws LITERAL_SYNTAX, VALUE_RECORD_ID */
export function toId(id: IdInput): RecordId {
  if (typeof id === 'string') return RecordId.parse(id)
  const given = id instanceof RecordId ? id : fromUntrusted(id)
  if (!(given instanceof RecordId)) throw valueErrors.RECORD_ID({ type: typeOf(given) })
  return copyId(given)
}

function toFields(fields: Readonly<Record<string, unknown>>): ValueObject {
  return fromUntrusted(fields) as ValueObject
}

const pointWrite: WriteOptions = { isPoint: true }

interface CommitStep {
  readonly id: RecordId
  /** `undefined`: it is deleted. */
  readonly fields?: ValueObject
  readonly valid?: PutOptions | undefined
  readonly ifSeq: number | undefined
}

function toStep(operation: CommitOperation): CommitStep {
  const { ifSeq } = operation
  if ('delete' in operation) return { id: toId(operation.delete), ifSeq }
  const { put, fields } = operation
  return { id: toId(put), fields: toFields(fields), valid: toPutOptions(operation), ifSeq }
}

function toPutOptions({ validFrom, validTo }: { [Bound in keyof ValidTime]: ValidTime[Bound] | undefined }) {
  if (validFrom === undefined && validTo === undefined) return undefined
  return { validFrom: fromUntrusted(validFrom), validTo: fromUntrusted(validTo) } satisfies PutOptions
}

/** What a repeated idempotency key must come with again. */
function requestOf({ id, fields, valid, ifSeq }: CommitStep): Value[] {
  return [id, fields, valid?.validFrom, valid?.validTo, ifSeq]
}

function copyRows(answer: NqlAnswer): NqlAnswer {
  return { ...answer, rows: answer.rows.map((row) => copyValue(row) as ValueObject) }
}
