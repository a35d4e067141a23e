/** Bounds of logging and metrics. */

/** Observations kept while the metrics library is being loaded; more are not counted. */
export const waitingObservationsMax = 10_000
/** Characters of lines about requests that are written at once. */
export const lineBatchCharsMax = 16_384
