/**
 * Ranges of values in the total order, each end inclusive, exclusive or open.
 * Text: `1..5` (without 5), `1..=5`, `1>..5` (without 1), `..5`, `1..`, `..`.
 */

import { compareValues } from './compare-values.ts'
import { formatValue } from './format-value.ts'
import { tags, typeTag } from './type-tag.ts'
import type { RangeBound, RangeValue, Value } from './values.ts'

export class Range implements RangeValue {
  /** `undefined`: open. */
  readonly begin: RangeBound | undefined
  readonly end: RangeBound | undefined

  constructor(begin: RangeBound | undefined, end: RangeBound | undefined) {
    this.begin = begin
    this.end = end
  }

  get [typeTag](): typeof tags.range {
    return tags.range
  }

  contains(value: Value): boolean {
    if (this.begin !== undefined) {
      const order = compareValues(value, this.begin.value)
      if (order < 0 || (order === 0 && !this.begin.inclusive)) return false
    }
    if (this.end === undefined) return true
    const order = compareValues(value, this.end.value)
    return order < 0 || (order === 0 && this.end.inclusive)
  }

  toString(): string {
    return formatValue(this)
  }

  /** The same text, for `JSON.stringify`. */
  toJSON(): string {
    return this.toString()
  }
}
