/**
 * One request: its statements in turn, their parameters, their database, their results.
 */

import { type DbError, toDbError, type Value } from '@dendrodb/protocol'
import type { ReadView, WriteTx } from '../../models/model.ts'
import { viewAt } from '../../models/valid-time/valid-view.ts'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { accessKindOf } from '../access-kind.ts'
import { landed } from '../compile/compile-block.ts'
import type { CompiledExpression, CompiledStatement } from '../compile/compiled.ts'
import {
  type AccessRules,
  type AccessScope,
  EvalContext,
  type RequestContext,
} from '../compile/eval-context.ts'
import { Scope } from '../compile/scope.ts'
import {
  type DatabaseHost,
  mainBranchName,
  type QueryHost,
  type Receipt,
  type WriteOptions,
} from '../host.ts'
import { queryLimits } from '../limits.ts'
import type { PreparedStatement } from '../query-cache.ts'
import { queryErrors } from '../query-errors.ts'
import type { Session } from '../session.ts'
import { branchesOf } from './branch-values.ts'
import { estimateBytes } from './estimate-bytes.ts'
import { shown } from './shown.ts'
import { StatementRun } from './statement-run.ts'
import { runTask } from './task.ts'
import { evaluateMeta, mergeMeta } from './write-meta.ts'

export type StatementResult =
  | { readonly status: 'ok'; readonly result: Value; readonly timeMs: number }
  | { readonly status: 'error'; readonly error: DbError; readonly timeMs: number }

/** A result, and how much of the request's memory it takes. */
interface Measured {
  readonly value: Value
  readonly bytes: number
}

export interface RequestOptions {
  readonly host: QueryHost
  readonly session: Session
  readonly rules: AccessRules
  readonly vars?: Readonly<Record<string, Value>>
}

export class RequestRun implements RequestContext {
  readonly session: Session
  readonly host: QueryHost
  readonly authValue: Value
  readonly ruleAccess: AccessScope
  readonly access: AccessScope
  readonly scope: Scope
  readonly results: StatementResult[] = []
  receipt: Receipt | undefined
  database: string
  branch: string
  hasClosures = false
  #host: DatabaseHost | undefined
  /** Why the session is nowhere: its last USE failed. */
  #lost: DbError | undefined
  #resultBytes = 0
  #sliceEndsAt = performance.now() + queryLimits.sliceMsMax

  constructor({ host, session, rules, vars }: RequestOptions) {
    this.host = host
    this.session = session
    this.database = session.database
    this.branch = session.branch ?? mainBranchName
    this.access = rules.scopeOf(accessKindOf(session))
    this.ruleAccess = rules.scopeOf('unrestricted')
    this.authValue = authValueOf(session)
    this.scope = new Scope(session.vars === undefined ? undefined : new Scope(undefined, session.vars), vars)
  }

  get sessionValue(): Value {
    return {
      ...this.session.info,
      db: this.database,
      branch: this.branch,
      roles: this.session.auth?.roles ?? [],
    }
  }

  /** Goes to another database, or to a branch: main unless another is named. */
  async enter(name: string, branch = mainBranchName): Promise<void> {
    this.#host = onBranch(await this.host.database(name), branch)
    this.#lost = undefined
    this.database = name
    this.branch = branch
  }

  /** Could not go where it was told to: what follows was meant for there. */
  lose(error: unknown): void {
    this.#lost = queryErrors.USE_FAILED({ reason: toDbError(error).message })
  }

  /** The database that statements run in, opened when the first one does. */
  openDatabase(): MaybePromise<DatabaseHost> {
    if (this.#lost !== undefined) throw this.#lost
    if (this.#host !== undefined) return this.#host
    return chain(this.host.database(this.database), (opened) => {
      this.#host = onBranch(opened, this.branch)
      return this.#host
    })
  }

  /** A fresh run of a statement, whose time counts from `startedAt`. */
  createRun(startedAt: number, canWait: boolean, heldBytes = this.heldBytes): StatementRun {
    const { limits, signal } = this.session
    return new StatementRun(
      {
        timeoutMs: limits?.timeoutMs ?? queryLimits.statementTimeoutMs,
        memoryBytes: this.#memoryBytes,
        resultRows: limits?.resultRows ?? Number.POSITIVE_INFINITY,
        signal,
        canWait,
        heldBytes,
      },
      startedAt,
    )
  }

  get #memoryBytes(): number {
    return this.session.limits?.memoryBytes ?? queryLimits.statementMemoryBytes
  }

  /** What the statements so far have left: their results, and the parameters that they have set. */
  get heldBytes(): number {
    return this.#resultBytes + this.scope.ownBytes
  }

  /**
   * Bytes of a result that joins what is held already, and is no closure. @throws QUERY_MEMORY_EXCEEDED
   */
  measure(result: Value, run: StatementRun, heldBytes = this.heldBytes): Measured {
    const room = this.#memoryBytes - heldBytes
    const bytes = run.resultBytes(shown(result, this)) ?? estimateBytes(result, room)
    if (bytes > room) throw queryErrors.MEMORY_EXCEEDED({ bytes: this.#memoryBytes })
    return { value: result, bytes }
  }

  /** Whose turn it is: a promise when others have waited for as long as a slice. */
  turn(): Promise<void> | undefined {
    if (performance.now() < this.#sliceEndsAt) return undefined
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#sliceEndsAt = performance.now() + queryLimits.sliceMsMax
    })
  }

  createContext(
    database: DatabaseHost,
    view: ReadView,
    tx: WriteTx | undefined,
    scope: Scope,
    run: StatementRun,
  ): EvalContext {
    return new EvalContext({
      run,
      request: this,
      database,
      view,
      tx,
      access: this.access,
      scope,
      parent: undefined,
      document: undefined,
      recursion: undefined,
      depth: 0,
    })
  }

  succeed(result: Value, startedAt: number): void {
    this.results.push({ status: 'ok', result, timeMs: performance.now() - startedAt })
  }

  /** Results of a transaction, which are reported by it. */
  holdResults(bytes: number): void {
    this.#resultBytes += bytes
  }

  #keep({ value, bytes }: Measured, startedAt: number): void {
    this.#resultBytes += bytes
    this.succeed(value, startedAt)
  }

  fail(error: unknown, startedAt: number): void {
    this.results.push({ status: 'error', error: toDbError(error), timeMs: performance.now() - startedAt })
  }

  /** Runs a statement and keeps its result; a promise only where it had to wait. */
  runStatement(prepared: Pick<PreparedStatement, 'compiled'>): MaybePromise<void> {
    const startedAt = performance.now()
    try {
      const { compiled } = prepared
      const result = compiled.isWrite ? this.#write(compiled, startedAt) : this.#read(compiled, startedAt)
      if (!(result instanceof Promise)) return this.#keep(result, startedAt)
      return result.then(
        (measured) => this.#keep(measured, startedAt),
        (error: unknown) => this.fail(error, startedAt),
      )
    } catch (error) {
      this.fail(error, startedAt)
    }
  }

  #read(statement: CompiledStatement, startedAt: number): MaybePromise<Measured> {
    const database = this.openDatabase()
    if (database instanceof Promise)
      return database.then((host) => this.#readFrom(host, statement, startedAt))
    return this.#readFrom(database, statement, startedAt)
  }

  #readFrom(database: DatabaseHost, statement: CompiledStatement, startedAt: number): MaybePromise<Measured> {
    const view = this.#viewOf(database)
    if (view instanceof Promise) {
      return view.then((opened) => this.#readOn(database, opened, statement, startedAt))
    }
    return this.#readOn(database, view, statement, startedAt)
  }

  #viewOf(database: DatabaseHost): MaybePromise<ReadView> {
    const { asOf, validAsOf } = this.session
    const view = database.view(asOf)
    return validAsOf === undefined ? view : chain(view, (opened) => viewAt(opened, validAsOf))
  }

  #readOn(
    database: DatabaseHost,
    view: ReadView,
    statement: CompiledStatement,
    startedAt: number,
  ): MaybePromise<Measured> {
    let isPending = false
    try {
      const run = this.createRun(startedAt, true)
      run.check()
      const ctx = this.createContext(database, view, undefined, this.scope, run)
      const result = runTask(landed(statement.run(undefined, ctx)))
      if (!(result instanceof Promise)) return this.measure(result, run)
      isPending = true
      return result.then((value) => this.measure(value, run)).finally(() => view.close())
    } finally {
      if (!isPending) view.close()
    }
  }

  async #write(statement: CompiledStatement, startedAt: number): Promise<Measured> {
    this.checkWritable()
    const database = await this.openDatabase()
    const meta = await this.metaFor([statement], database)
    const isPoint = this.access.isUnrestricted && statement.isPoint?.(this.scope) === true
    const { result, receipt } = await database.write(
      (tx) => {
        const scope = this.scope.fork()
        const run = this.createRun(startedAt, !isPoint)
        run.sole = statement
        run.check()
        const ctx = this.createContext(database, tx, tx, scope, run)
        const value = runTask(landed(statement.run(undefined, ctx)))
        const done = (found: Value) => ({ measured: this.measure(found, run), scope, run })
        return value instanceof Promise ? value.then(done) : done(value)
      },
      this.writeOptions(meta, isPoint),
    )
    this.scope.adopt(result.scope)
    this.receipt = receipt
    for (const wait of result.run.afterCommit) await wait()
    return result.measured
  }

  /** @throws QUERY_NESTED_WRITE */
  checkWritable(): void {
    const { asOf, validAsOf } = this.session
    if (asOf === undefined && validAsOf === undefined) return
    throw queryErrors.NESTED_WRITE({ statement: 'a write', place: 'a read as of a time' })
  }

  /** An expression of a statement that is no transaction of the session's. */
  async evaluate(expression: CompiledExpression): Promise<Value> {
    const database = await this.openDatabase()
    const view = await database.view()
    try {
      const run = this.createRun(performance.now(), true)
      const ctx = this.createContext(database, view, undefined, this.scope, run)
      return await expression.evaluate(undefined, ctx)
    } finally {
      view.close()
    }
  }

  writeOptions(meta: WriteOptions['meta'], isPoint: boolean): WriteOptions {
    const { signal } = this.session
    return { ...(meta && { meta }), ...(isPoint && { isPoint }), ...(signal && { signal }) }
  }

  /** What the statements' write says about itself, evaluated before it begins: a commit has one set of it. */
  async metaFor(statements: readonly CompiledStatement[], database: DatabaseHost) {
    let meta = this.session.meta
    for (const { meta: clause } of statements) {
      if (clause === undefined) continue
      const view = await database.view()
      try {
        const run = this.createRun(performance.now(), true)
        const ctx = this.createContext(database, view, undefined, this.scope, run)
        meta = mergeMeta(meta, await runTask(evaluateMeta(clause, ctx)))
      } finally {
        view.close()
      }
    }
    return meta
  }
}

function onBranch(database: DatabaseHost, branch: string): DatabaseHost {
  return branch === mainBranchName ? database : branchesOf(database).open(branch)
}

function authValueOf({ auth }: Session): Value {
  return auth && { ...auth.claims, id: auth.id, roles: auth.roles }
}
