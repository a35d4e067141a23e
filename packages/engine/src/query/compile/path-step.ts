/**
 * Compiled paths: a step leads from one value to the next.
 * A step that takes something of each element of a list spreads the path: what follows it is taken of each
 * element as well, so that `list.a[0]` is the first of every `a`. A path spreads once. Within an element
 * lists are lists: of `[{ a: [{ b: 1 }] }]` the path `a.b[0]` gives the first `b` of every element.
 */

import type { Value } from '@dendrodb/protocol'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { runTask, type Task, wait } from '../execute/task.ts'
import type { EvalContext } from './eval-context.ts'
import { elementsOf, mapValues } from './read-field.ts'

/** What `?` gives for NONE and NULL: the whole path is NONE. */
export const endOfPath: unique symbol = Symbol('end of path')

export interface PathStep {
  /** Never reads the database. */
  readonly isPure?: boolean
  readonly isPoint: boolean
  /**
   * Set where a list spreads the path. `after`: the step gives a list, and the path goes on from each of its
   * elements. `before`: the step itself is taken of each element. `flat`: so too, and the lists it gives are
   * joined.
   */
  readonly spreads?: 'after' | 'before' | 'flat'
  /** `row` is the current row around the path, for the expressions inside it. */
  apply(value: Value, row: Value, ctx: EvalContext): MaybePromise<Value | typeof endOfPath>
}

/** The value at the end of the steps from `begin` on. `isSpread`: the value is an element already. */
export function runSteps(
  steps: readonly PathStep[],
  from: Value,
  row: Value,
  ctx: EvalContext,
  begin = 0,
  isSpread = false,
): MaybePromise<Value> {
  let value = from
  for (let i = begin; i < steps.length; i += 1) {
    const step = steps[i] as PathStep
    if (step.spreads !== undefined && !isSpread) {
      const elements = elementsOf(value)
      if (elements !== undefined) return spread(steps, i, value, elements, row, ctx)
    }
    const next = step.apply(value, row, ctx)
    if (next instanceof Promise) {
      return next.then((known) => {
        return known === endOfPath ? undefined : runSteps(steps, known, row, ctx, i + 1, isSpread)
      })
    }
    if (next === endOfPath) return undefined
    value = next
  }
  return value
}

function spread(
  steps: readonly PathStep[],
  at: number,
  value: Value,
  elements: readonly Value[],
  row: Value,
  ctx: EvalContext,
): MaybePromise<Value> {
  const step = steps[at] as PathStep
  function ofEach(each: readonly Value[], begin: number): MaybePromise<Value[]> {
    const isShort = steps.every((later, i) => i < begin || later.isPoint)
    const ofOne = (element: Value) => runSteps(steps, element, row, ctx, begin, true)
    return isShort ? mapValues(each, ofOne) : runTask(inTurn(each, ofOne, ctx))
  }
  switch (step.spreads) {
    case 'before':
      return ofEach(elements, at)
    case 'flat':
      return chain(ofEach(elements, at), (lists) => lists.flat() as Value[])
    default:
      return chain(step.apply(value, row, ctx), (list) => ofEach(list as readonly Value[], at + 1))
  }
}

/**
 * For steps that may go far and wait long: one element after the other, so that bounds hold for the whole.
 */
function* inTurn(
  elements: readonly Value[],
  apply: (element: Value) => MaybePromise<Value>,
  ctx: EvalContext,
): Task<Value[]> {
  const results: Value[] = []
  for (const element of elements) {
    yield* ctx.run.pause()
    results.push(yield* wait(apply(element)))
  }
  return results
}
