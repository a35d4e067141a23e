/** Bounds of reads at a valid time. */

/** Periods of one record gone back through before other requests have their turn. */
export const periodsPerTurn = 64
