/**
 * Which part of a text, array or set is meant: by the positions where it begins and ends, or by a range of
 * positions.
 * As in SurrealQL 3 the end is a position too, not a length, and not part of it; negative positions count
 * from the end.
 */

import type { Range } from '@dendrodb/protocol'
import * as kinds from './argument-kinds.ts'
import { functionErrors } from './function-errors.ts'

/** Begin and end among `count` elements, as `slice` of JavaScript takes them. */
export function sliceBounds(count: number, start = 0, end = count): readonly [number, number] {
  const begin = placeOf(count, start)
  return [begin, Math.max(begin, placeOf(count, end))]
}

/** @throws FUNCTION_ARGUMENT_VALUE when an end of the range is no int */
export function rangeBounds(name: string, count: number, { begin, end }: Range): readonly [number, number] {
  const position = (bound: Range['begin'], open: number, beyond: boolean): number => {
    if (bound === undefined) return open
    const place = kinds.index.read(bound.value)
    if (place === kinds.mismatch) {
      throw functionErrors.ARGUMENT_VALUE({ name, problem: 'both ends of the range must be ints' })
    }
    return (place < 0 ? count + place : place) + (beyond ? 1 : 0)
  }
  const from = position(begin, 0, begin?.inclusive === false)
  return sliceBounds(count, Math.max(0, from), Math.max(0, position(end, count, end?.inclusive === true)))
}

function placeOf(count: number, position: number): number {
  return position < 0 ? Math.max(0, count + position) : Math.min(position, count)
}
