/**
 * The compiled forms: expressions and statements as closures.
 * Why: a tree walked per row costs a dispatch per node; a closure per node, made once per text, costs a call.
 * Invariants:
 * - A compiled form holds nothing of a session, a catalog or a run, so that it may be cached and shared.
 * - A pure expression reads nothing from the database and never gives a promise, so loops may evaluate it
 *   without looking. One that is `isPoint` reads records by id at most and gives no promise where the view's
 *   reads are sync.
 */

import type { Value } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { WriteMetaClause } from '../dql/ast.ts'
import type { Task } from '../execute/task.ts'
import type { EvalContext } from './eval-context.ts'
import type { Scope } from './scope.ts'

export interface CompiledExpression {
  readonly isPure: boolean
  readonly isPoint: boolean
  /** Set when the value is known without a row. */
  readonly constant?: { readonly value: Value }
  evaluate(row: Value, ctx: EvalContext): MaybePromise<Value>
}

/** What a statement comes to: a value, or a jump out of the blocks around it. */
export type Completion = Value | Jump

/** BREAK, CONTINUE, and RETURN with its value. Never a value of the database. */
export class Jump {
  readonly type: 'break' | 'continue' | 'return'
  readonly value: Value

  constructor(type: 'break' | 'continue' | 'return', value?: Value) {
    this.type = type
    this.value = value
  }
}

export interface CompiledStatement {
  readonly isWrite: boolean
  /**
   * Whether it touches few records, by id alone, and never waits on a sync view. Asked before it is run,
   * since a target may be a parameter. Not given: no.
   */
  isPoint?(scope: Scope): boolean
  /** What its write says about itself beside the session's meta. */
  readonly meta?: WriteMetaClause
  /** `row` is the row around the statement when it is a subquery. */
  run(row: Value, ctx: EvalContext): Task<Completion>
  /** The plan as a value; `analyze`: after running it, with figures. Not given: there is nothing to show. */
  explain?(row: Value, ctx: EvalContext, analyze: boolean): Task<Value>
}

export function constantOf(value: Value): CompiledExpression {
  return { isPure: true, isPoint: true, constant: { value }, evaluate: () => value }
}

export function pure(evaluate: (row: Value, ctx: EvalContext) => Value): CompiledExpression {
  return { isPure: true, isPoint: true, evaluate }
}
