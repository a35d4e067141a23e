/** Bounds of proofs, which come from strangers. */

export const proofLimits = {
  /** Characters of a proof file: the largest commit or record in base64, and the rest. */
  fileCharsMax: 96 * 1024 * 1024,
  /** Characters of a checkpoint with its signatures. */
  checkpointCharsMax: 8_192,
  /** Signatures of a checkpoint: its own and those of witnesses. */
  signaturesMax: 32,
  /** Characters of an origin, and so of a key's name. */
  originCharsMax: 256,
  /** Hashes of a path: a tree of 2^53 leaves has 53 levels. */
  pathHashesMax: 64,
} as const
