/**
 * `object::*`. Fields come in the order of their names, which is the only order that objects have.
 */

import { sortedFields, type Value, type ValueObject } from '@dendrodb/protocol'
import { fieldOf, isArray, mergeObjects } from '../operators/collection-arithmetic.ts'
import * as kinds from './argument-kinds.ts'
import { pureFunction } from './define-function.ts'
import type { FunctionDefinition } from './function-definition.ts'
import { functionErrors } from './function-errors.ts'
import { overload, required } from './overload.ts'

const object = required('object', kinds.object)

export const objectFunctions: readonly FunctionDefinition[] = [
  pureFunction(
    'object::entries',
    overload([object], 'array<array>', ([fields]) => {
      return sortedFields(fields).map((field): Value => [field, fieldOf(fields, field)])
    }),
  ),
  pureFunction(
    'object::extend',
    overload([object, required('other', kinds.object)], 'object', ([fields, others]) =>
      mergeObjects(fields, others),
    ),
  ),
  pureFunction(
    'object::from_entries',
    overload([required('entries', kinds.array)], 'object', ([entries]) =>
      Object.fromEntries(entries.map(readEntry)),
    ),
  ),
  pureFunction(
    'object::is_empty',
    overload([object], 'bool', ([fields]) => Object.keys(fields).length === 0),
  ),
  pureFunction(
    'object::keys',
    overload([object], 'array<string>', ([fields]) => sortedFields(fields)),
  ),
  pureFunction(
    'object::len',
    overload([object], 'int', ([fields]) => Object.keys(fields).length),
  ),
  pureFunction(
    'object::remove',
    overload([object, required('field', kinds.string)], 'object', ([fields, field]) =>
      without(fields, [field]),
    ),
    overload([object, required('fields', kinds.strings)], 'object', ([fields, gone]) =>
      without(fields, gone),
    ),
  ),
  pureFunction(
    'object::values',
    overload([object], 'array', ([fields]) => sortedFields(fields).map((field) => fieldOf(fields, field))),
  ),
]

function readEntry(entry: Value): [string, Value] {
  if (isArray(entry) && entry.length === 2 && typeof entry[0] === 'string') return [entry[0], entry[1]]
  throw functionErrors.ARGUMENT_VALUE({
    name: 'object::from_entries',
    problem: 'each entry must be an array of a string and a value',
  })
}

function without(fields: ValueObject, gone: readonly string[]): ValueObject {
  const isGone = new Set(gone)
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !isGone.has(field)))
}
