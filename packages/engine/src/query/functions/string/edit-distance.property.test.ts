import { codePointsOf, editDistance } from '@dendrodb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { damerauLevenshtein, levenshtein } from './edit-distance.ts'
import { fuzzyScore } from './fuzzy-score.ts'

const shortText = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '😀'), maxLength: 6 })

/** All texts within one edit: breadth-first search over them is the definition of a distance. */
function neighbours(text: string, withSwaps: boolean): string[] {
  const chars = Array.from(text)
  const found: string[] = []
  for (let i = 0; i <= chars.length; i += 1) {
    for (const char of ['a', 'b', 'c', '😀']) {
      found.push(chars.toSpliced(i, 0, char).join(''))
      if (i < chars.length) found.push(chars.with(i, char).join(''))
    }
    if (i < chars.length) found.push(chars.toSpliced(i, 1).join(''))
    if (withSwaps && i + 1 < chars.length) {
      found.push(
        chars
          .with(i, chars[i + 1] as string)
          .with(i + 1, chars[i] as string)
          .join(''),
      )
    }
  }
  return found
}

function searchDistance(from: string, to: string, withSwaps: boolean): number {
  let frontier = new Set([from])
  const seen = new Set(frontier)
  for (let distance = 0; ; distance += 1) {
    if (frontier.has(to)) return distance
    const next = new Set<string>()
    for (const text of frontier) {
      for (const neighbour of neighbours(text, withSwaps)) {
        if (!seen.has(neighbour) && Array.from(neighbour).length <= 5) {
          seen.add(neighbour)
          next.add(neighbour)
        }
      }
    }
    frontier = next
  }
}

const tinyText = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 })

describe('edit distances', () => {
  test('are the fewest edits that lead from one text to the other', () => {
    fc.assert(
      fc.property(tinyText, tinyText, (left, right) => {
        const [a, b] = [codePointsOf(left), codePointsOf(right)]
        expect(levenshtein(a, b)).toBe(searchDistance(left, right, false))
        expect(damerauLevenshtein(a, b)).toBe(searchDistance(left, right, true))
      }),
      { numRuns: 60 },
    )
  })

  test('are symmetric, 0 for equal texts alone, and ordered', () => {
    fc.assert(
      fc.property(shortText, shortText, (left, right) => {
        const [a, b] = [codePointsOf(left), codePointsOf(right)]
        for (const measure of [levenshtein, editDistance, damerauLevenshtein]) {
          expect(measure(a, b)).toBe(measure(b, a))
          expect(measure(a, b) === 0).toBe(left === right)
        }
        expect(damerauLevenshtein(a, b)).toBeLessThanOrEqual(editDistance(a, b))
        expect(editDistance(a, b)).toBeLessThanOrEqual(levenshtein(a, b))
      }),
    )
  })
})

test('a pattern scores above 0 exactly when its characters appear in order', () => {
  fc.assert(
    fc.property(shortText, shortText, (text, pattern) => {
      const wanted = Array.from(pattern)
      let found = 0
      for (const char of text) if (char === wanted[found]) found += 1
      expect(fuzzyScore(text, pattern) > 0).toBe(wanted.length > 0 && found === wanted.length)
    }),
  )
})
