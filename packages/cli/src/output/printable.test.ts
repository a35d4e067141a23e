import { expect, test } from 'vitest'
import { printableJson, printableLine, printableText } from './printable.ts'

const hostile = 'a\u001b[31mb\u0007\u202ec\u2028\u009b'

test('a terminal shows escape sequences and does not obey them', () => {
  expect(printableLine(hostile)).toBe('a\\u{1b}[31mb\\u{7}\\u{202e}c\\u{2028}\\u{9b}')
})

test('one line stays one line', () => {
  expect(printableLine('a\nb\r\tc')).toBe('a\\nb\\r\\tc')
})

test('a text keeps its line breaks and tabs, and nothing else that a terminal obeys', () => {
  expect(printableText('a\n\tb\rc\u001b')).toBe('a\n\tb\\rc\\u{1b}')
})

test('JSON stays JSON of the same value', () => {
  const json = JSON.stringify({ text: 'a\u202eb\u009bc' })
  expect(printableJson(json)).not.toMatch(/[\u202e\u009b]/)
  expect(JSON.parse(printableJson(json))).toEqual(JSON.parse(json))
})

test('ordinary text of any language is left alone', () => {
  expect(printableLine('Größe 日本 👍 العربية')).toBe('Größe 日本 👍 العربية')
})
