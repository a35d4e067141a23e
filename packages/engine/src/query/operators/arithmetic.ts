/**
 * The operators + - * / % ** and the signs.
 * Why fast paths come first: expressions run once per row, and almost all of them add small ints or multiply
 * floats.
 * A `number` result may be handed out as it is when it is a non-integer (then it is a float), or when it is a
 * safe integer made of two ints (then it is the exact int). Every other case goes the long way.
 * Besides numbers: text + text; datetime ± duration, datetime - datetime; duration ± duration, duration × and
 * / number; array, set ± collection or element; object + object, where the right one's fields win.
 * @throws OPERATOR_TYPE_MISMATCH by all of them when the operands have no such operation, NONE and NULL
 * always
 */

import {
  Datetime,
  Decimal,
  Duration,
  isInt,
  type NumericValue,
  toFloat,
  type Value,
} from '@dendrodb/protocol'
import { addCollections, subtractCollections } from './collection-arithmetic.ts'
import { operandMismatch, operatorMismatch } from './describe-value.ts'
import { operatorLimits } from './limits.ts'
import {
  addition,
  combineNumbers,
  division,
  isNumber,
  multiplication,
  negate,
  raise,
  remainder,
  subtraction,
} from './number-arithmetic.ts'
import { operatorErrors } from './operator-errors.ts'

/**
 * `left + right`. @throws OPERATOR_RESULT_TOO_LARGE, VALUE_INT_RANGE, VALUE_DATETIME_RANGE,
 * VALUE_DURATION_RANGE
 */
export function add(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right
    return isFinal(sum, left, right) ? sum : combineNumbers(addition, left, right)
  }
  if (typeof left === 'string' && typeof right === 'string') return concatenate(left, right)
  if (isNumber(left) && isNumber(right)) return combineNumbers(addition, left, right)
  if (right instanceof Duration) {
    if (left instanceof Datetime) return left.add(right)
    if (left instanceof Duration) return left.add(right)
  }
  if (left instanceof Duration && right instanceof Datetime) return right.add(left)
  const sum = addCollections(left, right)
  if (sum === undefined) throw operatorMismatch('+', left, right)
  return sum
}

/**
 * `left - right`. @throws VALUE_INT_RANGE, VALUE_DATETIME_RANGE, VALUE_DURATION_RANGE when the result is
 * negative
 */
export function sub(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    const difference = left - right
    return isFinal(difference, left, right) ? difference : combineNumbers(subtraction, left, right)
  }
  if (isNumber(left) && isNumber(right)) return combineNumbers(subtraction, left, right)
  if (left instanceof Datetime) {
    if (right instanceof Duration) return left.subtract(right)
    if (right instanceof Datetime) return left.since(right)
  }
  if (left instanceof Duration && right instanceof Duration) return left.subtract(right)
  const difference = subtractCollections(left, right)
  if (difference === undefined) throw operatorMismatch('-', left, right)
  return difference
}

/** `left * right`. @throws VALUE_INT_RANGE, VALUE_DECIMAL_RANGE, VALUE_DURATION_RANGE */
export function mul(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    const product = left * right
    // Adding 0 turns the -0 of 0 × -1 into the int 0; a float -0 is an integer and never gets here.
    return isFinal(product, left, right) ? product + 0 : combineNumbers(multiplication, left, right)
  }
  if (isNumber(left)) {
    if (isNumber(right)) return combineNumbers(multiplication, left, right)
    if (right instanceof Duration) return scaleDuration(right, left)
  }
  if (left instanceof Duration && isNumber(right)) return scaleDuration(left, right)
  throw operatorMismatch('*', left, right)
}

/** `left / right`: towards zero for two ints (5 / 2 is 2), NaN for an int or decimal divided by zero. */
export function div(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    // The quotient of two ints below 2^53 never rounds up to the next integer, so cutting the float is exact.
    if (Number.isInteger(left) && Number.isInteger(right)) {
      return right === 0 ? Number.NaN : Math.trunc(left / right) + 0
    }
    const quotient = left / right
    return Number.isInteger(quotient) ? combineNumbers(division, left, right) : quotient
  }
  if (isNumber(left) && isNumber(right)) return combineNumbers(division, left, right)
  if (left instanceof Duration && isNumber(right)) return divideDuration(left, right)
  throw operatorMismatch('/', left, right)
}

/** `left % right`, with the sign of `left`. @throws VALUE_DIVISION_BY_ZERO */
export function rem(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number' && right !== 0) {
    const rest = left % right
    return isFinal(rest, left, right) ? rest + 0 : combineNumbers(remainder, left, right)
  }
  if (isNumber(left) && isNumber(right)) return combineNumbers(remainder, left, right)
  throw operatorMismatch('%', left, right)
}

/** `left ** right`. @throws OPERATOR_NEGATIVE_POWER, VALUE_INT_RANGE, VALUE_DECIMAL_RANGE */
export function pow(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) return raise(left, right)
  throw operatorMismatch('**', left, right)
}

/** `-value`. @throws OPERATOR_OPERAND_TYPE */
export function neg(value: Value): Value {
  if (isNumber(value)) return negate(value)
  throw operandMismatch('-', value)
}

/** `+value`: the number itself. @throws OPERATOR_OPERAND_TYPE */
export function plus(value: Value): Value {
  if (isNumber(value)) return value
  throw operandMismatch('+', value)
}

function isFinal(result: number, left: number, right: number): boolean {
  return Number.isSafeInteger(result)
    ? Number.isInteger(left) && Number.isInteger(right)
    : !Number.isInteger(result)
}

function concatenate(left: string, right: string): string {
  if (left.length + right.length > operatorLimits.textCharsMax) {
    throw operatorErrors.RESULT_TOO_LARGE({
      operator: '+',
      maximum: operatorLimits.textCharsMax,
      unit: 'characters',
    })
  }
  return left + right
}

function scaleDuration(duration: Duration, factor: NumericValue): Duration {
  if (isInt(factor)) return duration.multiply(factor)
  if (factor instanceof Decimal) {
    return Duration.fromNanos(Decimal.fromInt(duration.totalNanos()).mul(factor).trunc().toBigInt())
  }
  return durationOfNanos(Number(duration.totalNanos()) * toFloat(factor))
}

function divideDuration(duration: Duration, divisor: NumericValue): Duration {
  if (isInt(divisor)) return duration.divide(divisor)
  if (divisor instanceof Decimal) {
    return Duration.fromNanos(Decimal.fromInt(duration.totalNanos()).div(divisor).trunc().toBigInt())
  }
  return durationOfNanos(Number(duration.totalNanos()) / toFloat(divisor))
}

/** Cut to whole nanoseconds; NaN and the infinities are as far out of range as a negative length. */
function durationOfNanos(nanos: number): Duration {
  return Duration.fromNanos(Number.isFinite(nanos) ? BigInt(Math.trunc(nanos)) : -1n)
}
