/** Bounds of the sealed store. What each costs and gains: docs/adr/0016-sealed-store.md. */

const kib = 1024
const mib = 1024 * kib

/** Sizes that tests make small, so that a few records fill several levels. */
export interface SealedShape {
  /** Entries of a page, before it is compressed. */
  readonly pageBytes: number
  /** Entries of a segment, before they are compressed. */
  readonly segmentBytes: number
  /** Entries of the first level; each further level holds `levelRatio` times as much. */
  readonly levelOneBytes: number
  readonly levelRatio: number
  /** A longer value lies in pages of its own, so that merging its neighbours does not rewrite it. */
  readonly inlineBytesMax: number
  /** Bytes of a long value in one page. */
  readonly overflowPageBytes: number
  /** Bytes of a batch in one record of the log. */
  readonly logPartBytes: number
}

export const defaultShape: SealedShape = {
  pageBytes: 8 * kib,
  segmentBytes: 4 * mib,
  levelOneBytes: 32 * mib,
  levelRatio: 8,
  inlineBytesMax: 4 * kib,
  overflowPageBytes: 256 * kib,
  logPartBytes: 1 * mib,
}

/** Decoded leaves kept in memory. */
export const pageCacheBytesDefault = 32 * mib
/**
 * Indexes and filters of segments kept in memory besides: a fiftieth of the entries that they are of. LevelDB
 * keeps its own of open files, too.
 */
export const guideCacheBytes = 16 * mib
/** Of the store below, which serves what is not among those. */
export const belowCacheBytes = 2 * mib
/** Of the store below: its own batches, which it writes twice. */
export const belowWriteBufferBytes = 4 * mib
/** Changes kept in memory until they are merged into pages; there may be two such tables at a time. */
export const tableBytesDefault = 16 * mib
/**
 * Part of a full table below which closing leaves it in the log: replaying that is cheaper than merging it.
 */
export const closeFlushShareMin = 1 / 2

/**
 * Pages sealed under one key derived from the data key. NIST SP 800-38D allows 2^32 with random nonces, for a
 * chance of 2^-32 that two are equal; this keeps the chance below 2^-56 per key.
 */
export const sealsPerKeyMax = 2 ** 20
/** Derived keys kept for reading; there is one per opening of the store and per 2^20 pages. */
export const derivedKeysMax = 256

/** Bytes of the index of a segment, which is one page. */
export const indexBytesMax = 48 * kib
/** Bytes of pages handed to the store below at a time. */
export const writeBatchBytes = 256 * kib
/** Pages deleted at a time. */
export const deleteBatchPages = 2_000
/** Merging and scanning let others run after so much time. */
export const sliceMs = 2
/** Deleted bytes from which on the store below is asked to give them back … */
export const deadBytesMin = 8 * mib
/** … and their share of the live ones. */
export const deadShareMax = 1 / 3
