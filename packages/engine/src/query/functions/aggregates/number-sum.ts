/**
 * Sums of numbers, one after the other, as exact as their kinds allow.
 * Ints and decimals are summed exactly, whatever their order and size; floats with Neumaier's compensation
 * (1974), which keeps what each addition rounds away, so that 1e100 + 1 - 1e100 is 1. Only the result is
 * rounded.
 */

import { Decimal, Float, float, int, type NumericValue, toFloat } from '@dendrodb/protocol'
import { toDecimal } from '../../operators/number-arithmetic.ts'

export class NumberSum {
  #count = 0
  /** Small ints are summed as numbers and moved to the bigint before they could overflow. */
  #smallInts = 0
  #bigInts = 0n
  #floatCount = 0
  #floats = 0
  #compensation = 0
  #decimalCount = 0
  /** Sum of the decimals: coefficient × 10^exponent. */
  #coefficient = 0n
  #exponent = 0

  get count(): number {
    return this.#count
  }

  add(value: NumericValue): void {
    this.#count += 1
    if (typeof value === 'number') {
      if (Number.isInteger(value)) this.#addInt(value)
      else this.#addFloat(value)
    } else if (typeof value === 'bigint') {
      this.#bigInts += value
    } else if (value instanceof Float) {
      this.#addFloat(value.value)
    } else {
      this.#addDecimal(value)
    }
  }

  /** 0 for no numbers. @throws VALUE_INT_RANGE, VALUE_DECIMAL_RANGE */
  total(): NumericValue {
    const decimal = this.#decimalTotal()
    if (decimal !== undefined) return decimal
    const ints = this.#bigInts + BigInt(this.#smallInts)
    return this.#floatCount > 0 || this.#decimalCount > 0 ? float(this.#floatTotal()) : int(ints)
  }

  /** NaN for no numbers; a decimal if there was one, otherwise a float. */
  mean(): NumericValue {
    if (this.#count === 0) return Number.NaN
    const decimal = this.#decimalTotal()
    if (decimal !== undefined) return decimal.div(Decimal.fromInt(this.#count))
    if (this.#floatCount > 0 || this.#decimalCount > 0) return float(this.#floatTotal() / this.#count)
    return float(Number(this.#bigInts + BigInt(this.#smallInts)) / this.#count)
  }

  #addInt(value: number): void {
    const sum = this.#smallInts + value
    if (Number.isSafeInteger(sum)) {
      this.#smallInts = sum
    } else {
      this.#bigInts += BigInt(this.#smallInts)
      this.#smallInts = value
    }
  }

  #addFloat(value: number): void {
    this.#floatCount += 1
    const sum = this.#floats + value
    // Once there is an infinity or NaN, what was rounded away no longer matters.
    if (Number.isFinite(sum)) this.#compensation += roundedAway(this.#floats, value, sum)
    this.#floats = sum
  }

  #addDecimal(value: Decimal): void {
    this.#decimalCount += 1
    const exponent = Math.min(this.#exponent, value.exponent)
    this.#coefficient =
      this.#coefficient * 10n ** BigInt(this.#exponent - exponent) +
      value.coefficient * 10n ** BigInt(value.exponent - exponent)
    this.#exponent = exponent
  }

  /** `undefined` without decimals, or when a float among the numbers is beyond all decimals. */
  #decimalTotal(): Decimal | undefined {
    if (this.#decimalCount === 0) return undefined
    const floats = toDecimal(float(this.#floats + this.#compensation))
    if (floats === undefined) return undefined
    const ints = (this.#bigInts + BigInt(this.#smallInts)) * 10n ** BigInt(-this.#exponent)
    const exact = Decimal.of(this.#coefficient + ints, this.#exponent)
    return this.#floatCount === 0 ? exact : exact.add(floats)
  }

  #floatTotal(): number {
    if (!Number.isFinite(this.#floats)) return this.#floats
    const others =
      Number(this.#bigInts + BigInt(this.#smallInts)) + toFloat(Decimal.of(this.#coefficient, this.#exponent))
    const sum = this.#floats + others
    return sum + (this.#compensation + roundedAway(this.#floats, others, sum))
  }
}

/** What the addition of two floats lost to rounding. */
function roundedAway(a: number, b: number, sum: number): number {
  return Math.abs(a) >= Math.abs(b) ? a - sum + b : b - sum + a
}
