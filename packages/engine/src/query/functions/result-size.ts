/**
 * Checks the size of a result before it is made.
 */

import { operatorLimits } from '../operators/limits.ts'
import type { FunctionContext } from './function-definition.ts'
import { functionErrors } from './function-errors.ts'
import { functionLimits } from './limits.ts'

/** Bytes that one element of an array is reckoned with. */
const bytesPerElement = 16

/** @throws FUNCTION_RESULT_TOO_LARGE */
export function checkTextSize(name: string, chars: number, context: FunctionContext): void {
  if (!(chars <= operatorLimits.textCharsMax)) {
    throw functionErrors.RESULT_TOO_LARGE({ name, maximum: operatorLimits.textCharsMax, unit: 'characters' })
  }
  context.checkMemory?.(chars * 2)
}

/** @throws FUNCTION_RESULT_TOO_LARGE */
export function checkElementCount(name: string, elements: number, context: FunctionContext): void {
  if (!(elements <= operatorLimits.elementsMax)) {
    throw functionErrors.RESULT_TOO_LARGE({ name, maximum: operatorLimits.elementsMax, unit: 'elements' })
  }
  context.checkMemory?.(elements * bytesPerElement)
}

/** For work that grows with the product of two lengths. @throws FUNCTION_INPUT_TOO_LARGE */
export function checkTableSize(name: string, rows: number, columns: number): void {
  if (rows * columns > functionLimits.distanceCellsMax) throw functionErrors.INPUT_TOO_LARGE({ name })
}
