/**
 * The root: where everything is. Sealed under the key `r` and rewritten whenever segments change, together
 * with a record of the log that names its version, so that an older root is told from the present one.
 * Canonical CBOR; docs/formats/storage.md#root.
 */

import { CborReader, CborWriter } from '@dendrodb/protocol'
import { storageErrors } from '../storage-errors.ts'
import type { Freed } from './freed.ts'
import type { Segment } from './segment.ts'

const rootFormat = 1

export interface Root {
  /** One higher with every root. */
  readonly version: number
  /** Ids from here on have never been used. */
  readonly nextPageId: number
  readonly nextOverflowId: number
  /** Records of the log from here on are in no segment. */
  readonly logStart: number
  /** Tag of the record before that one. */
  readonly logTag: Buffer
  /** The log goes at least this far. */
  readonly logEnd: number
  /** Newest data first. */
  readonly levels: readonly (readonly Segment[])[]
  /** To be deleted, if that has not happened yet. */
  readonly freed: readonly Freed[]
}

export function encodeRoot(root: Root): Uint8Array {
  const writer = new CborWriter()
  writer.array(9)
  for (const number of [rootFormat, root.version, root.nextPageId, root.nextOverflowId, root.logStart]) {
    writer.uint(number)
  }
  writer.bytes(root.logTag)
  writer.uint(root.logEnd)
  writer.array(root.levels.length)
  for (const level of root.levels) {
    writer.array(level.length)
    for (const segment of level) writeSegment(writer, segment)
  }
  writer.array(root.freed.length)
  for (const { kind, first, count, bytes } of root.freed) {
    writer.array(4)
    for (const number of [kind === 'page' ? 0 : 1, first, count, bytes]) writer.uint(number)
  }
  return writer.finish()
}

/** @throws STORAGE_FORMAT_TOO_NEW */
export function decodeRoot(bytes: Uint8Array): Root {
  const reader = new CborReader(bytes)
  reader.array()
  const found = reader.uint()
  if (found > rootFormat) {
    throw storageErrors.FORMAT_TOO_NEW({ path: 'the sealed store', found, supported: rootFormat })
  }
  return {
    version: reader.uint(),
    nextPageId: reader.uint(),
    nextOverflowId: reader.uint(),
    logStart: reader.uint(),
    logTag: Buffer.from(reader.bytes()),
    logEnd: reader.uint(),
    levels: readArray(reader, () => readArray(reader, () => readSegment(reader))),
    freed: readArray(reader, () => readFreed(reader)),
  }
}

function writeSegment(writer: CborWriter, segment: Segment): void {
  const { firstId, leafCount, entryCount, deletedCount, entryBytes, storedBytes } = segment
  writer.array(10)
  const numbers = [firstId, leafCount, entryCount, deletedCount, entryBytes, storedBytes]
  for (const number of numbers) writer.uint(number)
  writer.bytes(Buffer.from(segment.firstKey, 'latin1'))
  writer.bytes(Buffer.from(segment.lastKey, 'latin1'))
  writer.bytes(segment.filterTag).bytes(segment.indexTag)
}

function readSegment(reader: CborReader): Segment {
  reader.array()
  return {
    firstId: reader.uint(),
    leafCount: reader.uint(),
    entryCount: reader.uint(),
    deletedCount: reader.uint(),
    entryBytes: reader.uint(),
    storedBytes: reader.uint(),
    firstKey: Buffer.from(reader.bytes()).toString('latin1'),
    lastKey: Buffer.from(reader.bytes()).toString('latin1'),
    filterTag: Buffer.from(reader.bytes()),
    indexTag: Buffer.from(reader.bytes()),
  }
}

function readFreed(reader: CborReader): Freed {
  reader.array()
  return {
    kind: reader.uint() === 0 ? 'page' : 'overflow',
    first: reader.uint(),
    count: reader.uint(),
    bytes: reader.uint(),
  }
}

function readArray<T>(reader: CborReader, read: () => T): T[] {
  return Array.from({ length: reader.array() }, read)
}
