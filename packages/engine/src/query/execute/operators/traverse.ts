/**
 * TRAVERSE: the records that edges of one relation lead to from the rows, each once, in the order in which
 * they are first reached. Edges and records that the session may not see are not there.
 */

import { RecordId, type Value } from '@dendrodb/protocol'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { IdiomExpression } from '../../dql/ast.ts'
import { queryLimits } from '../../limits.ts'
import type { TraverseNode } from '../../plan/plan-node.ts'
import { type Batch, type Cursor, type Operator, openOperator } from '../operator.ts'
import { type Task, wait } from '../task.ts'

/** Memory of an id that has been met. */
const metBytes = 64

export function createTraverse(node: TraverseNode, input: Operator, compiler: Compiler): Operator {
  const targets = compiler.expression(pathAlong(node.relation))
  return {
    node,
    inputs: [input],
    open: (ctx, outer) => new TraverseCursor(openOperator(input, ctx, outer), targets, ctx),
  }
}

class TraverseCursor implements Cursor {
  readonly #input: Cursor
  readonly #targets: CompiledExpression
  readonly #ctx: EvalContext
  readonly #met = new Set<string>()
  #reached: RecordId[] = []

  constructor(input: Cursor, targets: CompiledExpression, ctx: EvalContext) {
    this.#input = input
    this.#targets = targets
    this.#ctx = ctx
  }

  *next(): Task<Batch | undefined> {
    for (;;) {
      while (this.#reached.length > 0) {
        const ids = this.#reached.splice(0, queryLimits.batchRowsMax)
        const rows = (yield* wait(this.#ctx.readRecords(ids))).filter((row) => row !== undefined)
        if (rows.length > 0) return rows
      }
      const batch = yield* this.#input.next()
      if (batch === undefined) return undefined
      this.#reached = yield* this.#reach(batch)
    }
  }

  close(): Task<void> {
    return this.#input.close()
  }

  /** What is reached from the rows for the first time. */
  *#reach(batch: Batch): Task<RecordId[]> {
    const { run } = this.#ctx
    const ids: RecordId[] = []
    for (const row of batch) {
      yield* run.pause()
      for (const id of (yield* wait(this.#targets.evaluate(row, this.#ctx))) as readonly Value[]) {
        const text = String(id)
        if (!(id instanceof RecordId) || this.#met.has(text)) continue
        run.retain(metBytes + text.length)
        this.#met.add(text)
        ids.push(id)
      }
    }
    return ids
  }
}

/** `->relation->?`. */
function pathAlong(relation: string): IdiomExpression {
  const span = { start: 0, end: 0 }
  const edges = {
    kind: 'graph',
    span,
    direction: 'out',
    targets: [{ kind: 'table', span, name: relation }],
  } as const
  return { kind: 'idiom', span, parts: [edges, { kind: 'graph', span, direction: 'out' }] }
}
