/**
 * BEGIN … COMMIT: the statements in between as one transaction, run again as a whole when it loses a race.
 * When one fails nothing is written, and all of them answer with an error that says which one it was. RETURN
 * ends the transaction early and successfully: what follows it is not run.
 */

import { toDbError, type Value } from '@dendrodb/protocol'
import type { WriteTx } from '../../models/model.ts'
import { chain } from '../../storage/chain.ts'
import { type CompiledStatement, Jump } from '../compile/compiled.ts'
import type { Scope } from '../compile/scope.ts'
import { type AnyNode, someNode } from '../compile/walk.ts'
import { queryLimits } from '../limits.ts'
import type { PreparedStatement, PreparedText } from '../query-cache.ts'
import { queryErrors } from '../query-errors.ts'
import { nestedWrite, ownKinds } from './own-kinds.ts'
import type { RequestRun } from './request-run.ts'
import { runTask, type Task } from './task.ts'

/** Runs the transaction that begins at `begin`; gives the place of its end. */
export async function runTransaction(
  request: RequestRun,
  text: PreparedText,
  begin: number,
): Promise<number> {
  const startedAt = performance.now()
  const end = endOf(text, begin)
  const body = text.slice(begin + 1, end)
  const ending = text[end]?.statement.kind
  request.succeed(undefined, startedAt)
  if (ending !== 'commit') {
    const reason = ending === 'cancel' ? 'CANCEL ends it' : 'the text ends without COMMIT'
    for (const _ of body) refuse(request, queryErrors.TRANSACTION_CANCELLED({ reason }), startedAt)
    if (ending === 'cancel') request.succeed(undefined, startedAt)
    return end
  }
  // Statements are numbered within the text, from 1.
  await commitStatements(request, { body, firstNumber: begin + 2, hasCommit: true })
  return end
}

export interface TransactionBody {
  readonly body: PreparedText
  /** Of its first statement within the text. */
  readonly firstNumber: number
  /** COMMIT has a result of its own. */
  readonly hasCommit: boolean
  /** The request as a value, where it is protected against being carried out twice. */
  readonly asked?: Value
}

/** Runs the statements as one transaction. */
export async function commitStatements(request: RequestRun, transaction: TransactionBody): Promise<void> {
  const { body, hasCommit, asked } = transaction
  const startedAt = performance.now()
  try {
    const outcomes = await new Transaction(request, body, asked).commit()
    for (const { value, timeMs } of outcomes) request.results.push({ status: 'ok', result: value, timeMs })
    if (hasCommit) request.succeed(undefined, startedAt)
  } catch (error) {
    reportFailure(request, error, transaction, startedAt)
  }
}

/** The COMMIT or CANCEL that ends the transaction, or the end of the text. */
function endOf(text: PreparedText, begin: number): number {
  for (let i = begin + 1; i < text.length; i += 1) {
    const { kind } = (text[i] as PreparedStatement).statement
    if (kind === 'commit' || kind === 'cancel') return i
  }
  return text.length
}

/** An error of the statement at `index`. Never leaves this file. */
class FailedStatement extends Error {
  readonly index: number

  constructor(index: number, cause: unknown) {
    super('statement failed', { cause })
    this.index = index
  }
}

/** What kept the commit from being made is the failure of COMMIT, or without one of every statement. */
function reportFailure(
  request: RequestRun,
  error: unknown,
  { body, firstNumber, hasCommit }: TransactionBody,
  startedAt: number,
): void {
  const isOfStatement = error instanceof FailedStatement
  const cause = toDbError(isOfStatement ? error.cause : error)
  const failed = isOfStatement ? error.index : hasCommit ? body.length : undefined
  const results = body.length + (hasCommit ? 1 : 0)
  for (let i = 0; i < results; i += 1) {
    const isCause = failed === undefined || i === failed
    const number = firstNumber + (failed ?? 0)
    const echo = queryErrors.TRANSACTION_FAILED({ number, reason: cause.message })
    refuse(request, isCause ? cause : echo, startedAt)
  }
}

function refuse(request: RequestRun, error: ReturnType<typeof toDbError>, startedAt: number): void {
  request.results.push({ status: 'error', error, timeMs: performance.now() - startedAt })
}

interface Outcome {
  readonly value: Value
  readonly timeMs: number
}

interface Ran {
  readonly outcomes: readonly Outcome[]
  readonly scope: Scope
  readonly resultBytes: number
}

class Transaction {
  readonly #request: RequestRun
  readonly #body: PreparedText
  readonly #asked: Value

  constructor(request: RequestRun, body: PreparedText, asked?: Value) {
    this.#request = request
    this.#body = body
    this.#asked = asked
  }

  async commit(): Promise<readonly Outcome[]> {
    const request = this.#request
    request.checkWritable()
    const statements = this.#compile()
    this.#checkMeta(statements)
    const database = await request.openDatabase()
    const given = await request.metaFor(statements, database)
    // What writes nothing is no commit, and a key would make it one.
    const meta = statements.some(({ isWrite }) => isWrite) ? given : undefined
    const isPoint = this.#isPoint(statements)
    let ran: Ran | undefined
    const { result, receipt, isReplay } = await database.write(
      (tx) =>
        chain(runTask(this.#run(statements, tx, request.scope.fork(), isPoint)), (done) => {
          ran = done
          return done.outcomes.map(({ value }) => value)
        }),
      { ...request.writeOptions(meta, isPoint), request: this.#asked },
    )
    request.receipt = receipt
    if (isReplay === true || ran === undefined) return result.map((value) => ({ value, timeMs: 0 }))
    request.scope.adopt(ran.scope)
    request.holdResults(ran.resultBytes)
    return ran.outcomes
  }

  #compile(): readonly CompiledStatement[] {
    return this.#body.map((prepared, index) => {
      try {
        const { kind } = prepared.statement
        if (kind === 'begin' || kind === 'commit' || kind === 'cancel' || kind === 'use') {
          const problem = 'cannot stand inside of a transaction'
          throw queryErrors.TRANSACTION_STATE({ statement: kind.toUpperCase(), problem })
        }
        if (ownKinds.has(kind)) throw nestedWrite(kind, 'a transaction')
        return prepared.compiled
      } catch (error) {
        throw new FailedStatement(index, error)
      }
    })
  }

  /** Meta is evaluated before the transaction begins, when its parameters are not there yet. */
  #checkMeta(statements: readonly CompiledStatement[]): void {
    const own = new Set(this.#body.map(({ statement }) => (statement.kind === 'let' ? statement.name : '')))
    const isOwn = (node: AnyNode) =>
      node.kind === 'param' && own.has((node as { readonly name?: string }).name ?? '')
    const index = statements.findIndex(({ meta }) => {
      return [meta?.causedBy, meta?.evidence, meta?.confidence].some((part) => someNode(part, isOwn))
    })
    if (index < 0) return
    const construct = 'a parameter of the transaction in CAUSED BY, EVIDENCE or CONFIDENCE'
    throw new FailedStatement(index, queryErrors.NOT_SUPPORTED({ construct }))
  }

  #isPoint(statements: readonly CompiledStatement[]): boolean {
    const { access, scope } = this.#request
    return (
      access.isUnrestricted &&
      statements.length <= queryLimits.pointTargetsMax &&
      statements.every((statement) => statement.isPoint?.(scope) === true)
    )
  }

  *#run(statements: readonly CompiledStatement[], tx: WriteTx, scope: Scope, isPoint: boolean) {
    const outcomes: Outcome[] = []
    const before = this.#request.heldBytes
    let resultBytes = 0
    const database = yield* waitForDatabase(this.#request)
    let isReturned = false
    for (const [index, statement] of statements.entries()) {
      const startedAt = performance.now()
      if (isReturned) {
        outcomes.push({ value: undefined, timeMs: 0 })
        continue
      }
      try {
        const held = before + resultBytes + scope.ownBytes
        const run = this.#request.createRun(startedAt, !isPoint, held)
        yield* run.pause()
        const ctx = this.#request.createContext(database, tx, tx, scope, run)
        const completion = yield* statement.run(undefined, ctx)
        const value = completion instanceof Jump ? this.#landed(completion) : completion
        isReturned = completion instanceof Jump && this.#body[index]?.statement.kind === 'return'
        const { bytes } = this.#request.measure(value, run, before + resultBytes + scope.ownBytes)
        resultBytes += bytes
        outcomes.push({ value, timeMs: performance.now() - startedAt })
      } catch (error) {
        throw new FailedStatement(index, error)
      }
    }
    return { outcomes, scope, resultBytes }
  }

  #landed(jump: Jump): Value {
    if (jump.type === 'return') return jump.value
    throw queryErrors.LOOP_CONTROL({ statement: jump.type.toUpperCase() })
  }
}

function* waitForDatabase(request: RequestRun): Task<Awaited<ReturnType<RequestRun['openDatabase']>>> {
  const database = request.openDatabase()
  return database instanceof Promise ? ((yield database) as Awaited<typeof database>) : database
}
