/**
 * START and LIMIT: passes over some rows, hands on some, and then reads no further.
 */

import type { Value } from '@dendrodb/protocol'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { LimitNode } from '../../plan/plan-node.ts'
import { countOf } from '../limit-count.ts'
import { type Batch, type Cursor, type Operator, openOperator } from '../operator.ts'
import type { Task } from '../task.ts'

export function createLimit(node: LimitNode, input: Operator, compiler: Compiler): Operator {
  const limit = node.limit && compiler.expression(node.limit)
  const skip = node.skip && compiler.expression(node.skip)
  return {
    node,
    inputs: [input],
    open(ctx, outer) {
      return new LimitCursor(openOperator(input, ctx, outer), () => countsOf(ctx, outer))
    },
  }
  function* countsOf(ctx: EvalContext, outer: Value): Task<Counts> {
    return {
      toSkip: skip === undefined ? 0 : yield* countOf(skip, 'START', ctx, outer),
      toTake: limit === undefined ? Number.POSITIVE_INFINITY : yield* countOf(limit, 'LIMIT', ctx, outer),
    }
  }
}

/** Rows left to be passed over and to be handed on. */
interface Counts {
  toSkip: number
  toTake: number
}

class LimitCursor implements Cursor {
  readonly #input: Cursor
  readonly #countsOf: () => Task<Counts>
  #counts: Counts | undefined

  constructor(input: Cursor, countsOf: () => Task<Counts>) {
    this.#input = input
    this.#countsOf = countsOf
  }

  *next(): Task<Batch | undefined> {
    this.#counts ??= yield* this.#countsOf()
    const counts = this.#counts
    while (counts.toTake > 0) {
      const batch = yield* this.#input.next()
      if (batch === undefined) return undefined
      const skipped = Math.min(counts.toSkip, batch.length)
      counts.toSkip -= skipped
      const isWhole = skipped === 0 && batch.length <= counts.toTake
      const taken = isWhole ? batch : batch.slice(skipped, skipped + counts.toTake)
      counts.toTake -= taken.length
      if (taken.length > 0) return taken
    }
    return undefined
  }

  close(): Task<void> {
    return this.#input.close()
  }
}
