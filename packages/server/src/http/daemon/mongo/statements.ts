/**
 * The operations of the Mongo form, each as one statement of DQL with its parameters: plans, indexes, limits
 * and transactions are those of DQL.
 */

import { formatIdentifier, ulid, type Value, type ValueObject } from '@dendrodb/protocol'
import { fieldError, textField } from '../../json-body.ts'
import { checkTable } from '../../record-path.ts'
import { documentOf, isDocument } from '../document.ts'
import { plainIdOf, recordOf } from '../plain-ids.ts'
import { filterText, notSupported } from './filter.ts'
import { Parameters, pathText } from './parameters.ts'
import { Pipeline } from './pipeline.ts'
import { updateText } from './update.ts'

/** What the statement's result is. */
export type MongoAnswer = 'rows' | 'row' | 'count' | 'values' | 'inserted' | 'updated' | 'deleted'

export interface MongoStatement {
  readonly text: string
  readonly vars: ValueObject
  readonly answer: MongoAnswer
  readonly isWrite: boolean
}

/** @throws HTTP_FIELD_INVALID, HTTP_TABLE_NAME, HTTP_NOT_SUPPORTED */
export function mongoStatement(body: ValueObject): MongoStatement {
  const collection = checkTable(textField(body, 'collection'))
  const operation = textField(body, 'op')
  const parameters = new Parameters()
  const made = statementOf(operation, collection, body, parameters)
  const isWrite = ['inserted', 'updated', 'deleted'].includes(made.answer)
  return { ...made, isWrite, vars: parameters.values }
}

function statementOf(
  operation: string,
  collection: string,
  body: ValueObject,
  parameters: Parameters,
): Pick<MongoStatement, 'text' | 'answer'> {
  const { filter, projection, sort, skip, limit } = body
  const table = formatIdentifier(collection)
  const pipeline = () => new Pipeline(collection, parameters)
  const matching = (limited: boolean) => {
    const where = filterText(filter, { collection, parameters })
    const condition = where === undefined ? '' : ` WHERE ${where}`
    return limited ? `(SELECT VALUE id FROM ${table}${condition} LIMIT 1)` : `${table}`
  }
  const whole = () => {
    const where = filterText(filter, { collection, parameters })
    return where === undefined ? '' : ` WHERE ${where}`
  }
  const counted = (text: string) => `RETURN array::len((${text}))`
  switch (operation) {
    case 'find':
      return { text: pipeline().find({ filter, projection, sort, skip, limit }), answer: 'rows' }
    case 'findOne':
      return { text: pipeline().find({ filter, projection, sort, skip, limit: 1 }), answer: 'row' }
    case 'count':
      return { text: `SELECT count() AS n FROM ${table}${whole()} GROUP ALL`, answer: 'count' }
    case 'distinct': {
      const path = pathText(textField(body, body.field === undefined ? 'key' : 'field'), 'field')
      const condition = whole()
      const values = `SELECT ${path === '_id' ? 'record::id(id)' : path} AS v FROM ${table}${condition} GROUP BY v`
      return { text: `SELECT VALUE v FROM (${values}) WHERE v != NONE`, answer: 'values' }
    }
    case 'aggregate':
      return { text: pipeline().aggregate(body.pipeline), answer: 'rows' }
    case 'insertOne': {
      const { id, fields } = newDocument(collection, body.document ?? body.doc)
      const text = `CREATE ${parameters.add(id)} CONTENT ${parameters.add(fields)} RETURN VALUE record::id(id)`
      return { text, answer: 'inserted' }
    }
    case 'updateOne':
    case 'updateMany': {
      refuseUpsert(body)
      const set = updateText(body.update, parameters)
      const isOne = operation === 'updateOne'
      const target = `${matching(isOne)} SET ${set}${isOne ? '' : whole()}`
      return { text: counted(`UPDATE ${target} RETURN VALUE id`), answer: 'updated' }
    }
    case 'replaceOne': {
      refuseUpsert(body)
      const replacement = fieldsOf(body.replacement ?? body.document)
      const target = `${matching(true)} CONTENT ${parameters.add(replacement)}`
      return { text: counted(`UPDATE ${target} RETURN VALUE id`), answer: 'updated' }
    }
    case 'deleteOne':
      return { text: counted(`DELETE ${matching(true)} RETURN BEFORE`), answer: 'deleted' }
    case 'deleteMany':
      return { text: counted(`DELETE ${table}${whole()} RETURN BEFORE`), answer: 'deleted' }
    default:
      throw notSupported(operation)
  }
}

function newDocument(collection: string, given: Value) {
  if (!isDocument(given)) throw fieldError('document', 'an object', 'type')
  const plain = plainIdOf(collection, given._id ?? ulid(), 'document._')
  return { id: recordOf(plain), fields: documentOf(given, plain, 'document') }
}

function fieldsOf(given: Value): ValueObject {
  if (!isDocument(given)) throw fieldError('replacement', 'an object', 'type')
  const { _id, id, ...fields } = given
  if (id !== undefined) throw fieldError('replacement', 'without id', 'type')
  if (Object.keys(fields).some((name) => name.startsWith('$'))) {
    throw fieldError('replacement', 'a document without operators', 'type')
  }
  return fields
}

function refuseUpsert({ upsert }: ValueObject): void {
  if (upsert === true) throw notSupported('upsert')
}
