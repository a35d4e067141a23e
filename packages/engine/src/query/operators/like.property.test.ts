import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileLike } from './like.ts'

/** The definition, tried out exhaustively. `undefined` is `_`, `null` is `%`. */
function matchesNaively(text: readonly string[], pattern: readonly (string | null | undefined)[]): boolean {
  const [head, ...rest] = pattern
  if (pattern.length === 0) return text.length === 0
  if (head === null) {
    return Array.from({ length: text.length + 1 }, (_, skipped) => text.slice(skipped)).some((tail) =>
      matchesNaively(tail, rest),
    )
  }
  const [first, ...tail] = text
  return first !== undefined && (head === undefined || head === first) && matchesNaively(tail, rest)
}

test('agrees with a naive matcher', () => {
  const char = fc.constantFrom('a', 'b', '😀')
  const step = fc.oneof(
    { weight: 3, arbitrary: char },
    { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
  )
  fc.assert(
    fc.property(fc.array(char, { maxLength: 9 }), fc.array(step, { maxLength: 7 }), (text, pattern) => {
      const written = pattern.map((part) => (part === null ? '%' : (part ?? '_'))).join('')
      expect(compileLike(written)(text.join(''))).toBe(matchesNaively(text, pattern))
    }),
    { numRuns: 2_000 },
  )
})

test('pieces longer than a machine word are found where they are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 30, max: 100 }),
      fc.nat({ max: 60 }),
      fc.nat({ max: 60 }),
      (size, before, after) => {
        const piece = Array.from({ length: size }, (_, i) => String.fromCharCode(97 + ((i * 7) % 26)))
        const pattern = `%${piece.map((char, i) => (i % 10 === 5 ? '_' : char)).join('')}%`
        const text = 'q'.repeat(before) + piece.join('') + 'q'.repeat(after)
        expect(compileLike(pattern)(text)).toBe(true)
        expect(compileLike(pattern)(text.replace('a', '-'))).toBe(piece.indexOf('a') % 10 === 5)
      },
    ),
  )
})
