/** Bounds of the stores. */

import type { KvStoreLimits } from './kv-store.ts'

const mib = 1024 * 1024

/** The same for every store that has no narrower ones of its own, so that data can move between them. */
export const storeLimits: KvStoreLimits = {
  /** An index key of two long parts has about 2 KiB. */
  keyBytesMax: 4 * 1024,
  /** Twice the largest record. */
  valueBytesMax: 32 * mib,
  /** Keys and values together; a batch is in memory up to three times while it is written. */
  batchBytesMax: 256 * mib,
}

/** Entries in a chunk of a scan: about half a millisecond of the main thread. */
export const chunkEntriesMax = 1_000
/** Entries in the first chunk of a scan whose caller says nothing, since many scans end early. */
export const firstChunkEntries = 64
/** How many times as many entries each chunk after it may have. */
export const chunkGrowth = 4
/** Bytes that a chunk aims at. Scans are slower with less and no faster with more. */
export const chunkBytes = 256 * 1024
/** Bytes that one chunk may have, but for its last entry: what a scan holds in memory. */
export const chunkBytesMax = 1 * mib

/** LevelDB's cache of uncompressed blocks. */
export const cacheBytesDefault = 32 * mib
/** Changes kept in memory until they become a file; there may be two such buffers at a time. */
export const writeBufferBytesDefault = 16 * mib
/** The same while a store is filled that nobody uses yet: fewer files to be merged later. */
export const fillBufferBytes = 32 * mib
/** Room that a disk must have for a compaction that was asked for, besides what writes need. */
export const compactRoomBytes = 64 * mib
/** Snapshots from before a purge may hold it up for this long. */
export const purgeSnapshotWaitMs = 60_000
/**
 * At the end of a purge writers wait this long for all readers to be done. After that those of older states
 * are lost, and those of the newest are told to try again.
 */
export const purgeQuietWaitMs = 500
/** Rounds in which a purge goes for files that the ones before have left alone. */
export const purgeRoundsMax = 8
/** How often a purge looks whether snapshots have been closed. */
export const purgePollMs = 20
/**
 * Aim for the size of a table file. Larger ones mean fewer files to open and longer pauses for compaction.
 */
export const tableFileBytes = 2 * mib
/**
 * Table files open at a time. Each keeps its index and filter, about 3 % of its size, in memory: 30 MiB in
 * all.
 */
export const openFilesMax = 512
/** Bytes in tables from which on a range of keys is worth opening files for. */
export const bulkRangeBytesMin = 128 * 1024
/** Bytes of a table that are read in one go when most of a store is; each go wakes another thread. */
export const bulkReadBytes = 256 * 1024
/** Of what was read so much is made into entries at a time: half a millisecond of the main thread. */
export const bulkPieceBytes = 64 * 1024
/** Logs that are taken into memory for that, twice for a moment: as a rule two buffers of changes at most. */
export const bulkLogBytesMax = 40 * mib
