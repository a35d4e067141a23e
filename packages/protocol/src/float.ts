/**
 * Floats and ints as JavaScript has them.
 * Why: JavaScript has one number type, the database has two. A float that is not an integer is a `number`, an
 * int that is a safe integer is a `number`; only the rare other ones need a box: floats with an integer value
 * (`Float`, -0 included) and large ints (`bigint`). So the common values cost nothing and no type is lost.
 */

import { assert } from './assert.ts'
import type { Decimal } from './decimal.ts'
import { limits } from './limits.ts'
import { tags, typeTag } from './type-tag.ts'
import { valueErrors } from './value-errors.ts'

export type NumericValue = number | bigint | Float | Decimal

/** A float whose value is an integer, -0 included. Made by `float`. */
export class Float {
  readonly value: number

  constructor(value: number) {
    assert(Number.isInteger(value), 'a Float holds an integer value; use float(n)')
    this.value = value
  }

  get [typeTag](): typeof tags.number {
    return tags.number
  }

  toNumber(): number {
    return this.value
  }

  toString(): string {
    return Object.is(this.value, -0) ? '-0f' : `${this.value}f`
  }

  /** For `JSON.stringify`. */
  toJSON(): number {
    return this.value
  }
}

/** The float `n` in the representation of the value model. */
export function float(n: number): number | Float {
  return Number.isInteger(n) ? new Float(n) : n
}

export function isFloat(value: unknown): value is number | Float {
  return typeof value === 'number' ? !isIntNumber(value) : value instanceof Float
}

/** The nearest 64-bit float, ties to even. */
export function toFloat(value: NumericValue): number {
  if (typeof value === 'number') return value
  return typeof value === 'bigint' ? Number(value) : value.toNumber()
}

/** Whether a JavaScript number stands for an int: a safe integer that is not -0. */
export function isIntNumber(n: number): boolean {
  return Number.isSafeInteger(n) && (n !== 0 || 1 / n > 0)
}

const intBound = 1n << BigInt(limits.intBitsMax)
const safeMax = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * The int `n` in the representation of the value model: a safe integer is a `number`, any other a `bigint`.
 * @throws VALUE_INT_EXPECTED, VALUE_INT_RANGE
 */
export function int(n: number | bigint): number | bigint {
  if (typeof n === 'number') {
    if (Number.isSafeInteger(n)) return n === 0 ? 0 : n
    if (!Number.isInteger(n)) throw valueErrors.INT_EXPECTED({ value: n })
    return int(BigInt(n))
  }
  if (n >= -safeMax && n <= safeMax) return Number(n)
  if (n >= intBound || n <= -intBound) throw valueErrors.INT_RANGE()
  return n
}

/** Whether `value` is an int of the value model. */
export function isInt(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && isIntNumber(value))
}
