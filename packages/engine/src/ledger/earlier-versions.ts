/**
 * The versions that a current record has replaced, as its `R` key lists them: newest first, back to when the
 * record was last absent, on a branch to what it found at its fork, and no more than `earlierVersionsMax`.
 * Why: a read of the past goes from the current record straight to the version of then; along `prevSeq` it
 * would be a step per version.
 * Why differences between seqs: the list of the next version is one entry and the same bytes behind it.
 * Why text whose characters are the bytes: nothing takes less memory, and cached records have it as well.
 * Format: docs/formats.md#current-record
 *
 * | offset | bytes | what, for each version                                        |
 * |--------|-------|---------------------------------------------------------------|
 * | 0      | 1–8   | seq of the version after it less its own seq, uvarint         |
 * | …      | 1–8   | n, uvarint: its place in its commit                           |
 */

import { earlierVersionsMax } from './limits.ts'
import type { VersionPlace } from './record-version.ts'
import { lengthOfUvarint, readUvarint, uvarintBytesMax, writeUvarint } from './uvarint.ts'

export const noEarlierVersions = ''
/** Where a list is put together. */
const list = Buffer.alloc(earlierVersionsMax * 2 * uvarintBytesMax)

/** What a version says of the one that it replaced. */
export interface ReplacedVersion {
  /** 0: the record was absent. */
  readonly prevSeq: number
  readonly prevN: number
}

/**
 * The list of the version of commit `seq`.
 * @param earlier the list of the version that it replaced
 */
export function earlierVersions(seq: number, { prevSeq, prevN }: ReplacedVersion, earlier: string): string {
  if (prevSeq === 0) return noEarlierVersions
  let end = writeUvarint(list, writeUvarint(list, 0, seq - prevSeq), prevN)
  const length = newestLength(earlier, earlierVersionsMax - 1)
  // Joining texts would cost twice as much, as they are copied once more when they are written.
  for (let at = 0; at < length; at += 1) list[end++] = earlier.charCodeAt(at)
  return list.toString('latin1', 0, end)
}

/**
 * Of a list of the version of commit `seq`: the newest one that is not newer than `asOf`; where all are, the
 * oldest.
 */
export function listedVersion(earlier: string, seq: number, asOf: number): VersionPlace {
  const bytes = Buffer.from(earlier, 'latin1')
  let place = { seq, n: 0 }
  for (let at = 0; at < bytes.length && place.seq > asOf; ) {
    const difference = readUvarint(bytes, at)
    const n = readUvarint(bytes, difference.end)
    place = { seq: place.seq - difference.value, n: n.value }
    at = n.end
  }
  return place
}

/** Bytes of as many of the versions, from the newest on. */
function newestLength(earlier: string, versions: number): number {
  let end = 0
  for (let left = 2 * versions; left > 0 && end < earlier.length; left -= 1) {
    end += lengthOfUvarint(earlier.charCodeAt(end))
  }
  return end
}
