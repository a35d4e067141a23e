/**
 * Where the next page of a list begins, as text that clients hand back and do not read: the canonical bytes
 * of the last key of the page. A page begins after a key, not after a number of records, so that records that
 * come or go meanwhile are neither repeated nor left out.
 */

import {
  DbError,
  decodeCanonicalAnswer,
  encodeCanonicalAnswer,
  RecordId,
  type RecordKey,
} from '@dendrodb/protocol'
import { httpErrors } from './http-errors.ts'
import { cursorCharsMax } from './limits.ts'

export function encodeCursor(id: RecordId): string {
  return Buffer.from(encodeCanonicalAnswer(id.key)).toString('base64url')
}

/** In a list of records of several tables. */
export function encodeRecordCursor(id: RecordId): string {
  return Buffer.from(encodeCanonicalAnswer([id.table, id.key])).toString('base64url')
}

/** @throws HTTP_CURSOR_INVALID */
export function decodeRecordCursor(cursor: string): RecordId {
  return decodeText(cursor, (bytes) => {
    const pair = decodeCanonicalAnswer(bytes)
    if (!Array.isArray(pair) || typeof pair[0] !== 'string') throw httpErrors.CURSOR_INVALID()
    return new RecordId(pair[0], pair[1] as RecordKey)
  })
}

/** @throws HTTP_CURSOR_INVALID */
export function decodeCursor(table: string, cursor: string): RecordId {
  return decodeText(cursor, (bytes) => new RecordId(table, decodeCanonicalAnswer(bytes) as RecordKey))
}

function decodeText<T>(cursor: string, decode: (bytes: Buffer) => T): T {
  if (cursor.length > cursorCharsMax || !/^[A-Za-z0-9_-]+$/.test(cursor)) throw httpErrors.CURSOR_INVALID()
  try {
    return decode(Buffer.from(cursor, 'base64url'))
  } catch (error) {
    if (error instanceof DbError) throw httpErrors.CURSOR_INVALID({}, { cause: error })
    throw error
  }
}
