/**
 * The clauses that all writing statements end with, and the shape of their result.
 */

import type { Value } from '@dendrodb/protocol'
import type { PutOptions } from '../../../models/model.ts'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { Expression, OutputClause, WriteMetaClause } from '../../dql/ast.ts'
import { queryErrors } from '../../query-errors.ts'
import { checkRows } from '../collect-rows.ts'
import { estimateBytes } from '../estimate-bytes.ts'
import { type Task, wait } from '../task.ts'
import { type CompiledOutput, compileOutput, type WrittenRecord } from '../write/output.ts'
import { applyTimeout } from './timeout.ts'

interface WriteStatement {
  readonly output?: OutputClause
  readonly timeout?: Expression
  readonly meta?: WriteMetaClause
  readonly only?: boolean
}

export interface CompiledClauses {
  readonly isPoint: boolean
  readonly output: CompiledOutput
  readonly only: boolean
  readonly meta: WriteMetaClause | undefined
  /**
   * To be called first. VALID FROM begins a period of valid time, open without TO; VALID TO alone ends the
   * one that the record has.
   */
  begin(row: Value, ctx: EvalContext): Task<PutOptions | undefined>
}

export function compileClauses(
  statement: WriteStatement,
  byDefault: 'after' | 'none',
  compiler: Compiler,
): CompiledClauses {
  const output = compileOutput(statement.output, byDefault, compiler)
  const timeout = statement.timeout && compiler.expression(statement.timeout)
  const { meta } = statement
  const validFrom = meta?.validFrom && compiler.expression(meta.validFrom)
  const validTo = meta?.validTo && compiler.expression(meta.validTo)
  const parts = [timeout, validFrom, validTo].filter((part) => part !== undefined)
  return {
    isPoint: output.isPoint && parts.every((part: CompiledExpression) => part.isPoint),
    output,
    only: statement.only === true,
    meta,
    *begin(row, ctx) {
      if (timeout !== undefined) yield* applyTimeout(timeout, row, ctx)
      const to = validTo && { validTo: yield* wait(validTo.evaluate(row, ctx)) }
      if (validFrom === undefined) return to && { ...to, keepsValidTime: true }
      return { validFrom: yield* wait(validFrom.evaluate(row, ctx)), ...to }
    },
  }
}

/** Gathers what the statement gives back. */
export class WriteResult {
  readonly #clauses: CompiledClauses
  readonly #ctx: EvalContext
  readonly #rows: Value[] = []

  constructor(clauses: CompiledClauses, ctx: EvalContext) {
    this.#clauses = clauses
    this.#ctx = ctx
  }

  *add(written: WrittenRecord): Task<void> {
    for (const row of yield* this.#clauses.output.show(written, this.#ctx)) {
      this.#ctx.run.retain(estimateBytes(row))
      this.#rows.push(row)
      checkRows(this.#rows.length, this.#ctx)
    }
  }

  /** The rows, or with ONLY the single one, NONE where there is none. @throws QUERY_ONLY_ONE */
  value(): Value {
    if (!this.#clauses.only) return this.#rows
    if (this.#rows.length > 1) throw queryErrors.ONLY_ONE({ count: this.#rows.length })
    return this.#rows[0]
  }
}
