/**
 * The clauses by which a write says why it was made.
 */

import { RecordId, toFloat, typeOf, type Value } from '@dendrodb/protocol'
import type { WriteMeta } from '../../models/model.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import type { Expression, WriteMetaClause } from '../dql/ast.ts'
import { isNumber } from '../operators/number-arithmetic.ts'
import { queryErrors } from '../query-errors.ts'
import { createStatementCompiler } from './compile-statement.ts'
import { shown } from './shown.ts'
import { type Task, wait } from './task.ts'

export function* evaluateMeta(clause: WriteMetaClause, ctx: EvalContext): Task<WriteMeta> {
  const compiler = createStatementCompiler()
  const evaluate = (expression: Expression | undefined) =>
    wait(expression && compiler.expression(expression).evaluate(undefined, ctx))
  const causedBy = yield* evaluate(clause.causedBy)
  const evidence = shown(yield* evaluate(clause.evidence), ctx.request, 'EVIDENCE')
  const confidence = yield* evaluate(clause.confidence)
  return {
    ...(causedBy !== undefined && { causedBy: yield* seqsOf(causedBy, ctx) }),
    ...(evidence !== undefined && { evidence }),
    ...(confidence !== undefined && { confidence: confidenceOf(confidence) }),
  }
}

/** Causes add up; of everything else the later word counts. */
export function mergeMeta(first: WriteMeta | undefined, second: WriteMeta): WriteMeta {
  const causedBy = [...new Set([...(first?.causedBy ?? []), ...(second.causedBy ?? [])])]
  return { ...first, ...second, ...(causedBy.length > 0 && { causedBy }) }
}

/** Commits by their number, or those that wrote the records as the session sees them. */
function* seqsOf(value: Value, ctx: EvalContext): Task<readonly number[]> {
  const list: readonly Value[] = Array.isArray(value) ? value : [value]
  const seqs: number[] = []
  for (const cause of list) {
    if (cause instanceof RecordId) seqs.push(yield* seqOf(cause, ctx))
    else if (typeof cause === 'number' && Number.isSafeInteger(cause)) seqs.push(cause)
    else throw unknownCause(typeOf(cause))
  }
  return seqs
}

function* seqOf(id: RecordId, ctx: EvalContext): Task<number> {
  const visible = yield* wait(ctx.readRecord(id))
  const record = visible && (yield* wait(ctx.view.getRecord(id)))
  if (record === undefined) throw unknownCause(`${id}, which is not there`)
  return record.seq
}

function unknownCause(found: string): Error {
  return queryErrors.TYPE_EXPECTED({ clause: 'CAUSED BY', expected: 'numbers of commits or records', found })
}

function confidenceOf(value: Value): number {
  if (isNumber(value)) return toFloat(value)
  throw queryErrors.TYPE_EXPECTED({
    clause: 'CONFIDENCE',
    expected: 'a number from 0 to 1',
    found: typeOf(value),
  })
}
