/**
 * No rows.
 */

import type { NothingNode } from '../../plan/plan-node.ts'
import { LoadedCursor, type Operator } from '../operator.ts'
import { done } from '../task.ts'

export function createNothing(node: NothingNode): Operator {
  return {
    node,
    inputs: [],
    open: () => new LoadedCursor(() => done([])),
  }
}
