/**
 * Variance in one pass.
 * Floats by Welford's method (1962): mean and sum of squared distances from it, updated value by value. Plain sums of
 * values and squares would lose all digits when the values are large and close together. Such sums are exact, though,
 * and give the correctly rounded result, as long as everything is a small int; so they are kept beside as long as that
 * holds.
 */

import { type NumericValue, toFloat } from '@dendrodb/protocol'

export class Moments {
  #count = 0
  #mean = 0
  #distances = 0
  #isExact = true
  #sum = 0
  #squares = 0

  add(value: NumericValue): void {
    const n = toFloat(value)
    this.#count += 1
    const before = n - this.#mean
    this.#mean += before / this.#count
    this.#distances += before * (n - this.#mean)
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
