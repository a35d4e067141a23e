/**
 * Vectors (`Float32Array`) and arrays of numbers, one from the other.
 */

import { float, toFloat, type Value } from '@dendrodb/protocol'
import { isArray } from './collection-arithmetic.ts'
import { isNumber } from './number-arithmetic.ts'

/** `undefined` for what is neither a vector nor an array of numbers, or has another dimension. */
export function vectorOf(value: Value, dimension?: number): Float32Array | undefined {
  if (value instanceof Float32Array) {
    return dimension === undefined || value.length === dimension ? value : undefined
  }
  if (!isArray(value) || (dimension !== undefined && value.length !== dimension)) return undefined
  const vector = new Float32Array(value.length)
  for (let i = 0; i < value.length; i += 1) {
    const element = value[i]
    if (!isNumber(element)) return undefined
    vector[i] = toFloat(element)
  }
  return vector
}

/** As an array of floats. */
export function vectorElements(vector: Float32Array): Value[] {
  return Array.from(vector, float)
}
