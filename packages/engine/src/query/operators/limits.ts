/**
 * Bounds of the operators. Each is tested at the bound and one past it.
 */
export const operatorLimits = {
  /** UTF-16 units in a string that an operator or function makes. */
  textCharsMax: 16 * 1024 * 1024,
  /** Elements in an array or set that an operator or function makes. */
  elementsMax: 1_000_000,
  /** Characters in a pattern of LIKE. */
  likePatternCharsMax: 1_000,
  /** Compiled patterns of LIKE that are kept. */
  likeCacheEntriesMax: 256,
  /** Pairs of edges that one test of two geometries may look at. */
  geometryEdgePairsMax: 1_000_000,
  /** Edges looked at to test the pieces of one line. */
  geometryTestsMax: 20_000_000,
  /** Characters of a value inside an error message. */
  describedCharsMax: 60,
} as const
