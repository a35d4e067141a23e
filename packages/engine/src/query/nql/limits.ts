/**
 * Bounds of a text of NQL. Each is tested at the bound and one past it.
 */
export const nqlLimits = {
  /** UTF-16 units of a text. */
  textCharsMax: 64 * 1024,
  /** Conditions of WHERE. */
  conditionsMax: 256,
  /** Names in the path of a field. */
  fieldNamesMax: 64,
  /** Digits of a number; ints have to fit 256 bits. */
  digitsMax: 64,
} as const
