/** Bounds of work on whole databases. */

/** Entries that a copy holds in memory at a time. */
export const copyBatchBytes = 1024 * 1024
/** Records of one page of a comparison, unless another number is asked for. */
export const diffRecordsDefault = 100

/** Kept answers that are cleaned in one step after an erasure. */
export const answersPerStep = 512
/** Files that could not be rewritten after an erasure are tried again after this. */
export const purgeRetryMs = 30_000
/** How often readers take a new snapshot while files are rewritten, so that none keeps old bytes. */
export const snapshotsExpireMs = 100

/** Versions past their retention that are taken out in one step. */
export const expiredVersionsPerStep = 1_000
/** Changed keys after which such a step ends. */
export const expiredOperationsPerStep = 8_192
