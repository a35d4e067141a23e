/**
 * Records as the daemon API names them: a collection and an id, or both as `collection:id`.
 * An id is a text. That of an integer is the integer, where there is such a record and none under the text,
 * so that what came in by another door is found, changed and linked as well.
 */

import { int, isInt, RecordId, type Value } from '@dendrodb/protocol'
import { fieldError } from '../json-body.ts'
import { checkTable } from '../record-path.ts'

export interface PlainId {
  readonly collection: string
  readonly id: string | number | bigint
}

/** Whether there is a record of that id. */
export type ReadRecord = (id: RecordId) => unknown

const integerPattern = /^(0|-?[1-9]\d{0,38})$/

/** @throws HTTP_FIELD_INVALID, HTTP_TABLE_NAME */
export function plainIdOf(collection: Value, id: Value, field: string): PlainId {
  if (typeof collection !== 'string') {
    throw fieldError(
      `${field}coll`,
      'the name of a collection',
      collection === undefined ? 'required' : 'type',
    )
  }
  checkTable(collection)
  if ((typeof id === 'string' && id !== '') || isInt(id)) return { collection, id }
  throw fieldError(`${field}id`, 'a text or an integer', id === undefined ? 'required' : 'type')
}

/** `users:ada`. @throws HTTP_FIELD_INVALID, HTTP_TABLE_NAME */
export function splitId(given: Value, field: string): PlainId {
  const [, collection, id] = (typeof given === 'string' && /^([^:]+):(.+)$/s.exec(given)) || []
  if (collection === undefined || id === undefined) {
    throw fieldError(field, 'an id such as users:ada', given === undefined ? 'required' : 'format')
  }
  return { collection: checkTable(collection), id }
}

export function recordOf({ collection, id }: PlainId): RecordId {
  return new RecordId(collection, id)
}

/** The record that is there under the id, else the one that would be. */
export async function findRecord(plain: PlainId, read: ReadRecord): Promise<RecordId> {
  const { collection, id } = plain
  const named = recordOf(plain)
  if (typeof id !== 'string' || !integerPattern.test(id)) return named
  if ((await read(named)) !== undefined) return named
  const asInteger = new RecordId(collection, int(BigInt(id)))
  return (await read(asInteger)) === undefined ? named : asInteger
}

/** The part behind the colon as the daemon API prints it. */
export function plainKey({ table, key }: RecordId): Value {
  if (typeof key === 'string' || isInt(key)) return key
  return new RecordId(table, key).toString().slice(table.length + 1)
}

export function plainText(id: RecordId): string {
  return `${id.table}:${String(plainKey(id))}`
}
