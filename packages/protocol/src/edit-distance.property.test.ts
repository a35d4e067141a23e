import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codePointsOf, editDistance } from './edit-distance.ts'

const shortText = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '😀'), maxLength: 6 })

/** The definition, as it is written down: the cheapest last edit. */
function naiveDistance(left: readonly string[], right: readonly string[]): number {
  const [i, j] = [left.length, right.length]
  if (i === 0 || j === 0) return i + j
  const less = (fewer: number) => [left.slice(0, i - fewer), right.slice(0, j - fewer)] as const
  const edits = [
    naiveDistance(left.slice(0, -1), right) + 1,
    naiveDistance(left, right.slice(0, -1)) + 1,
    naiveDistance(...less(1)) + (left.at(-1) === right.at(-1) ? 0 : 1),
  ]
  const isSwap = i > 1 && j > 1 && left.at(-1) === right.at(-2) && left.at(-2) === right.at(-1)
  return Math.min(...edits, isSwap ? naiveDistance(...less(2)) + 1 : Number.POSITIVE_INFINITY)
}

test('is what the recursive definition says', () => {
  fc.assert(
    fc.property(shortText, shortText, (left, right) => {
      const expected = naiveDistance(Array.from(left), Array.from(right))
      expect(editDistance(codePointsOf(left), codePointsOf(right))).toBe(expected)
    }),
  )
})

test('the characters of a text are those that its iterator gives', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '\ud800', '\udc00', '😀') }), (text) => {
      expect(String.fromCodePoint(...codePointsOf(text))).toBe(text)
      expect(codePointsOf(text)).toHaveLength(Array.from(text).length)
    }),
  )
})
