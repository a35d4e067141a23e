/**
 * The record that a unique index holds a value for, when the index refuses another one.
 * Why beside the error: who it is is for those to know who may see that record, and an error leaves by every
 * door with all that is in it.
 */

import { DbError, formatValue, type RecordId, type Value } from '@dendrodb/protocol'
import { indexErrors } from './index-errors.ts'
import { takenValueCharsMax } from './limits.ts'

export interface UniqueHolder {
  readonly id: RecordId
  readonly index: string
  /** One for each field of the index. */
  readonly values: readonly Value[]
}

const holders = new WeakMap<Error, UniqueHolder>()

/** Says neither the value nor whose it is. */
export function takenError(holder: UniqueHolder): DbError {
  const { index, id } = holder
  const unnamed = { value: 'this value', holder: 'another record' }
  const error = indexErrors.UNIQUE_VIOLATION({ index, table: id.table, ...unnamed })
  holders.set(error, holder)
  return error
}

/** `undefined`: it is another error. */
export function holderIn(error: unknown): UniqueHolder | undefined {
  return error instanceof DbError ? holders.get(error) : undefined
}

/** For whoever may see the record that holds the value. */
export function namedViolation({ id, index, values }: UniqueHolder): DbError {
  const text = formatValue(values.length === 1 ? values[0] : values)
  const value = text.length > takenValueCharsMax ? `${text.slice(0, takenValueCharsMax)}…` : text
  return indexErrors.UNIQUE_VIOLATION({ index, table: id.table, value, holder: id.toString() })
}
