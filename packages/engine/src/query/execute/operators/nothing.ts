/**
 * No rows.
 */

import type { NothingNode } from '../../plan/plan-node.ts'
import { noClose, type Operator } from '../operator.ts'

export function createNothing(node: NothingNode): Operator {
  return {
    node,
    inputs: [],
    open: () => ({
      // biome-ignore lint/correctness/useYield: a task that never waits
      *next() {
        return undefined
      },
      close: noClose,
    }),
  }
}
