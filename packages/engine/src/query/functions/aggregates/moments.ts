/**
 * Variance in one pass.
 * Floats by Welford's method (1962): mean and sum of squared distances from it, updated value by value. All
 * are taken relative to the first value, which costs nothing and saves the digits of values that are large
 * and close together.
 * Small ints by their plain sums of values and squares, which are exact as long as they are safe integers and
 * give the correctly rounded result; for floats such sums would lose all digits.
 */

import { type NumericValue, toFloat } from '@dendrodb/protocol'

export class Moments {
  #count = 0
  #first = 0
  #mean = 0
  #distances = 0
  #isExact = true
  #sum = 0
  #squares = 0

  add(value: NumericValue): void {
    const n = toFloat(value)
    if (this.#count === 0) this.#first = n
    this.#count += 1
    const distance = n - this.#first
    const before = distance - this.#mean
    this.#mean += before / this.#count
    this.#distances += before * (distance - this.#mean)
    this.#sum += n
    this.#squares += n * n
    // Squares are never negative, so that while their sum is safe every part of it was.
    this.#isExact &&= typeof value === 'number' && Number.isInteger(n) && Number.isSafeInteger(this.#squares)
  }

  /** Of a sample: divided by one less than the count. 0 for a single value, NaN for none. */
  variance(): number {
    if (this.#count < 2) return this.#count === 0 ? Number.NaN : 0
    if (!this.#isExact) return this.#distances / (this.#count - 1)
    const count = BigInt(this.#count)
    const numerator = count * BigInt(this.#squares) - BigInt(this.#sum) ** 2n
    return Number(numerator) / Number(count * (count - 1n))
  }
}
