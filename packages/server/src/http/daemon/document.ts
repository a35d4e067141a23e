/**
 * Documents of the daemon API. Rows carry what is known of their version beside their fields; none of it is
 * stored with the fields, so that a row can be put back as it came.
 */

import { RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import { fieldError } from '../json-body.ts'
import { type PlainId, plainText, recordOf } from './plain-ids.ts'

const versionFields: ReadonlySet<string> = new Set([
  '_id',
  '_coll',
  '_seq',
  '_hash',
  '_caused_by',
  '_evidence',
  '_confidence',
  '_valid_from',
  '_valid_to',
])

/** The fields to store. `id` is the record's own and no field. @throws HTTP_FIELD_INVALID */
export function documentOf(given: Value, record: PlainId, field: string): ValueObject {
  if (!isDocument(given)) throw fieldError(field, 'an object', given === undefined ? 'required' : 'type')
  const { id, ...fields } = given
  if (id !== undefined && !isSame(id, record)) {
    throw fieldError(`${field}.id`, 'the id of the record, which is kept there, or left out', 'mismatch')
  }
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !versionFields.has(name)))
}

/** A JSON object. */
export function isDocument(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RecordId)
}

function isSame(id: Value, record: PlainId): boolean {
  const text = String(id)
  const named = recordOf(record)
  return text === String(record.id) || text === plainText(named) || text === named.toString()
}
