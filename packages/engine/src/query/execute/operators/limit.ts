/**
 * START and LIMIT: passes over some rows, hands on some, and then reads no further.
 */

import type { Compiler } from '../../compile/compiler.ts'
import type { LimitNode } from '../../plan/plan-node.ts'
import { countOf } from '../limit-count.ts'
import { type Operator, openOperator } from '../operator.ts'

export function createLimit(node: LimitNode, input: Operator, compiler: Compiler): Operator {
  const limit = node.limit && compiler.expression(node.limit)
  const skip = node.skip && compiler.expression(node.skip)
  return {
    node,
    inputs: [input],
    open(ctx, outer) {
      const cursor = openOperator(input, ctx, outer)
      let toSkip = -1
      let toTake = Number.POSITIVE_INFINITY
      return {
        *next() {
          if (toSkip < 0) {
            toSkip = skip === undefined ? 0 : yield* countOf(skip, 'START', ctx, outer)
            if (limit !== undefined) toTake = yield* countOf(limit, 'LIMIT', ctx, outer)
          }
          while (toTake > 0) {
            const batch = yield* cursor.next()
            if (batch === undefined) return undefined
            const skipped = Math.min(toSkip, batch.length)
            toSkip -= skipped
            const taken =
              skipped === 0 && batch.length <= toTake ? batch : batch.slice(skipped, skipped + toTake)
            toTake -= taken.length
            if (taken.length > 0) return taken
          }
          return undefined
        },
        close: () => cursor.close(),
      }
    },
  }
}
