/**
 * Arithmetic on ints, floats and decimals where the fast paths of arithmetic.ts do not apply.
 * Types, as in SurrealQL 3: int with int gives int, a float on one side a float, a decimal on one side a
 * decimal. Ints grow to bigints instead of overflowing; past 512 bits they are an error. A float that no
 * decimal can hold (NaN, the infinities, sizes beyond 1e300) turns the calculation with a decimal into one of
 * floats.
 */

import {
  Decimal,
  Float,
  float,
  int,
  isFloat,
  isInt,
  type NumericValue,
  toFloat,
  type Value,
  valueErrors,
} from '@dendrodb/protocol'
import { operatorErrors } from './operator-errors.ts'

/** As in the value model; `int` checks it, this only keeps hopeless work from being done. */
const intBitsMax = 512n

/** One operation on each of the three kinds of numbers. */
export interface NumberOperation {
  ints(left: bigint, right: bigint): Value
  floats(left: number, right: number): number
  decimals(left: Decimal, right: Decimal): Value
}

export const addition: NumberOperation = {
  ints: (left, right) => int(left + right),
  floats: (left, right) => left + right,
  decimals: (left, right) => left.add(right),
}

export const subtraction: NumberOperation = {
  ints: (left, right) => int(left - right),
  floats: (left, right) => left - right,
  decimals: (left, right) => left.sub(right),
}

export const multiplication: NumberOperation = {
  ints: (left, right) => int(left * right),
  floats: (left, right) => left * right,
  decimals: (left, right) => left.mul(right),
}

/** Ints are divided towards zero. Division by zero is NaN for ints and decimals; floats follow IEEE 754. */
export const division: NumberOperation = {
  ints: (left, right) => (right === 0n ? Number.NaN : int(left / right)),
  floats: (left, right) => left / right,
  decimals: (left, right) => (right.isZero ? Number.NaN : left.div(right)),
}

/** The sign is that of the dividend. @throws VALUE_DIVISION_BY_ZERO for ints and decimals */
export const remainder: NumberOperation = {
  ints: (left, right) => {
    if (right === 0n) throw valueErrors.DIVISION_BY_ZERO()
    return int(left % right)
  },
  floats: (left, right) => left % right,
  decimals: (left, right) => left.rem(right),
}

export function isNumber(value: Value): value is NumericValue {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof Float ||
    value instanceof Decimal
  )
}

export function combineNumbers(operation: NumberOperation, left: NumericValue, right: NumericValue): Value {
  if (isInt(left) && isInt(right)) return operation.ints(BigInt(left), BigInt(right))
  if (left instanceof Decimal || right instanceof Decimal) {
    const exactLeft = toDecimal(left)
    const exactRight = toDecimal(right)
    if (exactLeft === undefined || exactRight === undefined) return nearest(operation, left, right)
    // With a float among the operands a result that no decimal can hold is a float, as it would be between
    // two floats.
    const isMixed = isFloat(left) || isFloat(right)
    const inexact = isMixed ? nearest(operation, left, right) : undefined
    if (inexact !== undefined && toDecimal(inexact) === undefined) return inexact
    return operation.decimals(exactLeft, exactRight)
  }
  return nearest(operation, left, right)
}

function nearest(operation: NumberOperation, left: NumericValue, right: NumericValue): NumericValue {
  return float(operation.floats(toFloat(left), toFloat(right)))
}

/** The decimal of a number; `undefined` for a float that no decimal can hold. */
export function toDecimal(value: NumericValue): Decimal | undefined {
  if (value instanceof Decimal) return value
  if (isInt(value)) return Decimal.fromInt(value)
  const size = Math.abs(toFloat(value))
  return size === 0 || (size >= 1e-300 && size <= 1e300) ? Decimal.fromFloat(toFloat(value)) : undefined
}

/**
 * Ints to an int of 0 or more stay ints; decimals to a whole number are exact to 34 digits; all else goes by
 * floats.
 * @throws OPERATOR_NEGATIVE_POWER, VALUE_INT_RANGE, VALUE_DECIMAL_RANGE
 */
export function raise(base: NumericValue, power: NumericValue): Value {
  if (isInt(base) && isInt(power)) return raiseInt(BigInt(base), BigInt(power))
  if (!(base instanceof Decimal) && !(power instanceof Decimal)) {
    return float(toFloat(base) ** toFloat(power))
  }
  const exponent = toFloat(power)
  const exactBase = toDecimal(base)
  if (exactBase !== undefined && Number.isSafeInteger(exponent)) {
    return exactBase.isZero && exponent < 0 ? Number.NaN : exactBase.pow(exponent)
  }
  const inexact = float(toFloat(base) ** exponent)
  return toDecimal(inexact) ?? inexact
}

function raiseInt(base: bigint, power: bigint): Value {
  if (base === 1n || power === 0n) return 1
  if (base === -1n) return power % 2n === 0n ? 1 : -1
  if (power < 0n) throw operatorErrors.NEGATIVE_POWER({ base, power })
  if (base === 0n) return 0
  // A base of n bits has at least (n - 1) * power bits as a result: what cannot fit is refused before it is
  // computed.
  const bits = BigInt((base < 0n ? -base : base).toString(2).length)
  if ((bits - 1n) * power > intBitsMax) throw valueErrors.INT_RANGE()
  return int(base ** power)
}

export function negate(value: NumericValue): Value {
  if (value instanceof Decimal) return value.neg()
  if (typeof value === 'bigint') return int(-value)
  return isInt(value) ? 0 - value : float(-toFloat(value))
}
