/**
 * Ranges of ints as the ints they stand for: `1..4` is 1, 2, 3.
 */

import { int, isInt, type Range } from '@dendrodb/protocol'
import { operatorLimits } from './limits.ts'
import { operatorErrors } from './operator-errors.ts'

export interface IntInterval {
  readonly first: number | bigint
  /** May be past Number.MAX_SAFE_INTEGER; 0 when the range is empty. */
  readonly count: bigint
}

/** `undefined` for a range with an open end, or with an end that is no int. */
export function intIntervalOf(range: Range): IntInterval | undefined {
  const { begin, end } = range
  if (begin === undefined || end === undefined || !isInt(begin.value) || !isInt(end.value)) return undefined
  const first = BigInt(begin.value) + (begin.inclusive ? 0n : 1n)
  const last = BigInt(end.value) - (end.inclusive ? 0n : 1n)
  return { first: int(first), count: last < first ? 0n : last - first + 1n }
}

/** @throws OPERATOR_RESULT_TOO_LARGE */
export function intsOf(interval: IntInterval): (number | bigint)[] {
  if (interval.count > BigInt(operatorLimits.elementsMax)) {
    throw operatorErrors.RESULT_TOO_LARGE({
      operator: 'the range',
      maximum: operatorLimits.elementsMax,
      unit: 'elements',
    })
  }
  const count = Number(interval.count)
  const { first } = interval
  if (typeof first === 'number' && Number.isSafeInteger(first + count)) {
    return Array.from({ length: count }, (_, index) => first + index)
  }
  return Array.from({ length: count }, (_, index) => int(BigInt(first) + BigInt(index)))
}
