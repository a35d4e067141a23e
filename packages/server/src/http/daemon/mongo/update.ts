/**
 * Changes of documents as the SET of an UPDATE.
 */

import type { Value } from '@dendrodb/protocol'
import { fieldError } from '../../json-body.ts'
import { isDocument } from '../document.ts'
import { notSupported } from './filter.ts'
import { type Parameters, pathText } from './parameters.ts'

/** What stands behind SET. @throws HTTP_FIELD_INVALID, HTTP_NOT_SUPPORTED */
export function updateText(update: Value, parameters: Parameters): string {
  const operators = isDocument(update) ? Object.entries(update) : []
  if (operators.length === 0) throw fieldError('update', 'an object of operators such as $set', 'type')
  const parts = operators.flatMap(([operator, fields]) => {
    if (!operator.startsWith('$')) throw fieldError('update', 'an object of operators such as $set', 'type')
    if (!isDocument(fields)) throw fieldError(operator, 'an object of fields', 'type')
    return Object.entries(fields).map(([path, value]) => assignment(operator, path, value, parameters))
  })
  if (parts.length === 0) throw fieldError('update', 'an object that changes something', 'type')
  return parts.join(', ')
}

function assignment(operator: string, given: string, value: Value, parameters: Parameters): string {
  const path = pathText(given, 'update')
  if (given === '_id' || given === 'id' || given.startsWith('_id.') || given.startsWith('id.')) {
    throw fieldError('update', 'without _id, which does not change', 'type')
  }
  switch (operator) {
    case '$set':
      return `${path} = ${parameters.add(value)}`
    case '$unset':
      return `${path} = NONE`
    case '$inc':
      if (typeof value !== 'number' && typeof value !== 'bigint') throw fieldError('$inc', 'numbers', 'type')
      return `${path} = (${path} ?? 0) + ${parameters.add(value)}`
    case '$push':
      return `${path} = array::append(${path} ?? [], ${parameters.add(value)})`
    default:
      throw notSupported(operator)
  }
}
