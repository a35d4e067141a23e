/**
 * Reads through classic-level: one value, or one segment of a scan.
 * Why segments: LevelDB skips a block that it cannot read and says so only when the iterator reaches its end.
 * So each chunk of a scan is an iterator of its own with a limit that it runs into, and its status is known
 * before the chunk is handed out. That costs 10 µs per chunk, and nothing of LevelDB is held between two
 * chunks.
 * Why options are prepared: abstract-level copies those that do not name the encodings, which halves the
 * speed of a get.
 */

import type { ClassicLevel, Snapshot } from 'classic-level'
import { damaged, readError } from './level-errors.ts'
import { unframeValue } from './value-frame.ts'

export type Level = ClassicLevel<Buffer, Buffer>

export interface ReadOptions {
  readonly snapshot: Snapshot | undefined
  readonly keyEncoding: 'buffer'
  readonly valueEncoding: 'buffer'
  readonly fillCache: boolean
}

export function readOptionsOf(snapshot: Snapshot | undefined): ReadOptions {
  return { snapshot, keyEncoding: 'buffer', valueEncoding: 'buffer', fillCache: true }
}

/** Reads what LevelDB holds at the moment. */
export const newestOptions = readOptionsOf(undefined)

/** @throws STORAGE_CORRUPT naming the key */
export function readValue(level: Level, key: Uint8Array, options: ReadOptions): Buffer | undefined {
  const frame = readFrame(level, key, options)
  if (frame === undefined) return undefined
  const value = unframeValue(key, frame)
  if (value === undefined) throw damaged('its checksum does not match', key)
  return value
}

/** As it is stored, not verified. */
export function readFrame(level: Level, key: Uint8Array, options: ReadOptions): Buffer | undefined {
  try {
    return level.getSync(key as Buffer, options)
  } catch (error) {
    throw readError(level.location, error, key)
  }
}

export interface SegmentBounds {
  readonly gte?: Uint8Array
  /** Behind the last entry of the segment before. */
  readonly gt?: Uint8Array
  readonly lt: Uint8Array
}

export interface SegmentOptions {
  readonly snapshot: Snapshot
  readonly isReverse: boolean
  readonly fillCache: boolean
}

export interface SegmentLimits {
  readonly entriesMax: number
  /** The entry that exceeds it is the last. */
  readonly bytesMax: number
}

export interface Segment {
  readonly entries: readonly RawEntry[]
  /** Bytes of all keys and frames. */
  readonly bytes: number
  /**
   * Stopped by its bytes, so that LevelDB has not said whether it skipped something. Read again with exactly
   * its number of entries and of bytes as limits it runs to its end.
   */
  readonly isCut: boolean
}

/** Key and frame. */
export type RawEntry = readonly [Buffer, Buffer]

/** abstract-level's interface for implementations, which does not cut the number asked for to the limit. */
interface LimitedIterator {
  _nextv(size: number, options: object): Promise<readonly RawEntry[]>
  close(): Promise<void>
}

const noOptions = Object.freeze({})

/** @throws STORAGE_CORRUPT when a block in the segment cannot be read */
export async function readSegment(
  level: Level,
  bounds: SegmentBounds,
  { snapshot, isReverse, fillCache }: SegmentOptions,
  { entriesMax, bytesMax }: SegmentLimits,
): Promise<Segment> {
  const iterator = level.iterator({
    ...(bounds as { gte?: Buffer; gt?: Buffer; lt: Buffer }),
    snapshot,
    reverse: isReverse,
    limit: entriesMax,
    fillCache,
    highWaterMarkBytes: bytesMax,
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  }) as unknown as LimitedIterator
  try {
    const entries = await iterator._nextv(entriesMax + 1, noOptions)
    let bytes = 0
    for (const [key, frame] of entries) bytes += key.length + frame.length
    return { entries, bytes, isCut: bytes > bytesMax }
  } catch (error) {
    throw readError(level.location, error)
  } finally {
    // Frees LevelDB's iterator at once; the promise only tells so.
    void iterator.close()
  }
}
