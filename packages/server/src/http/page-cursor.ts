/**
 * Where the next page of a list begins, as text that clients hand back and do not read: the canonical bytes
 * of the last key of the page. A page begins after a key, not after a number of records, so that records that
 * come or go meanwhile are neither repeated nor left out.
 */

import { DbError, decodeCanonical, encodeCanonical, RecordId, type RecordKey } from '@dendrodb/protocol'
import { httpErrors } from './http-errors.ts'
import { cursorCharsMax } from './limits.ts'

export function encodeCursor(id: RecordId): string {
  return Buffer.from(encodeCanonical(id.key)).toString('base64url')
}

/** @throws HTTP_CURSOR_INVALID */
export function decodeCursor(table: string, cursor: string): RecordId {
  if (cursor.length > cursorCharsMax || !/^[A-Za-z0-9_-]+$/.test(cursor)) throw httpErrors.CURSOR_INVALID()
  try {
    return new RecordId(table, decodeCanonical(Buffer.from(cursor, 'base64url')) as RecordKey)
  } catch (error) {
    if (error instanceof DbError) throw httpErrors.CURSOR_INVALID({}, { cause: error })
    throw error
  }
}
