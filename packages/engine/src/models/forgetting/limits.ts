/** Bounds of forgetting. */

/** Versions that one erasure takes out of the database, those of edges included: one commit, one batch. */
export const erasedVersionsMax = 200_000
/** Characters of the reason that an erasure gives. */
export const erasureReasonCharsMax = 512
