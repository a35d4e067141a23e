/**
 * Filters of documents as conditions of DQL, so that the same plans and indexes serve them.
 * Their rules are NQL's: a field that is not there is null; values of different types are neither equal nor
 * in any order.
 */

import { isInt, RecordId, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import { httpErrors } from '../../http-errors.ts'
import { fieldError } from '../../json-body.ts'
import { mongoDepthMax } from '../../limits.ts'
import { isDocument } from '../document.ts'
import { type Parameters, pathText } from './parameters.ts'

/** Where a filter's fields are looked up. */
export interface FilterPlace {
  /** The collection whose records are filtered; `undefined`: rows that a stage before has made. */
  readonly collection: string | undefined
  readonly parameters: Parameters
}

/** `undefined`: everything. @throws HTTP_FIELD_INVALID, HTTP_NOT_SUPPORTED */
export function filterText(filter: Value, place: FilterPlace, depth = 0): string | undefined {
  if (filter === undefined || filter === null) return undefined
  if (!isDocument(filter)) throw fieldError('filter', 'an object', 'type')
  if (depth > mongoDepthMax) throw fieldError('filter', `nested at most ${mongoDepthMax} deep`, 'depth')
  const parts = Object.entries(filter).map(([name, value]) => {
    return name.startsWith('$') ? logical(name, value, place, depth) : fieldText(name, value, place, depth)
  })
  return parts.length === 0 ? undefined : parts.map((part) => `(${part})`).join(' AND ')
}

function logical(name: string, value: Value, place: FilterPlace, depth: number): string {
  if (!['$and', '$or', '$nor'].includes(name)) throw notSupported(name)
  if (!Array.isArray(value) || value.length === 0) throw fieldError(name, 'a list of filters', 'type')
  const parts = (value as readonly Value[]).map((each) => `(${filterText(each, place, depth + 1) ?? 'true'})`)
  if (name === '$and') return parts.join(' AND ')
  return name === '$or' ? parts.join(' OR ') : `!(${parts.join(' OR ')})`
}

function fieldText(name: string, value: Value, place: FilterPlace, depth: number): string {
  if (!isOperators(value)) return comparison('$eq', name, value, place)
  const parts = Object.entries(value).map(([operator, operand]) => {
    if (operator !== '$not') return comparison(operator, name, operand, place)
    if (depth > mongoDepthMax) throw fieldError('filter', `nested at most ${mongoDepthMax} deep`, 'depth')
    return `!(${fieldText(name, operand, place, depth + 1)})`
  })
  return parts.map((part) => `(${part})`).join(' AND ')
}

/** An object whose keys are all operators; any other is a value. */
function isOperators(value: Value): value is ValueObject {
  if (!isDocument(value)) return false
  const names = Object.keys(value)
  return names.length > 0 && names.every((name) => name.startsWith('$'))
}

const orders: Readonly<Record<string, string>> = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' }

function comparison(operator: string, name: string, value: Value, place: FilterPlace): string {
  if (name === '_id' && place.collection !== undefined) return idText(operator, value, place)
  const path = pathText(name, 'filter')
  const { parameters } = place
  switch (operator) {
    case '$eq':
      return value === null ? `${path} IN [NONE, NULL]` : `${path} = ${parameters.add(value)}`
    case '$ne':
      return value === null ? `${path} NOT IN [NONE, NULL]` : `${path} != ${parameters.add(value)}`
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return orderText(path, orders[operator] as string, value, parameters)
    case '$in':
      return `${path} IN ${parameters.add(withNone(listOf(operator, value)))}`
    case '$nin':
      return `${path} NOT IN ${parameters.add(withNone(listOf(operator, value)))}`
    case '$exists':
      return value === false || value === 0 ? `${path} = NONE` : `${path} != NONE`
    case '$all':
      return `type::is_array(${path}) AND ${path} CONTAINSALL ${parameters.add(listOf(operator, value))}`
    case '$size':
      return `type::is_array(${path}) AND array::len(${path}) = ${parameters.add(value)}`
    default:
      throw notSupported(operator)
  }
}

/** The comparison stands first: it is what an index can answer. */
function orderText(path: string, sign: string, value: Value, parameters: Parameters): string {
  const type = typeOf(value)
  if (value === null || value === undefined) return 'false'
  const test = typeof value === 'number' || typeof value === 'bigint' || isNumeric(type) ? 'number' : type
  return `${path} ${sign} ${parameters.add(value)} AND type::is_${test}(${path})`
}

function isNumeric(type: string): boolean {
  return type === 'int' || type === 'float' || type === 'decimal'
}

/** Ids name records. The text of an integer is that integer, or the text itself. */
function idText(operator: string, value: Value, place: FilterPlace): string {
  const { collection = '', parameters } = place
  const ids = (values: readonly Value[]) => parameters.add(values.flatMap((each) => idsOf(collection, each)))
  switch (operator) {
    case '$eq':
      return `id IN ${ids([value])}`
    case '$ne':
      return `id NOT IN ${ids([value])}`
    case '$in':
      return `id IN ${ids(listOf(operator, value))}`
    case '$nin':
      return `id NOT IN ${ids(listOf(operator, value))}`
    case '$exists':
      return value === false || value === 0 ? 'false' : 'true'
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return orderText('record::id(id)', orders[operator] as string, value, parameters)
    default:
      throw notSupported(operator)
  }
}

function idsOf(collection: string, value: Value): readonly RecordId[] {
  if (isInt(value)) return [new RecordId(collection, value)]
  if (typeof value !== 'string' || value === '') return []
  const named = new RecordId(collection, value)
  if (!/^(0|-?[1-9]\d{0,15})$/.test(value)) return [named]
  return [named, new RecordId(collection, Number(value))]
}

/** A list with null in it means fields that are not there as well. */
function withNone(values: readonly Value[]): readonly Value[] {
  return values.includes(null) ? [...values, undefined] : values
}

function listOf(operator: string, value: Value): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[]
  throw fieldError(operator, 'a list', 'type')
}

export function notSupported(construct: string): Error {
  return httpErrors.NOT_SUPPORTED({ construct: `${construct} of the Mongo form` })
}
