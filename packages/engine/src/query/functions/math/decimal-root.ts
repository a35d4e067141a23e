/**
 * Square roots of decimals, to all their digits.
 */

import { Decimal, limits } from '@dendrodb/protocol'

/** Rounded to 34 digits; NaN for a negative number. */
export function decimalRoot(n: Decimal): Decimal | number {
  if (n.sign < 0) return Number.NaN
  if (n.isZero) return n
  // An even exponent halves; twice the digits wanted, and two more, give the root its digits and one to round
  // by.
  const digits = n.coefficient.toString().length
  let shift = Math.max(0, 2 * (limits.decimalDigitsMax + 2) - digits)
  if ((n.exponent - shift) % 2 !== 0) shift += 1
  const scaled = n.coefficient * 10n ** BigInt(shift)
  const root = integerRoot(scaled)
  const exponent = (n.exponent - shift) / 2
  // A digit beyond an inexact root tells the rounding that it lies above.
  return root * root === scaled ? Decimal.of(root, exponent) : Decimal.of(root * 10n + 1n, exponent - 1)
}

/** The greatest integer whose square is at most `n` (Newton's method). */
function integerRoot(n: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2))
  while (true) {
    const next = (root + n / root) >> 1n
    if (next >= root) return root
    root = next
  }
}
