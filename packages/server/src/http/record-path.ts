/**
 * Records in paths: `/api/data/person/alice`.
 * The last part is the key as it stands after the colon of a record id: `alice` is a text, `123` an int,
 * `⟨123⟩` a text of digits, `u'0190…'` a uuid, `[1,'a']` an array. What has no such form is a text as it is,
 * so that a key such as `a-b@c` needs no escaping but that of the URL. What has the form and says no value,
 * such as a uuid with a digit too few, is refused: as a text it would name a record that nobody means.
 */

import { DbError, formatIdentifier, RecordId, type RecordKey, type Value } from '@dendrodb/protocol'
import { httpErrors } from './http-errors.ts'
import { tableNameCharsMax } from './limits.ts'

const tablePattern = new RegExp(`^[A-Za-z_][A-Za-z0-9_-]{0,${tableNameCharsMax - 1}}$`)
const plainText = /^(?=.*[A-Za-z_])[A-Za-z0-9_]+$/
const literalStart = /^(?:-?\d|⟨|`|\[|\{|u['"])/

/** @throws HTTP_TABLE_NAME */
export function checkTable(name: string): string {
  if (!tablePattern.test(name)) throw httpErrors.TABLE_NAME({ name, charsMax: tableNameCharsMax })
  return name
}

/** @throws HTTP_TABLE_NAME, HTTP_ROUTE_UNKNOWN, VALUE_* */
export function recordOfPath(table: string, part: string): RecordId {
  checkTable(table)
  // A slash too many behind the table names no record.
  if (part === '') throw httpErrors.ROUTE_UNKNOWN({ path: `/api/data/${table}/` })
  return new RecordId(table, readKey(part))
}

/** The record that a body's `id` names: a key as in a path, a whole id of the table, or a number. */
export function recordOfField(table: string, id: Value): RecordId {
  if (typeof id === 'number' || typeof id === 'bigint') return new RecordId(table, id)
  if (typeof id !== 'string' || id === '') {
    throw httpErrors.FIELD_INVALID({
      field: 'id',
      expected: 'a key',
      errors: [{ field: 'id', code: 'type' }],
    })
  }
  const prefix = `${formatIdentifier(table)}:`
  return new RecordId(table, readKey(id.startsWith(prefix) ? id.slice(prefix.length) : id))
}

/** The inverse of `recordOfPath`, before the URL's own escapes. */
export function pathPartOf(id: RecordId): string {
  if (typeof id.key === 'string' && plainText.test(id.key)) return id.key
  return id.toString().slice(formatIdentifier(id.table).length + 1)
}

export function locationOf(id: RecordId): string {
  return `/api/data/${id.table}/${encodeURIComponent(pathPartOf(id))}`
}

function readKey(part: string): RecordKey {
  if (plainText.test(part) || !literalStart.test(part)) return part
  try {
    return RecordId.parse(`t:${part}`).key
  } catch (error) {
    if (error instanceof DbError && error.code === 'LITERAL_SYNTAX') return part
    throw error
  }
}
