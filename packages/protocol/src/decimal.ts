/**
 * Decimal numbers: coefficient × 10^exponent.
 * Why: money and measurements are decimal; binary floats cannot hold 0.1.
 * Invariants: at most 34 significant digits (IEEE 754-2008 decimal128), leading digit between 10^-300 and
 * 10^300, no trailing zero in the coefficient, zero is 0 × 10^0. So each number has one representation: 1.50
 * is 1.5.
 * Results are rounded half to even at 34 digits. What would leave the range is an error, also towards zero,
 * so that no amount vanishes silently.
 */

import { limits } from './limits.ts'
import { tags, typeTag } from './type-tag.ts'
import { valueErrors } from './value-errors.ts'

type Rounding = 'half-even' | 'floor' | 'ceil' | 'trunc'

const decimalPattern = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

export class Decimal {
  readonly coefficient: bigint
  readonly exponent: number

  private constructor(coefficient: bigint, exponent: number) {
    this.coefficient = coefficient
    this.exponent = exponent
  }

  static readonly zero: Decimal = new Decimal(0n, 0)
  static readonly one: Decimal = new Decimal(1n, 0)

  /** coefficient × 10^exponent, rounded to 34 digits. @throws VALUE_DECIMAL_RANGE */
  static of(coefficient: bigint, exponent: number): Decimal {
    if (coefficient === 0n) return Decimal.zero
    const rounded = roundDigits(coefficient, exponent, limits.decimalDigitsMax)
    const leading = rounded.exponent + digitCount(rounded.coefficient) - 1
    if (!(Math.abs(leading) <= limits.decimalExponentMax)) throw valueErrors.DECIMAL_RANGE()
    return new Decimal(rounded.coefficient, rounded.exponent)
  }

  /**
   * From text such as `-12.50` or `1e-7`; digits beyond 34 are rounded.
   * @throws VALUE_DECIMAL_SYNTAX, VALUE_DECIMAL_RANGE
   */
  static parse(text: string): Decimal {
    const match = text.length <= limits.numberTextCharsMax ? decimalPattern.exec(text) : null
    if (match === null) throw valueErrors.DECIMAL_SYNTAX({ text })
    const [, sign, whole = '', fraction = '', exponent = '0'] = match
    const magnitude = BigInt(whole + fraction)
    return Decimal.of(sign === '-' ? -magnitude : magnitude, Number(exponent) - fraction.length)
  }

  /** From an int; more than 34 digits are rounded. */
  static fromInt(n: number | bigint): Decimal {
    return Decimal.of(BigInt(n), 0)
  }

  /**
   * From a float by its shortest decimal text, so that 0.1 gives 0.1 and not its binary expansion.
   * @throws VALUE_DECIMAL_RANGE also for NaN and the infinities
   */
  static fromFloat(n: number): Decimal {
    if (!Number.isFinite(n)) throw valueErrors.DECIMAL_RANGE()
    return Decimal.parse(String(n))
  }

  get [typeTag](): typeof tags.number {
    return tags.number
  }

  get isZero(): boolean {
    return this.coefficient === 0n
  }

  /** -1, 0 or 1. */
  get sign(): number {
    return this.coefficient > 0n ? 1 : this.coefficient < 0n ? -1 : 0
  }

  /** Exponent of the leading digit: 123.4 has 2. */
  get adjustedExponent(): number {
    return this.exponent + digitCount(this.coefficient) - 1
  }

  neg(): Decimal {
    return this.isZero ? this : new Decimal(-this.coefficient, this.exponent)
  }

  abs(): Decimal {
    return this.coefficient < 0n ? this.neg() : this
  }

  add(other: Decimal): Decimal {
    const exponent = Math.min(this.exponent, other.exponent)
    return Decimal.of(scaledTo(this, exponent) + scaledTo(other, exponent), exponent)
  }

  sub(other: Decimal): Decimal {
    return this.add(other.neg())
  }

  mul(other: Decimal): Decimal {
    return Decimal.of(this.coefficient * other.coefficient, this.exponent + other.exponent)
  }

  /** @throws VALUE_DIVISION_BY_ZERO */
  div(other: Decimal): Decimal {
    return divide(this, other)
  }

  /** Remainder with the sign of the dividend; exact. @throws VALUE_DIVISION_BY_ZERO */
  rem(other: Decimal): Decimal {
    if (other.isZero) throw valueErrors.DIVISION_BY_ZERO()
    const exponent = Math.min(this.exponent, other.exponent)
    return Decimal.of(scaledTo(this, exponent) % scaledTo(other, exponent), exponent)
  }

  /**
   * To an integer power; exact where 34 digits suffice, else within one unit of the last digit.
   * @throws VALUE_INT_EXPECTED, VALUE_DIVISION_BY_ZERO, VALUE_DECIMAL_RANGE
   */
  pow(power: number): Decimal {
    if (!Number.isSafeInteger(power)) throw valueErrors.INT_EXPECTED({ value: power })
    if (power === 0) return Decimal.one
    if (this.isZero) return power > 0 ? this : divide(Decimal.one, this)
    const exponent = Math.abs(power)
    const size = Math.log10(Math.abs(this.toNumber())) * exponent
    if (Math.abs(size) > limits.decimalExponentMax + 2) throw valueErrors.DECIMAL_RANGE()
    // Each squaring may double the relative error; guard digits as long as the power absorb that.
    const digits = limits.decimalDigitsMax + String(exponent).length + 3
    let result: Scaled = Decimal.one
    let base: Scaled = this
    for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = multiplyRounded(result, base, digits)
      base = multiplyRounded(base, base, digits)
    }
    return power < 0 ? divide(Decimal.one, result) : Decimal.of(result.coefficient, result.exponent)
  }

  /** Negative, zero or positive as `this` is less than, equal to or greater than `other`. */
  compare(other: Decimal): number {
    if (this.sign !== other.sign) return this.sign - other.sign
    if (this.isZero) return 0
    const leading = this.adjustedExponent - other.adjustedExponent
    if (leading !== 0) return leading * this.sign
    const exponent = Math.min(this.exponent, other.exponent)
    const left = scaledTo(this, exponent)
    const right = scaledTo(other, exponent)
    return left < right ? -1 : left > right ? 1 : 0
  }

  equals(other: Decimal): boolean {
    return this.exponent === other.exponent && this.coefficient === other.coefficient
  }

  /** To `places` digits after the point, half to even; negative places round before the point. */
  round(places = 0): Decimal {
    return this.#quantize(places, 'half-even')
  }

  floor(places = 0): Decimal {
    return this.#quantize(places, 'floor')
  }

  ceil(places = 0): Decimal {
    return this.#quantize(places, 'ceil')
  }

  trunc(places = 0): Decimal {
    return this.#quantize(places, 'trunc')
  }

  get isInteger(): boolean {
    return this.exponent >= 0
  }

  /** The nearest float, ties to even. */
  toNumber(): number {
    // The digits of a number literal are converted with correct rounding, however many there are.
    return Number(`${this.coefficient}e${this.exponent}`)
  }

  /** The integer part, rounded towards zero. */
  toBigInt(): bigint {
    return this.exponent >= 0
      ? this.coefficient * powerOfTen(this.exponent)
      : this.coefficient / powerOfTen(-this.exponent)
  }

  /** Plain notation up to 34 digits and down to 1e-7, scientific beyond. */
  toString(): string {
    const sign = this.coefficient < 0n ? '-' : ''
    const digits = absolute(this.coefficient).toString()
    const leading = digits.length + this.exponent - 1
    if (leading >= limits.decimalDigitsMax || leading < -7) {
      const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
      return `${sign}${digits[0]}${fraction}e${leading}`
    }
    if (this.exponent >= 0) return sign + digits + '0'.repeat(this.exponent)
    const padded = digits.padStart(1 - this.exponent, '0')
    return `${sign}${padded.slice(0, this.exponent)}.${padded.slice(this.exponent)}`
  }

  /** The same text, for `JSON.stringify`. */
  toJSON(): string {
    return this.toString()
  }

  #quantize(places: number, rounding: Rounding): Decimal {
    if (!Number.isSafeInteger(places)) throw valueErrors.INT_EXPECTED({ value: places })
    const dropped = -places - this.exponent
    if (dropped <= 0 || this.isZero) return this
    // Dropping more digits than there are leaves nothing but the sign and "not zero".
    const unit = powerOfTen(Math.min(dropped, digitCount(this.coefficient) + 1))
    const quotient = this.coefficient / unit
    const remainder = this.coefficient % unit
    return Decimal.of(quotient + roundingStep(quotient, remainder, unit, rounding), 0 - places)
  }
}

interface Scaled {
  readonly coefficient: bigint
  readonly exponent: number
}

/** What to add to a quotient that was cut towards zero. */
function roundingStep(quotient: bigint, remainder: bigint, unit: bigint, rounding: Rounding): bigint {
  if (remainder === 0n || rounding === 'trunc') return 0n
  const away = remainder < 0n ? -1n : 1n
  if (rounding === 'floor') return away < 0n ? -1n : 0n
  if (rounding === 'ceil') return away > 0n ? 1n : 0n
  const twice = absolute(remainder) * 2n
  return twice > unit || (twice === unit && quotient % 2n !== 0n) ? away : 0n
}

/** At most `digits` significant digits, half to even, without trailing zeros. */
function roundDigits(coefficient: bigint, exponent: number, digits: number): Scaled {
  if (coefficient === 0n) return { coefficient, exponent: 0 }
  const text = absolute(coefficient).toString()
  const significant = lengthWithoutZeros(text)
  if (significant <= digits) {
    const cut = text.length - significant
    return cut === 0
      ? { coefficient, exponent }
      : { coefficient: coefficient / powerOfTen(cut), exponent: exponent + cut }
  }
  const cut = text.length - digits
  const unit = powerOfTen(cut)
  const quotient = coefficient / unit
  const rounded = quotient + roundingStep(quotient, coefficient % unit, unit, 'half-even')
  return roundDigits(rounded, exponent + cut, digits)
}

/** @throws VALUE_DIVISION_BY_ZERO */
function divide(left: Scaled, right: Scaled): Decimal {
  if (right.coefficient === 0n) throw valueErrors.DIVISION_BY_ZERO()
  // Two digits more than are kept, and a last digit that says "not exact", make the rounding right.
  const wanted = limits.decimalDigitsMax + 2
  const shift = Math.max(0, wanted + digitCount(right.coefficient) - digitCount(left.coefficient))
  const dividend = left.coefficient * powerOfTen(shift)
  const quotient = dividend / right.coefficient
  const exponent = left.exponent - right.exponent - shift
  if (quotient * right.coefficient === dividend) return Decimal.of(quotient, exponent)
  const away = left.coefficient < 0n === right.coefficient < 0n ? 1n : -1n
  return Decimal.of(quotient * 10n + away, exponent - 1)
}

function multiplyRounded(left: Scaled, right: Scaled, digits: number): Scaled {
  return roundDigits(left.coefficient * right.coefficient, left.exponent + right.exponent, digits)
}

function lengthWithoutZeros(digits: string): number {
  let length = digits.length
  while (length > 1 && digits.charCodeAt(length - 1) === 0x30) length -= 1
  return length
}

function scaledTo(value: Decimal, exponent: number): bigint {
  return value.coefficient * powerOfTen(value.exponent - exponent)
}

function absolute(n: bigint): bigint {
  return n < 0n ? -n : n
}

function digitCount(n: bigint): number {
  return absolute(n).toString().length
}

const powersOfTen: bigint[] = []

/** 10^n; the ones in daily use are kept. */
export function powerOfTen(n: number): bigint {
  if (n >= 512) return 10n ** BigInt(n)
  for (let next = powersOfTen.length; next <= n; next += 1) powersOfTen.push(10n ** BigInt(next))
  return powersOfTen[n] as bigint
}
