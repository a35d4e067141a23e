/**
 * What a writing statement gives back for each record: RETURN NONE, NULL, BEFORE, AFTER, DIFF or fields.
 * A record that the session may change but not see is not given back.
 */

import type { Value, ValueObject } from '@dendrodb/protocol'
import { compileProjection } from '../../compile/compile-projection.ts'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { OutputClause } from '../../dql/ast.ts'
import { done, type Task, wait } from '../task.ts'
import { diffValues } from './patch.ts'

/** A record before and after the write; `undefined` where there was or is none. */
export interface WrittenRecord {
  readonly before: ValueObject | undefined
  readonly after: ValueObject | undefined
  /** `$input`: what the statement was given for this record. */
  readonly input?: Value
}

export interface CompiledOutput {
  readonly isPoint: boolean
  /** One result, or none. */
  show(written: WrittenRecord, ctx: EvalContext): Task<readonly Value[]>
}

export function compileOutput(
  output: OutputClause | undefined,
  byDefault: 'after' | 'none',
  compiler: Compiler,
): CompiledOutput {
  const type = output?.type ?? byDefault
  if (output?.type === 'fields') {
    const projection = compileProjection(output.projection, compiler)
    return {
      isPoint: projection.isPoint,
      show: (written, ctx) => ifVisible(written, ctx, () => showFields(projection, written, ctx)),
    }
  }
  return { isPoint: true, show: (written, ctx) => showWhole(type as WholeOutput, written, ctx) }
}

function* showFields(projection: CompiledExpression, written: WrittenRecord, ctx: EvalContext): Task<Value> {
  const row = written.after ?? written.before
  return yield* wait(projection.evaluate(row, ctx.with({ document: documentOf(written) })))
}

type WholeOutput = Exclude<OutputClause['type'], 'fields'>

function* showWhole(type: WholeOutput, written: WrittenRecord, ctx: EvalContext): Task<readonly Value[]> {
  switch (type) {
    case 'none':
      return []
    case 'null':
      return [null]
    case 'before':
      return [written.before]
    case 'after':
      return yield* ifVisible(written, ctx, () => done(written.after))
    case 'diff':
      return yield* ifVisible(written, ctx, () => done(diffOf(written)))
    default:
      return type satisfies never
  }
}

function diffOf({ before, after }: WrittenRecord): Value {
  return before === undefined ? [{ op: 'replace', path: '', value: after }] : diffValues(before, after)
}

export function documentOf({ before, after, input }: WrittenRecord) {
  return { before, after, value: after ?? before, input }
}

/** The state before was seen when the record was matched; what it has become must be visible too. */
function* ifVisible(
  { after }: WrittenRecord,
  ctx: EvalContext,
  show: () => Task<Value>,
): Task<readonly Value[]> {
  const id = after?.id
  if (after !== undefined && !ctx.access.isUnrestricted && id !== undefined) {
    const table = (id as { readonly table: string }).table
    const guard = ctx.access.guard(ctx.view.catalog, table, 'select')
    if (guard.type === 'deny') return []
    if (guard.type === 'where' && !(yield* wait(guard.passes(after, ctx)))) return []
  }
  return [yield* show()]
}
