/**
 * SPLIT: a row per element of a list in a field, with the element in the place of the list. Rows whose field
 * holds no list, or one without elements, stay as they are.
 */

import { type Value, ValueSet } from '@dendrodb/protocol'
import type { EvalContext } from '../../compile/eval-context.ts'
import { readAt, writeAt } from '../../compile/nested-fields.ts'
import { queryLimits } from '../../limits.ts'
import type { SplitNode } from '../../plan/plan-node.ts'
import { type Batch, type Cursor, type Operator, openOperator } from '../operator.ts'
import type { Task } from '../task.ts'

export function createSplit(node: SplitNode, input: Operator): Operator {
  return {
    node,
    inputs: [input],
    open: (ctx, outer) => new SplitCursor(openOperator(input, ctx, outer), node.fields, ctx),
  }
}

class SplitCursor implements Cursor {
  readonly #input: Cursor
  readonly #fields: SplitNode['fields']
  readonly #ctx: EvalContext
  #pending: Value[] = []
  #taken = 0

  constructor(input: Cursor, fields: SplitNode['fields'], ctx: EvalContext) {
    this.#input = input
    this.#fields = fields
    this.#ctx = ctx
  }

  *next(): Task<Batch | undefined> {
    while (this.#taken >= this.#pending.length) {
      const batch = yield* this.#input.next()
      if (batch === undefined) return undefined
      yield* this.#ctx.run.pause()
      this.#pending = this.#fields.reduce<Value[]>(
        (rows, path) => rows.flatMap((row) => splitRow(row, path)),
        [...batch],
      )
      this.#taken = 0
    }
    const batch = this.#pending.slice(this.#taken, this.#taken + queryLimits.batchRowsMax)
    this.#taken += batch.length
    return batch
  }

  close(): Task<void> {
    return this.#input.close()
  }
}

function splitRow(row: Value, path: readonly string[]): readonly Value[] {
  const value = readAt(row, path)
  const list = value instanceof ValueSet ? value.values : value
  if (!Array.isArray(list) || list.length === 0) return [row]
  return (list as readonly Value[]).map((element) => writeAt(row, path, element))
}
