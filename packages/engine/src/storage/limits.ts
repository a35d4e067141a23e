/**
 * Bounds of the storage layer: what one batch may hold, how much a scan reads ahead, how much memory a store takes.
 * Why: each queue, buffer and file has a bound that is written down once and tested at it and one past it.
 */

import type { KvStoreLimits } from './kv-store.ts'

const kib = 1024
const mib = 1024 * kib

export const storageLimits = {
  /** Bytes of a key. Index keys are cut far below this; the bound stops a runaway, it is not a budget. */
  keyBytesMax: 64 * kib,
  /** Bytes of a value. Larger things are cut into chunks by whoever stores them. */
  valueBytesMax: 64 * mib,
  /** Bytes of the keys and values of one batch; it lies in memory several times while it is written. */
  batchBytesMax: 256 * mib,
  /** Entries in one chunk of a scan, whatever `chunkEntries` asks for. */
  scanChunkEntriesMax: 1000,
  /** Entries in the first chunk of a scan that names no limit; later chunks grow up to the maximum. */
  scanFirstChunkEntries: 64,
  /** Bytes after which a chunk of a scan ends; one entry may exceed it. */
  scanChunkBytes: 256 * kib,
  /** Block cache of LevelDB. With the write buffers it is what a database costs on a machine of 512 MB. */
  cacheBytes: 32 * mib,
  /** Memory table of LevelDB and its log; up to two of them are held at once. */
  writeBufferBytes: 8 * mib,
} as const

export const kvStoreLimits: KvStoreLimits = {
  keyBytesMax: storageLimits.keyBytesMax,
  valueBytesMax: storageLimits.valueBytesMax,
  batchBytesMax: storageLimits.batchBytesMax,
}
