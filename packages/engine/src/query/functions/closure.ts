/**
 * A closure as functions see it: `|$a, $b| $a + $b`.
 * Why a class: closures are arguments but not values of the database, so they need a mark by which they are
 * told apart.
 */

import type { Value } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'

export class Closure {
  /** How many parameters it declares; it is handed no more than these. */
  readonly parameterCount: number
  readonly #body: (args: readonly Value[]) => MaybePromise<Value>

  constructor(parameterCount: number, body: (args: readonly Value[]) => MaybePromise<Value>) {
    this.parameterCount = parameterCount
    this.#body = body
  }

  call(...args: readonly Value[]): MaybePromise<Value> {
    return this.#body(args.length > this.parameterCount ? args.slice(0, this.parameterCount) : args)
  }
}
