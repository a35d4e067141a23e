/**
 * The rows of one input after those of the other.
 */

import type { UnionNode } from '../../plan/plan-node.ts'
import { type Cursor, type Operator, openOperator } from '../operator.ts'

export function createUnion(node: UnionNode, inputs: readonly Operator[]): Operator {
  return {
    node,
    inputs,
    open(ctx, outer) {
      let at = 0
      let current: Cursor | undefined
      return {
        *next() {
          for (;;) {
            if (current === undefined) {
              const input = inputs[at]
              if (input === undefined) return undefined
              current = openOperator(input, ctx, outer)
            }
            const batch = yield* current.next()
            if (batch !== undefined) return batch
            yield* current.close()
            current = undefined
            at += 1
          }
        },
        *close() {
          if (current !== undefined) yield* current.close()
        },
      }
    },
  }
}
