/**
 * A database host as simple as the contract allows: maps of records, copied with every commit; indexes
 * computed by sorting when they are asked for.
 * Why: the oracle for the query layer's tests. What it answers is right by inspection, not by any cleverness
 * that the real store may have; conformance cases and property tests run against both.
 */

import { checkDatabaseName } from '../../database/database-name.ts'
import { checkCauses } from '../../ledger/causes.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import { checkWriteMeta } from '../../ledger/write-meta.ts'
import type { ReadView, WriteTx } from '../../models/model.ts'
import type { AsOf, DatabaseHost, IndexProgress, QueryHost, Receipt, WriteOptions } from '../host.ts'
import { MemoryCatalog } from './memory-catalog.ts'
import type { MemoryState } from './memory-state.ts'
import { MemoryTx } from './memory-tx.ts'
import { type MemoryHostOptions, MemoryView } from './memory-view.ts'

export class MemoryHost implements QueryHost {
  readonly #databases = new Map<string, MemoryDatabase>()
  readonly #options: MemoryHostOptions

  constructor(options: MemoryHostOptions = {}) {
    this.#options = options
  }

  database(name: string): MemoryDatabase {
    checkDatabaseName(name)
    let database = this.#databases.get(name)
    if (database === undefined) {
      database = new MemoryDatabase(name, this.#options)
      this.#databases.set(name, database)
    }
    return database
  }

  async databaseNames(): Promise<readonly string[]> {
    return [...this.#databases.keys()].sort()
  }

  async dropDatabase(name: string): Promise<void> {
    this.#databases.delete(name)
  }
}

export class MemoryDatabase implements DatabaseHost {
  readonly name: string
  readonly #options: MemoryHostOptions
  readonly #states: MemoryState[]
  /** What the latest write said about itself. */
  lastMeta: WriteOptions['meta']
  /** How the latest write was to be run. */
  lastWasPoint = false
  #running: Promise<unknown> = Promise.resolve()

  constructor(name: string, options: MemoryHostOptions) {
    this.name = name
    this.#options = options
    this.#states = [
      {
        seq: 0,
        previous: undefined,
        meta: {},
        written: [],
        time: 0n,
        catalog: MemoryCatalog.empty,
        tables: new Map(),
      },
    ]
  }

  view(asOf?: AsOf): ReadView {
    return new MemoryView(this.#stateAt(asOf), this.#options)
  }

  async write<T>(
    work: (tx: WriteTx) => T | Promise<T>,
    options: WriteOptions = {},
  ): Promise<{ readonly result: T; readonly receipt: Receipt }> {
    const turn = this.#running.then(() => this.#writeInTurn(work, options))
    this.#running = turn.catch(() => undefined)
    return turn
  }

  head(): Receipt {
    return receiptOf(this.#newest)
  }

  async waitForIndex(): Promise<void> {}

  indexProgress(table: string, index: string): IndexProgress | undefined {
    const found = this.#newest.catalog.table(table)?.indexes.find((each) => each.name === index)
    if (found === undefined) return undefined
    const rows = this.#newest.tables.get(found.tableId)?.size ?? 0
    return { state: found.state, rowsDone: rows, rowsTotal: rows, failure: undefined }
  }

  async rebuildIndex(): Promise<void> {}

  get #newest(): MemoryState {
    return this.#states[this.#states.length - 1] as MemoryState
  }

  async #writeInTurn<T>(work: (tx: WriteTx) => T | Promise<T>, options: WriteOptions) {
    if (options.meta !== undefined) {
      checkWriteMeta(options.meta)
      checkCauses(options.meta, this.#newest.seq)
    }
    this.lastMeta = options.meta
    this.lastWasPoint = options.isPoint === true
    const tx = new MemoryTx(this.#newest, this.#options)
    const working = work(tx)
    if (options.isPoint === true && this.#options.reads !== 'async' && working instanceof Promise) {
      throw new Error('point work on a sync view gave a promise')
    }
    const result = await working
    if (tx.hasChanged) this.#states.push(tx.commit(BigInt(Date.now()) * 1_000_000n, options.meta ?? {}))
    return { result, receipt: receiptOf(this.#newest) }
  }

  #stateAt(asOf: AsOf | undefined): MemoryState {
    if (asOf === undefined) return this.#newest
    if ('seq' in asOf) {
      const state = this.#states[asOf.seq]
      if (state === undefined) throw ledgerErrors.AS_OF_UNKNOWN({ asked: asOf.seq, newest: this.#newest.seq })
      return { ...state, catalog: state.catalog.withRulesOf(this.#newest.catalog) }
    }
    const nanos = (asOf.instant as { epochNanos(): bigint }).epochNanos()
    const state = this.#states.findLast((each) => each.time <= nanos) ?? (this.#states[0] as MemoryState)
    return { ...state, catalog: state.catalog.withRulesOf(this.#newest.catalog) }
  }
}

function receiptOf({ seq }: MemoryState): Receipt {
  return { seq, head: `memory:${seq}` }
}
