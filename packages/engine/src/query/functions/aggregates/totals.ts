/**
 * Sums, products, means and spreads of numbers, kept as running totals.
 */

import { compareNumbers, float, type NumericValue, type Value } from '@dendrodb/protocol'
import { mul, sub } from '../../operators/arithmetic.ts'
import * as kinds from '../argument-kinds.ts'
import { type Accumulator, type AggregateDefinition, defineAggregate } from './aggregate-definition.ts'
import { Moments } from './moments.ts'
import { NumberSum } from './number-sum.ts'

export const totalAggregates: readonly AggregateDefinition[] = [
  defineAggregate({
    name: 'math::sum',
    aliases: ['sum'],
    kind: kinds.number,
    returns: 'number',
    create: () => {
      const sum = new NumberSum()
      return { add: (value) => sum.add(value), result: () => sum.total() }
    },
  }),
  defineAggregate({
    name: 'math::mean',
    aliases: ['avg'],
    kind: kinds.number,
    returns: 'number',
    create: () => {
      const sum = new NumberSum()
      return { add: (value) => sum.add(value), result: () => sum.mean() }
    },
  }),
  defineAggregate({
    name: 'math::product',
    kind: kinds.number,
    returns: 'number',
    create: (): Accumulator<NumericValue> => {
      let product: Value = 1
      return {
        add(value) {
          product = mul(product, value)
        },
        result: () => product,
      }
    },
  }),
  defineAggregate({
    name: 'math::variance',
    aliases: ['variance'],
    kind: kinds.number,
    returns: 'float',
    create: () => {
      const moments = new Moments()
      return { add: (value) => moments.add(value), result: () => float(moments.variance()) }
    },
  }),
  defineAggregate({
    name: 'math::stddev',
    aliases: ['stddev'],
    kind: kinds.number,
    returns: 'float',
    create: () => {
      const moments = new Moments()
      return {
        add: (value) => moments.add(value),
        result: () => float(Math.sqrt(moments.variance())),
      }
    },
  }),
  defineAggregate({
    name: 'math::spread',
    kind: kinds.number,
    returns: 'number',
    create: (): Accumulator<NumericValue> => {
      let least: NumericValue | undefined
      let greatest: NumericValue | undefined
      return {
        add(value) {
          if (least === undefined || compareNumbers(value, least) < 0) least = value
          if (greatest === undefined || compareNumbers(value, greatest) > 0) greatest = value
        },
        result: () => (greatest === undefined ? Number.NaN : sub(greatest, least)),
      }
    },
  }),
]
