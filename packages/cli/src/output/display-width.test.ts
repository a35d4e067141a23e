import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutToWidth, displayWidth } from './display-width.ts'

test.each([
  ['', 0],
  ['abc', 3],
  ['Bärbel', 6],
  ['日本', 4],
  ['한국', 4],
  ['e\u0301', 1],
  ['👍', 2],
  ['👩‍👩‍👧', 2],
  ['🇦🇹', 2],
  ['❤️', 2],
  ['…', 1],
])('%s takes %i columns', (text, width) => {
  expect(displayWidth(text)).toBe(width)
})

test('cuts a text that is too wide, and no other', () => {
  expect(cutToWidth('abcdef', 6)).toBe('abcdef')
  expect(cutToWidth('abcdef', 5)).toBe('abcd…')
  expect(cutToWidth('abcdef', 1)).toBe('…')
})

test('does not cut a wide character or a grapheme in two', () => {
  expect(cutToWidth('日本語', 6)).toBe('日本語')
  expect(cutToWidth('日本語', 5)).toBe('日本…')
  expect(cutToWidth('日本語', 4)).toBe('日…')
  expect(cutToWidth('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
})

test('cuts a text of a million characters without measuring it all', () => {
  expect(cutToWidth('日'.repeat(1_000_000), 10)).toBe('日日日日…')
})

test('whatever is cut has room', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.integer({ min: 1, max: 20 }),
      (text, width) => {
        const cut = cutToWidth(text, width)
        return displayWidth(cut) <= width && (displayWidth(text) > width || cut === text)
      },
    ),
  )
})
