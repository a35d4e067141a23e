/**
 * `vector::*` on arrays of numbers and vectors. Both sides must have one dimension.
 * Element-wise results are vectors when both sides are, otherwise arrays that keep ints and decimals as they
 * are.
 * Distances and similarities are computed in floats. A distance is nearer the smaller it is.
 */

import { equalValues, float, type NumericValue, toFloat, type Value } from '@dendrodb/protocol'
import { add, div, mul, sub } from '../../operators/arithmetic.ts'
import * as kinds from '../argument-kinds.ts'
import { pureFunction } from '../define-function.ts'
import { DistinctValues } from '../distinct-values.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { functionErrors } from '../function-errors.ts'
import { overload, required } from '../overload.ts'
import * as metrics from './metrics.ts'

type Vector = readonly NumericValue[] | Float32Array
type Floats = readonly number[] | Float32Array

const vector = required('vector', kinds.vector)
const other = required('other', kinds.vector)

export const vectorFunctions: readonly FunctionDefinition[] = [
  elementwise('vector::add', add),
  elementwise('vector::subtract', sub),
  elementwise('vector::multiply', mul),
  elementwise('vector::divide', div),
  pureFunction(
    'vector::scale',
    overload([vector, required('factor', kinds.number)], 'array<number> | vector', ([v, factor]) => {
      return mapElements(v, (element) => mul(element, factor))
    }),
  ),
  pureFunction(
    'vector::cross',
    overload([vector, other], 'array<number> | vector', ([v, w]) => {
      if (v.length === 3 && w.length === 3) return cross(v, w)
      throw functionErrors.ARGUMENT_VALUE({
        name: 'vector::cross',
        problem: 'both vectors must have 3 dimensions',
      })
    }),
  ),
  pureFunction(
    'vector::dot',
    overload([vector, other], 'number', ([v, w]) => {
      checkDimensions('vector::dot', v, w)
      return v instanceof Float32Array || w instanceof Float32Array
        ? float(metrics.dot(floatsOf(v), floatsOf(w)))
        : exactDot(v, w)
    }),
  ),
  pureFunction(
    'vector::magnitude',
    overload([vector], 'float', ([v]) => float(metrics.magnitude(floatsOf(v)))),
  ),
  pureFunction(
    'vector::normalize',
    overload([vector], 'array<float> | vector', ([v]) => {
      const length = metrics.magnitude(floatsOf(v))
      // A vector of no length has no direction and stays as it is.
      return mapElements(v, (element) => float(length === 0 ? 0 : toFloat(element) / length))
    }),
  ),
  pureFunction(
    'vector::project',
    overload([vector, other], 'array<float> | vector', ([v, w]) => {
      checkDimensions('vector::project', v, w)
      const onto = floatsOf(w)
      const factor = metrics.dot(floatsOf(v), onto) / metrics.dot(onto, onto)
      return mapElements(w, (element) => float(toFloat(element) * factor))
    }),
  ),
  measure('vector::angle', metrics.angle),
  measure('vector::distance::chebyshev', metrics.chebyshev),
  measure('vector::distance::cosine', (v, w) => 1 - metrics.cosine(v, w)),
  measure('vector::distance::dot', (v, w) => -metrics.dot(v, w)),
  measure('vector::distance::euclidean', metrics.euclidean),
  pureFunction(
    'vector::distance::manhattan',
    overload([vector, other], 'number', ([v, w]) => {
      checkDimensions('vector::distance::manhattan', v, w)
      return v instanceof Float32Array || w instanceof Float32Array
        ? float(metrics.manhattan(floatsOf(v), floatsOf(w)))
        : exactManhattan(v, w)
    }),
  ),
  pureFunction(
    'vector::distance::hamming',
    overload([vector, other], 'int', ([v, w]) => {
      checkDimensions('vector::distance::hamming', v, w)
      return Array.from(v).filter((element, i) => !equalValues(element, w[i])).length
    }),
  ),
  pureFunction(
    'vector::distance::minkowski',
    overload([vector, other, required('order', kinds.float)], 'float', ([v, w, order]) => {
      checkDimensions('vector::distance::minkowski', v, w)
      if (order > 0) return float(metrics.minkowski(floatsOf(v), floatsOf(w), order))
      throw functionErrors.ARGUMENT_VALUE({
        name: 'vector::distance::minkowski',
        problem: `the order must be greater than 0, found ${order}`,
      })
    }),
  ),
  measure('vector::similarity::cosine', metrics.cosine),
  measure('vector::similarity::pearson', metrics.pearson),
  measure('vector::similarity::spearman', metrics.spearman),
  pureFunction(
    'vector::similarity::jaccard',
    overload([vector, other], 'float', ([v, w]) => float(jaccard(v, w))),
  ),
]

function elementwise(name: string, combine: (a: Value, b: Value) => Value): FunctionDefinition {
  return pureFunction(
    name,
    overload([vector, other], 'array<number> | vector', ([v, w]) => {
      checkDimensions(name, v, w)
      const isVector = v instanceof Float32Array && w instanceof Float32Array
      const elements = Array.from(v, (element, i) =>
        combine(elementOf(v, element), elementOf(w, w[i] as NumericValue)),
      )
      return isVector
        ? new Float32Array(elements.map((element) => toFloat(element as NumericValue)))
        : elements
    }),
  )
}

function measure(name: string, compute: (v: Floats, w: Floats) => number): FunctionDefinition {
  return pureFunction(
    name,
    overload([vector, other], 'float', ([v, w]) => {
      checkDimensions(name, v, w)
      return float(compute(floatsOf(v), floatsOf(w)))
    }),
  )
}

function checkDimensions(name: string, v: Vector, w: Vector): void {
  if (v.length === w.length) return
  throw functionErrors.ARGUMENT_VALUE({
    name,
    problem: `the vectors must have one dimension, found ${v.length} and ${w.length}`,
  })
}

function floatsOf(v: Vector): Floats {
  return v instanceof Float32Array ? v : v.map(toFloat)
}

/** An element as a value: a vector's 1 is the float 1. */
function elementOf(v: Vector, element: NumericValue): NumericValue {
  return v instanceof Float32Array ? float(element as number) : element
}

function mapElements(v: Vector, map: (element: NumericValue) => Value): Value {
  const elements = Array.from(v, (element) => map(elementOf(v, element)))
  return v instanceof Float32Array
    ? new Float32Array(elements.map((element) => toFloat(element as NumericValue)))
    : elements
}

function exactDot(v: Vector, w: Vector): Value {
  let total: Value = 0
  for (let i = 0; i < v.length; i += 1) total = add(total, mul(v[i], w[i]))
  return total
}

function exactManhattan(v: Vector, w: Vector): Value {
  let total: Value = 0
  for (let i = 0; i < v.length; i += 1) {
    const isAscending = toFloat(v[i] as NumericValue) <= toFloat(w[i] as NumericValue)
    total = add(total, isAscending ? sub(w[i], v[i]) : sub(v[i], w[i]))
  }
  return total
}

function cross(v: Vector, w: Vector): Value {
  const at = (u: Vector, i: number): Value => elementOf(u, u[i % 3] as NumericValue)
  const elements = [0, 1, 2].map((i) => sub(mul(at(v, i + 1), at(w, i + 2)), mul(at(v, i + 2), at(w, i + 1))))
  const isVector = v instanceof Float32Array && w instanceof Float32Array
  return isVector ? new Float32Array(elements.map((element) => toFloat(element as NumericValue))) : elements
}

/** The vectors as sets: how much of what they hold both hold. */
function jaccard(v: Vector, w: Vector): number {
  const left = new DistinctValues()
  const both = new DistinctValues()
  for (const element of v) {
    left.add(element)
    both.add(element)
  }
  const right = new DistinctValues()
  for (const element of w) {
    right.add(element)
    both.add(element)
  }
  return both.size === 0 ? 1 : (left.size + right.size - both.size) / both.size
}
