/**
 * Statistics that need all numbers in order: median, percentiles, mode and their kin.
 * Quantiles between two numbers are interpolated linearly, so the median of 1 and 2 is 1.5; they are floats.
 */

import {
  compareNumbers,
  equalValues,
  float,
  type NumericValue,
  toFloat,
  type Value,
} from '@dendrodb/protocol'
import * as kinds from '../argument-kinds.ts'
import { functionErrors } from '../function-errors.ts'
import { type AggregateDefinition, defineAggregate } from './aggregate-definition.ts'

type Sorted = readonly NumericValue[]

const percent = { name: 'percent', kind: kinds.number }

export const quantileAggregates: readonly AggregateDefinition[] = [
  // Over nothing the median is NONE and everything else NaN, as in SurrealQL.
  ofSorted('math::median', ['median'], 'float', (sorted) => {
    return sorted.length === 0 ? undefined : float(quantile(sorted, 0.5))
  }),
  ofSorted('math::mode', [], 'number', modeOf),
  ofSorted('math::interquartile', [], 'float', (sorted) =>
    float(quantile(sorted, 0.75) - quantile(sorted, 0.25)),
  ),
  ofSorted('math::midhinge', [], 'float', (sorted) =>
    float((quantile(sorted, 0.75) + quantile(sorted, 0.25)) / 2),
  ),
  ofSorted('math::trimean', [], 'float', (sorted) => {
    return float((quantile(sorted, 0.25) + 2 * quantile(sorted, 0.5) + quantile(sorted, 0.75)) / 4)
  }),
  withPercent('math::percentile', ['percentile'], 'float', (sorted, share) => float(quantile(sorted, share))),
  withPercent('math::nearestrank', [], 'number', (sorted, share) => {
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  }),
  withCount('math::top', (sorted, count) => sorted.slice(-count).reverse()),
  withCount('math::bottom', (sorted, count) => sorted.slice(0, count)),
]

/** The number below which the share lies; NaN for no numbers. */
function quantile(sorted: Sorted, share: number): number {
  const place = (sorted.length - 1) * share
  const below = Math.floor(place)
  const lower = sorted[below]
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]
  if (lower === undefined || upper === undefined) return Number.NaN
  const from = toFloat(lower)
  const to = toFloat(upper)
  // Equal ends are no interval: between two infinities there is nothing to interpolate.
  return from === to ? from : from + (to - from) * (place - below)
}

/** The number that occurs most often, the greatest of them where several do. */
function modeOf(sorted: Sorted): Value {
  let mode: Value = Number.NaN
  let modeCount = 0
  let count = 0
  sorted.forEach((value, i) => {
    count = i > 0 && equalValues(sorted[i - 1], value) ? count + 1 : 1
    if (count >= modeCount) {
      mode = value
      modeCount = count
    }
  })
  return mode
}

function ofSorted(
  name: string,
  aliases: readonly string[],
  returns: string,
  compute: (sorted: Sorted, args: readonly Value[]) => Value,
  parameters: AggregateDefinition['parameters'] = [],
): AggregateDefinition {
  return defineAggregate({
    name,
    aliases,
    kind: kinds.number,
    parameters,
    returns,
    create(args) {
      const numbers: NumericValue[] = []
      return {
        add: (value) => numbers.push(value),
        result: () => compute(numbers.toSorted(compareNumbers), args),
        get heldCount() {
          return numbers.length
        },
      }
    },
  })
}

function withPercent(
  name: string,
  aliases: readonly string[],
  returns: string,
  compute: (sorted: Sorted, share: number) => Value,
): AggregateDefinition {
  return ofSorted(name, aliases, returns, (sorted, [given]) => compute(sorted, shareOf(name, given)), [
    percent,
  ])
}

function shareOf(name: string, given: Value): number {
  const share = toFloat(given as NumericValue) / 100
  if (share >= 0 && share <= 1) return share
  throw functionErrors.ARGUMENT_VALUE({
    name,
    problem: `the percentage must be from 0 to 100, found ${share * 100}`,
  })
}

function withCount(name: string, take: (sorted: Sorted, count: number) => Value): AggregateDefinition {
  const parameters = [{ name: 'count', kind: kinds.index }]
  return ofSorted(
    name,
    [],
    'array<number>',
    (sorted, [count]) => take(sorted, countOf(name, count)),
    parameters,
  )
}

function countOf(name: string, count: Value): number {
  if (typeof count === 'number' && count > 0) return count
  throw functionErrors.ARGUMENT_VALUE({ name, problem: 'the count must be greater than 0' })
}
