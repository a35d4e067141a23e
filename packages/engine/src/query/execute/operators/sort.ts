/**
 * All rows in order: kept in memory, within the statement's bound. Stable, so that ties stay in the order of
 * the input.
 */

import type { Value } from '@dendrodb/protocol'
import { compileProjection } from '../../compile/compile-projection.ts'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import type { SortNode } from '../../plan/plan-node.ts'
import { estimateRows } from '../estimate-bytes.ts'
import { type Cursor, LoadedCursor, type Operator, openOperator } from '../operator.ts'
import { areKeys, compareKeys, evaluateKeys, type KeyedRow, type SortSpec, sortSpec } from '../sort-keys.ts'
import type { Task } from '../task.ts'

/** Memory of a row's keys beside the row. */
const keyedRowBytes = 64

export function createSort(node: SortNode, input: Operator, compiler: Compiler): Operator {
  const { keys } = node
  const project = node.project && compileProjection(node.project, compiler)
  const spec = keys && sortSpec(keys, compiler)
  return {
    node,
    inputs: [input],
    open(ctx, outer) {
      const cursor = openOperator(input, ctx, outer)
      if (spec !== undefined) return sortedCursor(cursor, spec, project, ctx)
      return new RetainingCursor(cursor, ctx, () => shuffledRows(cursor, ctx))
    },
  }
}

export function sortedCursor(
  input: Cursor,
  spec: SortSpec,
  project: CompiledExpression | undefined,
  ctx: EvalContext,
): Cursor {
  return new RetainingCursor(input, ctx, () => sortedRows(input, spec, project, ctx))
}

function* sortedRows(
  input: Cursor,
  spec: SortSpec,
  project: CompiledExpression | undefined,
  ctx: EvalContext,
): Task<readonly Value[]> {
  const rows: KeyedRow[] = []
  for (;;) {
    const batch = yield* input.next()
    if (batch === undefined) break
    ctx.run.retain(estimateRows(batch) + batch.length * keyedRowBytes)
    for (const [i, row] of batch.entries()) {
      if (i % queryLimits.rowsPerPause === 0) yield* ctx.run.pause()
      rows.push(yield* keyedRow(spec, row, project, ctx))
    }
  }
  rows.sort((a, b) => compareKeys(spec, a.keys, b.keys))
  return rows.map((each) => each.row)
}

/** The row, projected where the keys ask for that, with its keys. */
function* keyedRow(
  spec: SortSpec,
  row: Value,
  project: CompiledExpression | undefined,
  ctx: EvalContext,
): Task<KeyedRow> {
  let output = row
  if (project !== undefined) {
    const projected = project.evaluate(row, ctx)
    output = projected instanceof Promise ? ((yield projected) as Value) : projected
  }
  const found = evaluateKeys(spec, row, output, ctx)
  return { row: output, keys: areKeys(found) ? found : yield* found }
}

function* shuffledRows(input: Cursor, ctx: EvalContext): Task<readonly Value[]> {
  const rows: Value[] = []
  for (;;) {
    const batch = yield* input.next()
    if (batch === undefined) break
    ctx.run.retain(estimateRows(batch))
    rows.push(...batch)
  }
  for (let i = rows.length - 1; i > 0; i -= 1) {
    const j = Math.floor(ctx.functions.random() * (i + 1))
    const row = rows[i]
    rows[i] = rows[j]
    rows[j] = row
  }
  return rows
}

/** Gives back, when it is closed, what loading its rows has counted. */
class RetainingCursor extends LoadedCursor {
  readonly #ctx: EvalContext
  readonly #before: number
  #isClosed = false

  constructor(input: Cursor, ctx: EvalContext, load: () => Task<readonly Value[]>) {
    super(load, input)
    this.#ctx = ctx
    this.#before = ctx.run.retainedBytes
  }

  override close(): Task<void> {
    const { run } = this.#ctx
    if (!this.#isClosed) run.release(Math.max(0, run.retainedBytes - this.#before))
    this.#isClosed = true
    return super.close()
  }
}
