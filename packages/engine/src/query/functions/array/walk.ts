/**
 * Going through elements with a closure that may answer at once or later.
 * One that answers at once costs no promise; from the first late answer on, the rest waits, element by
 * element.
 */

import type { Value } from '@dendrodb/protocol'
import type { MaybePromise } from '../../../storage/kv-store.ts'
import type { Closure } from '../closure.ts'

export type Test = (element: Value, index: number) => MaybePromise<Value>

/** Sees each element with what its test said; `true` ends the walk. */
export type Visit = (element: Value, tested: Value, index: number) => boolean

/** Goes through the elements in order, and answers with what `finish` makes. */
export function walk(
  elements: readonly Value[],
  test: Test,
  visit: Visit,
  finish: () => Value,
): MaybePromise<Value> {
  for (let index = 0; index < elements.length; index += 1) {
    const element = elements[index]
    const said = test(element, index)
    if (said instanceof Promise) return walkOn(elements, test, visit, finish, said, index)
    if (visit(element, said, index)) break
  }
  return finish()
}

/** The rest of a walk whose test at `begin` answers later. */
async function walkOn(
  elements: readonly Value[],
  test: Test,
  visit: Visit,
  finish: () => Value,
  firstAnswer: Promise<Value>,
  begin: number,
): Promise<Value> {
  if (visit(elements[begin], await firstAnswer, begin)) return finish()
  for (let index = begin + 1; index < elements.length; index += 1) {
    const element = elements[index]
    const said = test(element, index)
    if (visit(element, said instanceof Promise ? await said : said, index)) break
  }
  return finish()
}

/** The closure gets what came out so far, the next element, and its position among those given. */
export function accumulate(elements: readonly Value[], initial: Value, step: Closure): MaybePromise<Value> {
  let sum = initial
  return walk(
    elements,
    (element, index) => step.call(sum, element, index),
    (_, next) => {
      sum = next
      return false
    },
    () => sum,
  )
}
