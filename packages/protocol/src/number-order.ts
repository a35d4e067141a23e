/**
 * Exact comparison of ints, floats and decimals with one another.
 * Why: rounding an int or a decimal to a float before comparing makes 2^53 and 2^53 + 1 equal, and an index
 * that holds both would answer wrongly.
 * Order: NaN, -Infinity, the finite numbers by their exact value, Infinity. -0 equals 0.
 */

import { type Decimal, powerOfTen } from './decimal.ts'
import { type Float, isIntNumber, type NumericValue, toFloat } from './float.ts'

/** Kinds of numbers in the order in which equal ones follow each other. Part of stored bytes. */
export const numberKinds = { negativeZero: 1, int: 2, float: 3, decimal: 4 } as const

export type NumberKind = (typeof numberKinds)[keyof typeof numberKinds]

export function numberKindOf(value: NumericValue): NumberKind {
  if (typeof value === 'bigint') return numberKinds.int
  if (typeof value === 'number') {
    if (isIntNumber(value)) return numberKinds.int
    return value === 0 ? numberKinds.negativeZero : numberKinds.float
  }
  if (isDecimal(value)) return numberKinds.decimal
  return Object.is(value.value, -0) ? numberKinds.negativeZero : numberKinds.float
}

/** By value alone: 1, 1.0 and 1dec give 0. */
export function compareNumbers(left: NumericValue, right: NumericValue): number {
  if (typeof left === 'number' && typeof right === 'number') return compareFloats(left, right)
  const a = simplify(left)
  const b = simplify(right)
  if (typeof a === 'object') return typeof b === 'object' ? a.compare(b) : compareExactToSimple(a, b)
  if (typeof b === 'object') return 0 - compareExactToSimple(b, a)
  // JavaScript compares a bigint with a number by exact value.
  if (typeof a === 'number' && typeof b === 'number') return compareFloats(a, b)
  if (a < b || Number.isNaN(a)) return -1
  return a > b || Number.isNaN(b) ? 1 : 0
}

export function compareFloats(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return 0
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a))
}

/** Compares a value that may lie between two floats with a float. Requires a finite `float`. */
function compareToFloat(exact: bigint | Decimal, float: number): number {
  if (typeof exact === 'bigint') return exact < float ? -1 : exact > float ? 1 : 0
  const nearest = exact.toNumber()
  // Rounding keeps the order, and a float is its own nearest float.
  if (nearest !== float) return nearest < float ? -1 : 1
  const { mantissa, exponent } = floatParts(float)
  const left = exact.coefficient * powerOfTen(Math.max(0, exact.exponent)) * powerOfTwo(-exponent)
  const right = mantissa * powerOfTen(Math.max(0, -exact.exponent)) * powerOfTwo(exponent)
  return left < right ? -1 : left > right ? 1 : 0
}

export interface FloatParts {
  readonly mantissa: bigint
  readonly exponent: number
}

/** The exact value of a finite float as mantissa × 2^exponent, the mantissa odd or zero. */
export function floatParts(float: number): FloatParts {
  if (float === 0) return { mantissa: 0n, exponent: 0 }
  bitsView.setFloat64(0, float)
  const bits = bitsView.getBigUint64(0)
  const field = Number((bits >> 52n) & 0x7ffn)
  let mantissa = bits & 0xf_ffff_ffff_ffffn
  if (field !== 0) mantissa |= 0x10_0000_0000_0000n
  let exponent = (field === 0 ? 1 : field) - 1075
  while ((mantissa & 0xffn) === 0n) {
    mantissa >>= 8n
    exponent += 8
  }
  while ((mantissa & 1n) === 0n) {
    mantissa >>= 1n
    exponent += 1
  }
  return { mantissa: float < 0 ? -mantissa : mantissa, exponent }
}

const bitsView = new DataView(new ArrayBuffer(8))

function simplify(value: NumericValue): number | bigint | Decimal {
  return typeof value === 'object' && !isDecimal(value) ? value.value : value
}

function isDecimal(value: Float | Decimal): value is Decimal {
  return 'coefficient' in value
}

function compareExactToSimple(decimal: Decimal, other: number | bigint): number {
  if (typeof other === 'bigint') return compareDecimalToInt(decimal, other)
  if (Number.isNaN(other)) return 1
  if (!Number.isFinite(other)) return other > 0 ? -1 : 1
  return compareToFloat(decimal, other)
}

function compareDecimalToInt(decimal: Decimal, other: bigint): number {
  const left = decimal.coefficient * powerOfTen(Math.max(0, decimal.exponent))
  const right = other * powerOfTen(Math.max(0, -decimal.exponent))
  return left < right ? -1 : left > right ? 1 : 0
}

function powerOfTwo(exponent: number): bigint {
  return exponent > 0 ? 1n << BigInt(exponent) : 1n
}

/**
 * The float nearest to a number and, if that is not the number itself, on which side of it the number lies.
 */
export function nearestFloat(value: NumericValue): { readonly float: number; readonly side: number } {
  const float = toFloat(value)
  const exact = simplify(value)
  return { float, side: typeof exact === 'number' ? 0 : compareToFloat(exact, float) }
}
