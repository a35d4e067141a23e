/**
 * Which values have been met: a set under `=`, where 1, 1.0 and 1dec are one value.
 * Why not a sorted set: most values are texts and small numbers, for which JavaScript's own sets are many
 * times faster.
 * Whatever else there is has bytes of its own, equal exactly for equal values.
 */

import { compareNumbers, encodeCollation, Float, toFloat, type Value } from '@dendrodb/protocol'
import { isNumber } from '../operators/number-arithmetic.ts'

export class DistinctValues {
  readonly #texts = new Set<string>()
  /** Values that a JavaScript number, true, false, null or undefined stands for. */
  readonly #simple = new Set<unknown>()
  readonly #encoded = new Set<string>()

  get size(): number {
    return this.#texts.size + this.#simple.size + this.#encoded.size
  }

  /** Whether the value was not there yet. */
  add(value: Value): boolean {
    const before = this.size
    this.#setOf(value).add(keyOf(value))
    return this.size > before
  }

  has(value: Value): boolean {
    return this.#setOf(value).has(keyOf(value))
  }

  #setOf(value: Value): Set<unknown> {
    if (typeof value === 'string') return this.#texts
    return isSimple(value) ? this.#simple : this.#encoded
  }
}

/** How often each value is there: a bag under `=`. */
export class ValueCounts {
  readonly #counts = new Map<unknown, number>()

  constructor(values: readonly Value[]) {
    for (const value of values) {
      const key = bagKeyOf(value)
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    }
  }

  /** Whether the value was there; if so, there is one less of it. */
  take(value: Value): boolean {
    const key = bagKeyOf(value)
    const count = this.#counts.get(key) ?? 0
    if (count > 0) this.#counts.set(key, count - 1)
    return count > 0
  }
}

/** Texts, and bytes that stand for values, are told apart by what comes before them. */
function bagKeyOf(value: Value): unknown {
  const key = keyOf(value)
  return typeof key === 'string' ? `${typeof value === 'string' ? 't' : 'e'}${key}` : key
}

function isSimple(value: Value): boolean {
  if (typeof value !== 'object' && typeof value !== 'bigint') return true
  if (value === null || value instanceof Float) return true
  return isNumber(value) && compareNumbers(value, toFloat(value)) === 0
}

function keyOf(value: Value): unknown {
  if (typeof value === 'string') return value
  if (!isSimple(value)) return Buffer.from(encodeCollation(value)).toString('latin1')
  return isNumber(value) ? toFloat(value) : value
}
