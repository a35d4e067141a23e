/** Bounds of logging and metrics. */

/** Observations kept while the metrics library is being loaded; more are not counted. */
export const waitingObservationsMax = 10_000
