/**
 * Statements as values: blocks and subqueries.
 * A subquery that asks nothing of the row around it is run once per statement, not once per row.
 */

import type { Value } from '@dendrodb/protocol'
import type { BlockExpression, SubqueryExpression } from '../dql/ast.ts'
import { runTask, type Task } from '../execute/task.ts'
import { queryErrors } from '../query-errors.ts'
import { type CompiledExpression, type CompiledStatement, type Completion, Jump } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import type { EvalContext } from './eval-context.ts'
import { parentOf } from './group-row.ts'
import { isIndependent } from './independence.ts'

/** The statements one after the other in a scope of their own; the value of the last one, or a jump. */
export interface CompiledBlock {
  readonly isWrite: boolean
  run(row: Value, ctx: EvalContext, prepare?: (inner: EvalContext) => void): Task<Completion>
}

export function compileBlock(node: BlockExpression, compiler: Compiler): CompiledBlock {
  const statements = node.statements.map((statement) => withoutMeta(compiler.statement(statement)))
  return {
    isWrite: statements.some((statement) => statement.isWrite),
    *run(row, ctx, prepare) {
      const inner = ctx.nested()
      prepare?.(inner)
      let last: Completion
      try {
        for (const statement of statements) {
          if (inner.run.isSliceOver) yield* inner.run.pause()
          last = yield* statement.run(row, inner)
          if (last instanceof Jump) return last
        }
        return last
      } finally {
        inner.run.release(inner.scope.ownBytes)
      }
    },
  }
}

/** A commit has one meta, told before it begins; statements inside of others come too late to add to it. */
function withoutMeta(statement: CompiledStatement): CompiledStatement {
  const { causedBy, evidence, confidence } = statement.meta ?? {}
  if (causedBy === undefined && evidence === undefined && confidence === undefined) return statement
  throw queryErrors.NOT_SUPPORTED({
    construct: 'CAUSED BY, EVIDENCE or CONFIDENCE inside of another statement',
  })
}

/** `{ … }` as a value: RETURN inside gives the block's value. */
export function compileBlockExpression(node: BlockExpression, compiler: Compiler): CompiledExpression {
  const block = compileBlock(node, compiler)
  return {
    isPure: false,
    isPoint: false,
    evaluate: (row, ctx) => runTask(landed(block.run(row, ctx))),
  }
}

export function compileSubquery(node: SubqueryExpression, compiler: Compiler): CompiledExpression {
  const statement = withoutMeta(compiler.statement(node.statement))
  const run = (row: Value, ctx: EvalContext) =>
    runTask(landed(statement.run(row, ctx.nested({ parent: parentOf(row), document: undefined }))))
  const evaluate = isIndependent(node.statement) ? runOnce(statement, run) : run
  return { isPure: false, isPoint: false, evaluate }
}

interface KeptResult {
  readonly ctx: Pick<EvalContext, 'scope' | 'view' | 'access'>
  readonly writes: number
  readonly value: ReturnType<CompiledExpression['evaluate']>
}

function runOnce(
  statement: CompiledStatement,
  run: CompiledExpression['evaluate'],
): CompiledExpression['evaluate'] {
  return (row, ctx) => {
    const kept = ctx.run.subqueryResults.get(statement) as KeptResult | undefined
    if (kept !== undefined && isStillValid(kept, ctx)) return kept.value
    const value = run(row, ctx)
    const { scope, view, access } = ctx
    ctx.run.subqueryResults.set(statement, { ctx: { scope, view, access }, writes: ctx.run.writes, value })
    return value
  }
}

function isStillValid(kept: KeptResult, ctx: EvalContext): boolean {
  return (
    kept.ctx.scope === ctx.scope &&
    kept.ctx.view === ctx.view &&
    kept.ctx.access === ctx.access &&
    kept.writes === ctx.run.writes
  )
}

/** Ends jumps at the border of a value. */
export function* landed(task: Task<Completion>): Task<Value> {
  const completion = yield* task
  if (!(completion instanceof Jump)) return completion
  if (completion.type === 'return') return completion.value
  throw queryErrors.LOOP_CONTROL({ statement: completion.type.toUpperCase() })
}
