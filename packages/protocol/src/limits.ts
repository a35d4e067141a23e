/**
 * Bounds of the value layer. Each is tested at the bound and one past it.
 */
export const limits = {
  /**
   * A value may lie inside at most this many arrays, objects, sets, ranges, record ids and geometry
   * collections.
   */
  depthMax: 128,
  /**
   * The same of an answer and of what is shown of it: what stands around records comes on top of their own
   * levels.
   */
  answerDepthMax: 160,
  /** An int x satisfies |x| < 2^intBitsMax. */
  intBitsMax: 512,
  /** Longest text of an int or decimal that is parsed, signs and zeros included. */
  numberTextCharsMax: 1024,
  /** Significant digits of a decimal: the precision of IEEE 754-2008 decimal128. */
  decimalDigitsMax: 34,
  /** |adjusted exponent| of a decimal, that is of its leading digit. */
  decimalExponentMax: 300,
  /** Datetimes reach from the first instant of year -9999 to the last of year 9999. */
  yearMin: -9999,
  yearMax: 9999,
  /** Seconds in a duration: about 285 million years. */
  durationSecondsMax: Number.MAX_SAFE_INTEGER,
  /** UTF-8 bytes of a table name. */
  tableNameBytesMax: 128,
  /** Bytes of a record id's key in the order-preserving encoding. */
  recordKeyBytesMax: 1024,
  /** Elements, fields and vector dimensions in one value that comes from outside. */
  untrustedElementsMax: 1_000_000,
  /** Longest name that is compared with known ones to suggest what was meant. */
  nearestNameCharsMax: 64,
  /** Characters of one detail inside an error message. */
  errorDetailCharsMax: 200,
} as const
