/**
 * `string::distance::*`: how many edits two texts are apart. Normalised distances are similarities: 1 for
 * equal texts, 0 for texts that share nothing.
 */

import { codePointsOf, editDistance, float } from '@dendrodb/protocol'
import * as kinds from '../argument-kinds.ts'
import { pureFunction, withAliases } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { functionErrors } from '../function-errors.ts'
import { overload, required } from '../overload.ts'
import { checkTableSize } from '../result-size.ts'
import { damerauLevenshtein, levenshtein } from './edit-distance.ts'

type Measure = (left: Uint32Array, right: Uint32Array) => number

const texts = [required('text', kinds.string), required('other', kinds.string)] as const

export const distanceFunctions: readonly FunctionDefinition[] = [
  distance('string::distance::levenshtein', levenshtein),
  distance('string::distance::damerau_levenshtein', damerauLevenshtein),
  withAliases(distance('string::distance::osa', editDistance), 'string::distance::osa_distance'),
  normalized('string::distance::normalized_levenshtein', levenshtein),
  normalized('string::distance::normalized_damerau_levenshtein', damerauLevenshtein),
  pureFunction(
    'string::distance::hamming',
    overload(texts, 'int', ([text, other]) => {
      const left = codePointsOf(text)
      const right = codePointsOf(other)
      if (left.length === right.length)
        return left.reduce((count, c, i) => count + (c === right[i] ? 0 : 1), 0)
      throw functionErrors.ARGUMENT_VALUE({
        name: 'string::distance::hamming',
        problem: `the texts must have the same length, found ${left.length} and ${right.length}`,
      })
    }),
  ),
]

function distance(name: string, measure: Measure): FunctionDefinition {
  return pureFunction(
    name,
    overload(texts, 'int', ([text, other]) => {
      const left = codePointsOf(text)
      const right = codePointsOf(other)
      checkTableSize(name, left.length, right.length)
      return measure(left, right)
    }),
  )
}

function normalized(name: string, measure: Measure): FunctionDefinition {
  return pureFunction(
    name,
    overload(texts, 'float', ([text, other]) => {
      const left = codePointsOf(text)
      const right = codePointsOf(other)
      checkTableSize(name, left.length, right.length)
      const longest = Math.max(left.length, right.length)
      return float(longest === 0 ? 1 : 1 - measure(left, right) / longest)
    }),
  )
}
