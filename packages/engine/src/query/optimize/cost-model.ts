/**
 * What ways to the rows of a table cost, in units of reading one row of a full scan.
 * Why without statistics: plans are kept across queries and must not depend on counting a table first, which
 * inside a transaction would count as having read it. The figures are guesses of what share of the rows a
 * condition leaves; they only have to put the ways in order.
 */
export const costModel = {
  /** Reading a record by id, against reading it in a scan. */
  pointReadCost: 3,
  /** Share of the rows with one value of a field. */
  equalFraction: 0.02,
  /** Values in a list that is not known yet. */
  listLength: 10,
  /** Share of the rows between two bounds, and on one side of a bound. */
  betweenFraction: 0.1,
  sideFraction: 0.3,
  /**
   * Share read in the order of an index until a LIMIT is reached, without and with a condition that drops
   * rows.
   */
  orderedFraction: 0.005,
  orderedFilteredFraction: 0.1,
  /** A record by a unique key or by its id. */
  pointFraction: 0.000_1,
} as const

export function listFraction(length: number): number {
  return Math.min(1, length * costModel.equalFraction)
}
