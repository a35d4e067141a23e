/**
 * SPLIT: a row per element of a list in a field, with the element in the place of the list. Rows whose field
 * holds no list, or one without elements, stay as they are.
 */

import { type Value, ValueSet } from '@dendrodb/protocol'
import { readAt, writeAt } from '../../compile/nested-fields.ts'
import { queryLimits } from '../../limits.ts'
import type { SplitNode } from '../../plan/plan-node.ts'
import { type Operator, openOperator } from '../operator.ts'

export function createSplit(node: SplitNode, input: Operator): Operator {
  return {
    node,
    inputs: [input],
    open(ctx, outer) {
      const cursor = openOperator(input, ctx, outer)
      let pending: Value[] = []
      let taken = 0
      return {
        *next() {
          while (taken >= pending.length) {
            const batch = yield* cursor.next()
            if (batch === undefined) return undefined
            yield* ctx.run.pause()
            pending = node.fields.reduce<Value[]>(
              (rows, path) => rows.flatMap((row) => splitRow(row, path)),
              [...batch],
            )
            taken = 0
          }
          const batch = pending.slice(taken, taken + queryLimits.batchRowsMax)
          taken += batch.length
          return batch
        },
        close: () => cursor.close(),
      }
    },
  }
}

function splitRow(row: Value, path: readonly string[]): readonly Value[] {
  const value = readAt(row, path)
  const list = value instanceof ValueSet ? value.values : value
  if (!Array.isArray(list) || list.length === 0) return [row]
  return (list as readonly Value[]).map((element) => writeAt(row, path, element))
}
