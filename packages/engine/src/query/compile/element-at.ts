/**
 * `value[position]`: an element, a part of a list by a range of positions, or a field by its name.
 */

import { Decimal, Float, Range, typeOf, type Value } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { wholeNumber } from '../operators/value-text.ts'
import { queryErrors } from '../query-errors.ts'
import type { EvalContext } from './eval-context.ts'
import { elementsOf, fieldReader, isPlainObject, ownField } from './read-field.ts'

export function elementAt(value: Value, position: Value, ctx: EvalContext): MaybePromise<Value> {
  const list = elementsOf(value)
  if (list !== undefined) return typeof position === 'string' ? undefined : fromList(list, position)
  if (typeof position === 'string') return fieldReader(position)(value, ctx)
  return isPlainObject(value) && typeof position === 'number' ? ownField(value, String(position)) : undefined
}

function fromList(list: readonly Value[], position: Value): Value {
  if (position instanceof Range) return slice(list, position)
  const index = indexOf(position)
  return index === undefined ? undefined : list[index < 0 ? list.length + index : index]
}

/** Numbers of every kind, without their fraction. */
function indexOf(position: Value): number | undefined {
  if (typeof position === 'number') return Math.trunc(position)
  return position instanceof Float || position instanceof Decimal
    ? Math.trunc(position.toNumber())
    : undefined
}

function slice(list: readonly Value[], range: Range): Value {
  const bounds = sliceBounds(list.length, range)
  return bounds && list.slice(...bounds)
}

/**
 * First position and the one behind the last; `undefined` where the range leaves the list. @throws
 * QUERY_TYPE_EXPECTED for an end that is no int
 */
export function sliceBounds(length: number, { begin, end }: Range): readonly [number, number] | undefined {
  const first = begin === undefined ? 0 : placeOf(begin.value)
  const last = end === undefined ? length : placeOf(end.value)
  const from = first + (begin?.inclusive === false ? 1 : 0)
  const to = last + (end?.inclusive === true ? 1 : 0)
  const isInside = first >= 0 && last >= 0 && from <= to && to <= length
  return isInside ? [from, to] : undefined
}

function placeOf(value: Value): number {
  const place = wholeNumber(value)
  if (place !== undefined) return Number(place)
  throw queryErrors.TYPE_EXPECTED({ clause: 'a range of positions', expected: 'ints', found: typeOf(value) })
}
