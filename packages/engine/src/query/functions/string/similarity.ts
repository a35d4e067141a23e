/**
 * `string::similarity::*`: how alike two texts are.
 */

import { codePointsOf, float } from '@dendrodb/protocol'
import * as kinds from '../argument-kinds.ts'
import { pureFunction } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { overload, required } from '../overload.ts'
import { checkTableSize } from '../result-size.ts'
import { fuzzyScore } from './fuzzy-score.ts'

const texts = [required('text', kinds.string), required('other', kinds.string)] as const

export const similarityFunctions: readonly FunctionDefinition[] = [
  measured('string::similarity::jaro', (left, right) => float(jaro(left, right))),
  measured('string::similarity::jaro_winkler', (left, right) => float(jaroWinkler(left, right))),
  pureFunction(
    'string::similarity::sorensen_dice',
    overload(texts, 'float', ([text, other]) => float(sorensenDice(text, other))),
  ),
  ...['string::similarity::fuzzy', 'string::similarity::smithwaterman'].map((name) => {
    return pureFunction(
      name,
      overload(texts, 'int', ([text, pattern]) => {
        checkTableSize(name, text.length, pattern.length)
        return fuzzyScore(text, pattern)
      }),
    )
  }),
]

function measured(
  name: string,
  measure: (left: Uint32Array, right: Uint32Array) => ReturnType<typeof float>,
): FunctionDefinition {
  return pureFunction(
    name,
    overload(texts, 'float', ([text, other]) => {
      const left = codePointsOf(text)
      const right = codePointsOf(other)
      checkTableSize(name, left.length, right.length)
      return measure(left, right)
    }),
  )
}

/** Jaro, 1989: common characters that are not too far apart, less those that are out of order. */
function jaro(left: Uint32Array, right: Uint32Array): number {
  if (left.length === 0 && right.length === 0) return 1
  const reach = Math.max(0, Math.floor(Math.max(left.length, right.length) / 2) - 1)
  const isTaken = new Uint8Array(right.length)
  const matchesOfLeft: number[] = []
  left.forEach((char, i) => {
    const end = Math.min(right.length, i + reach + 1)
    for (let j = Math.max(0, i - reach); j < end; j += 1) {
      if (isTaken[j] === 0 && right[j] === char) {
        isTaken[j] = 1
        matchesOfLeft.push(char)
        return
      }
    }
  })
  const matches = matchesOfLeft.length
  if (matches === 0) return 0
  const matchesOfRight = right.filter((_, j) => isTaken[j] === 1)
  const outOfOrder = Math.floor(matchesOfLeft.filter((char, k) => char !== matchesOfRight[k]).length / 2)
  return (matches / left.length + matches / right.length + (matches - outOfOrder) / matches) / 3
}

/** Winkler, 1990: texts that are alike at all gain by each of their first four characters that agree. */
function jaroWinkler(left: Uint32Array, right: Uint32Array): number {
  const similarity = jaro(left, right)
  if (similarity <= 0.7) return similarity
  let prefix = 0
  while (prefix < 4 && prefix < left.length && left[prefix] === right[prefix]) prefix += 1
  return similarity + prefix * 0.1 * (1 - similarity)
}

/** Sørensen, 1948, and Dice, 1945: pairs of neighbouring characters in common. White space does not count. */
function sorensenDice(text: string, other: string): number {
  const left = codePointsOf(text.replace(/\s+/gu, ''))
  const right = codePointsOf(other.replace(/\s+/gu, ''))
  if (left.length === right.length && left.every((char, i) => char === right[i])) return 1
  if (left.length < 2 || right.length < 2) return 0
  const pairs = new Map<number, number>()
  for (let i = 1; i < left.length; i += 1) {
    const pair = pairKey(left, i)
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
  }
  let common = 0
  for (let i = 1; i < right.length; i += 1) {
    const pair = pairKey(right, i)
    const count = pairs.get(pair) ?? 0
    if (count > 0) {
      pairs.set(pair, count - 1)
      common += 1
    }
  }
  return (2 * common) / (left.length + right.length - 2)
}

/** Both characters in one number: a code point has 21 bits. */
function pairKey(characters: Uint32Array, i: number): number {
  return (characters[i - 1] as number) * 2 ** 21 + (characters[i] as number)
}
