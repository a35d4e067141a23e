/**
 * The first rows of a sort: a heap of as many rows as are wanted, the last of them on top, so that a row that
 * comes too late costs one comparison.
 */

import type { Value } from '@dendrodb/protocol'
import { compileProjection } from '../../compile/compile-projection.ts'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import type { TopRowsNode } from '../../plan/plan-node.ts'
import { estimateBytes } from '../estimate-bytes.ts'
import { countOf } from '../limit-count.ts'
import { type Cursor, LoadedCursor, type Operator, openOperator } from '../operator.ts'
import { areKeys, compareKeys, evaluateKeys, type SortSpec, sortSpec } from '../sort-keys.ts'
import type { Task } from '../task.ts'

interface HeapRow {
  readonly row: Value
  readonly keys: readonly Value[]
  /** Place in the input: ties keep their order. */
  readonly place: number
}

export function createTopRows(node: TopRowsNode, input: Operator, compiler: Compiler): Operator {
  const spec = sortSpec(node.keys, compiler)
  const limit = compiler.expression(node.limit)
  const skip = node.skip && compiler.expression(node.skip)
  const project = node.project && compileProjection(node.project, compiler)
  return {
    node,
    inputs: [input],
    open(ctx, outer) {
      const cursor = openOperator(input, ctx, outer)
      return new LoadedCursor(() => firstRows(cursor, ctx, outer), cursor)
    },
  }
  function* firstRows(cursor: Cursor, ctx: EvalContext, outer: Value): Task<readonly Value[]> {
    const wanted = yield* countOf(limit, 'LIMIT', ctx, outer)
    const skipped = skip === undefined ? 0 : yield* countOf(skip, 'START', ctx, outer)
    const heap = new RowHeap(spec, wanted + skipped)
    if (wanted === 0) return []
    for (let place = 0; ; ) {
      const batch = yield* cursor.next()
      if (batch === undefined) break
      for (const row of batch) {
        if (place % queryLimits.rowsPerPause === 0) yield* ctx.run.pause()
        yield* offer(heap, spec, row, place, project, ctx)
        place += 1
      }
    }
    return heap.sorted().slice(skipped)
  }
}

function* offer(
  heap: RowHeap,
  spec: SortSpec,
  row: Value,
  place: number,
  project: CompiledExpression | undefined,
  ctx: EvalContext,
): Task<void> {
  let output = row
  if (project !== undefined) {
    const projected = project.evaluate(row, ctx)
    output = projected instanceof Promise ? ((yield projected) as Value) : projected
  }
  const found = evaluateKeys(spec, row, output, ctx)
  const keys = areKeys(found) ? found : yield* found
  if (heap.takes(keys)) {
    if (!heap.isFull) ctx.run.retain(estimateBytes(output))
    heap.push({ row: output, keys, place })
  }
}

/** A binary heap in an array; a parent comes after its children in the order of the sort. */
class RowHeap {
  readonly #spec: SortSpec
  readonly #size: number
  readonly #rows: HeapRow[] = []

  constructor(spec: SortSpec, size: number) {
    this.#spec = spec
    this.#size = size
  }

  get isFull(): boolean {
    return this.#rows.length >= this.#size
  }

  /** Whether a row with these keys, later in the input than all others, is among the first. */
  takes(keys: readonly Value[]): boolean {
    const last = this.#rows[0]
    return !this.isFull || (last !== undefined && compareKeys(this.#spec, keys, last.keys) < 0)
  }

  push(row: HeapRow): void {
    if (this.isFull) {
      this.#rows[0] = row
      this.#sink(0)
    } else {
      this.#rows.push(row)
      this.#rise(this.#rows.length - 1)
    }
  }

  sorted(): Value[] {
    return this.#rows.sort((a, b) => this.#compare(a, b)).map((each) => each.row)
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#isBefore(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(from: number): void {
    let at = from
    for (;;) {
      const left = at * 2 + 1
      const right = left + 1
      if (left >= this.#rows.length) return
      const later = right < this.#rows.length && this.#isBefore(left, right) ? right : left
      if (this.#isBefore(later, at)) return
      this.#swap(later, at)
      at = later
    }
  }

  #isBefore(a: number, b: number): boolean {
    return this.#compare(this.#rows[a] as HeapRow, this.#rows[b] as HeapRow) < 0
  }

  #compare(a: HeapRow, b: HeapRow): number {
    return compareKeys(this.#spec, a.keys, b.keys) || a.place - b.place
  }

  #swap(a: number, b: number): void {
    const row = this.#rows[a] as HeapRow
    this.#rows[a] = this.#rows[b] as HeapRow
    this.#rows[b] = row
  }
}
