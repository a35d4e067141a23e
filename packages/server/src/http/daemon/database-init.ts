/**
 * What a database shall begin with, as the daemon API has it:
 * `{indexes: [[coll, field, kind]], seed: {coll: [docs]}, links: [[from, rel, to]]}`.
 */

import type { DatabaseInit, InitIndex, InitLink } from '@dendrodb/engine'
import type { RecordId, Value, ValueObject } from '@dendrodb/protocol'
import { fieldError } from '../json-body.ts'
import { refuseUnknown } from '../known-fields.ts'
import { checkTable } from '../record-path.ts'
import { documentOf, isDocument } from './document.ts'
import { plainIdOf, recordOf, splitId } from './plain-ids.ts'

/** @throws HTTP_FIELD_INVALID, HTTP_FIELD_UNKNOWN, HTTP_TABLE_NAME */
export function databaseInitOf(given: Value): DatabaseInit {
  if (!isDocument(given)) throw fieldError('init', 'an object', 'type')
  refuseUnknown(Object.keys(given), ['indexes', 'seed', 'links'], 'init.')
  return {
    indexes: listOf(given.indexes, 'init.indexes').flatMap(indexOf),
    seed: seedOf(given.seed),
    links: listOf(given.links, 'init.links').map(linkOf),
  }
}

/** Kinds of an index; what one for searching would be needed for is read from the records. */
export const indexKinds = ['eq', 'ordered', 'sorted', 'unique', 'search'] as const

/** @throws HTTP_FIELD_INVALID */
export function indexKind(kind: Value): (typeof indexKinds)[number] {
  const known = indexKinds.find((each) => each === (kind ?? 'eq'))
  if (known === undefined) throw fieldError('kind', `one of ${indexKinds.join(', ')}`, 'type')
  return known
}

function indexOf(given: Value): InitIndex[] {
  const [collection, field, kind] = Array.isArray(given) ? (given as readonly Value[]) : []
  if (typeof collection !== 'string' || typeof field !== 'string') {
    throw fieldError('init.indexes', 'lists of collection, field and kind', 'type')
  }
  const known = indexKind(kind)
  if (known === 'search') return []
  return [{ table: checkTable(collection), fields: [field], unique: known === 'unique' }]
}

function linkOf(given: Value): InitLink {
  const [from, relation, to] = Array.isArray(given) ? (given as readonly Value[]) : []
  if (typeof relation !== 'string') throw fieldError('init.links', 'lists of from, relation and to', 'type')
  return { from: endOf(from), relation: checkTable(relation), to: endOf(to) }
}

function endOf(given: Value): RecordId {
  return recordOf(splitId(given, 'init.links'))
}

function seedOf(given: Value): NonNullable<DatabaseInit['seed']> {
  if (given === undefined || given === null) return {}
  if (!isDocument(given)) throw fieldError('init.seed', 'an object of lists', 'type')
  const tables = Object.entries(given).map(([collection, documents]) => {
    checkTable(collection)
    const records = listOf(documents, 'init.seed').map((document) => seedRecord(collection, document))
    const ids = records.filter(({ id }) => id !== undefined).map(({ id }) => String(id))
    if (new Set(ids).size < ids.length)
      throw fieldError('init.seed', 'documents with ids of their own', 'duplicate')
    return [collection, records] as const
  })
  // A collection may have any name, `__proto__` among them.
  return Object.fromEntries(tables)
}

/** Its id is `_id`, else `id`; without either it is given one. */
function seedRecord(collection: string, document: Value): ValueObject {
  if (!isDocument(document)) throw fieldError('init.seed', 'lists of objects', 'type')
  const { _id, id } = document
  const given = _id ?? id
  if (given === undefined || given === null) return document
  const isWhole = typeof given === 'string' && given.startsWith(`${collection}:`)
  const plain = isWhole ? splitId(given, 'init.seed') : plainIdOf(collection, given, 'init.seed.')
  return { ...documentOf(document, plain, 'init.seed'), id: recordOf(plain) }
}

function listOf(given: Value, field: string): readonly Value[] {
  if (given === undefined || given === null) return []
  if (Array.isArray(given)) return given as readonly Value[]
  throw fieldError(field, 'a list', 'type')
}
