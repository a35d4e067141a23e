/**
 * A closure as functions see it: `|$a, $b| $a + $b`.
 * Why a class: closures are arguments but not values of the database, so they need a mark by which they are
 * told apart.
 */

import { Range, RecordId, type Value, ValueSet } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'

/** `caller`: what the statement that makes the call runs in; functions do not look into it. */
type Body = (args: readonly Value[], caller: unknown) => MaybePromise<Value>

export class Closure {
  /** How many parameters it declares; it is handed no more than these. */
  readonly parameterCount: number
  readonly #body: Body
  readonly #caller: unknown

  constructor(parameterCount: number, body: Body, caller?: unknown) {
    this.parameterCount = parameterCount
    this.#body = body
    this.#caller = caller
  }

  call(...args: readonly Value[]): MaybePromise<Value> {
    return this.#body(
      args.length > this.parameterCount ? args.slice(0, this.parameterCount) : args,
      this.#caller,
    )
  }

  /** The closure as another caller runs it: it may have been made by an earlier statement. */
  for(caller: unknown): Closure {
    return caller === this.#caller ? this : new Closure(this.parameterCount, this.#body, caller)
  }
}

/** Whether the value is a closure or holds one. */
export function holdsClosure(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return (value as readonly Value[]).some(holdsClosure)
  if ((value as unknown) instanceof Closure) return true
  if (value instanceof ValueSet) return value.values.some(holdsClosure)
  if (value instanceof RecordId) return holdsClosure(value.key)
  if (value instanceof Range) return [value.begin, value.end].some((end) => holdsClosure(end?.value))
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).some(holdsClosure)
}
