/**
 * Sets of values, sorted by the total order and unique by it.
 * Invariant: each element is less than the next by `compareValues`; where two numbers tie (1 and 1.0), the
 * first that was given stays.
 */

import { compareValues } from './compare-values.ts'
import { formatValue } from './format-value.ts'
import { tags, typeTag } from './type-tag.ts'
import type { Value, ValueSetValue } from './values.ts'

export class ValueSet implements ValueSetValue {
  /** Ascending, without duplicates. */
  readonly values: readonly Value[]

  private constructor(values: readonly Value[]) {
    this.values = values
  }

  static readonly empty: ValueSet = new ValueSet([])

  static from(values: Iterable<Value>): ValueSet {
    const sorted = [...values]
    // `Array.prototype.sort` never passes undefined (NONE) to its comparator and puts it last; here it comes
    // first.
    const some = sorted.filter((value) => value !== undefined).sort(compareValues)
    const unique: Value[] = some.length < sorted.length ? [undefined] : []
    for (const value of some) {
      if (unique.length === 0 || compareValues(unique[unique.length - 1], value) !== 0) unique.push(value)
    }
    return new ValueSet(unique)
  }

  get [typeTag](): typeof tags.set {
    return tags.set
  }

  get size(): number {
    return this.values.length
  }

  has(value: Value): boolean {
    let low = 0
    let high = this.values.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const order = compareValues(this.values[middle], value)
      if (order === 0) return true
      if (order < 0) low = middle + 1
      else high = middle
    }
    return false
  }

  [Symbol.iterator](): Iterator<Value> {
    return this.values[Symbol.iterator]()
  }

  toString(): string {
    return formatValue(this)
  }

  /** For `JSON.stringify`. */
  toJSON(): readonly Value[] {
    return [...this]
  }
}
