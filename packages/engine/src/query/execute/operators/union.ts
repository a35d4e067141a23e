/**
 * The rows of one input after those of the other.
 */

import type { Value } from '@dendrodb/protocol'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { UnionNode } from '../../plan/plan-node.ts'
import { type Batch, type Cursor, noClose, type Operator, openOperator } from '../operator.ts'
import type { Task } from '../task.ts'

export function createUnion(node: UnionNode, inputs: readonly Operator[]): Operator {
  return {
    node,
    inputs,
    open: (ctx, outer) => new UnionCursor(inputs, ctx, outer),
  }
}

class UnionCursor implements Cursor {
  readonly #inputs: readonly Operator[]
  readonly #ctx: EvalContext
  readonly #outer: Value
  #at = 0
  #current: Cursor | undefined

  constructor(inputs: readonly Operator[], ctx: EvalContext, outer: Value) {
    this.#inputs = inputs
    this.#ctx = ctx
    this.#outer = outer
  }

  *next(): Task<Batch | undefined> {
    for (;;) {
      const input = this.#inputs[this.#at]
      if (input === undefined) return undefined
      this.#current ??= openOperator(input, this.#ctx, this.#outer)
      const batch = yield* this.#current.next()
      if (batch !== undefined) return batch
      yield* this.#current.close()
      this.#current = undefined
      this.#at += 1
    }
  }

  close(): Task<void> {
    return this.#current === undefined ? noClose() : this.#current.close()
  }
}
