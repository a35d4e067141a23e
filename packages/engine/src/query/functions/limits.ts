/**
 * Bounds of the functions, beside those of the operators (text and elements of a result). Each is tested at
 * the bound and one past it.
 */
export const functionLimits = {
  /** Cells of the table that an edit distance or alignment of two texts fills: length × length. */
  distanceCellsMax: 4_000_000,
  /** Decimal places for `math::fixed`. */
  fixedPlacesMax: 100,
  /** Characters of a geohash; more carry nothing in a 64-bit float. */
  geohashCharsMax: 12,
  /** Characters of a random text. */
  randomTextCharsMax: 65_536,
  /** UTF-8 bytes of a password to be hashed. */
  passwordBytesMax: 1_024,
  /** What a given hash may ask of the machine before it is refused. */
  argon2MemoryKibMax: 262_144,
  argon2PassesMax: 16,
  argon2LanesMax: 16,
  scryptCostLogMax: 20,
  scryptBlockSizeMax: 16,
  scryptLanesMax: 16,
  scryptMemoryBytesMax: 256 * 1024 * 1024,
  pbkdf2RoundsMax: 2_000_000,
  passwordHashBytesMax: 128,
  /** Names within this many edits are suggested for an unknown function. */
  suggestionEditsMax: 4,
} as const
