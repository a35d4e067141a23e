import { DbError } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { compileLike, like } from './like.ts'
import { operatorLimits } from './limits.ts'

describe('LIKE', () => {
  const cases: [string, string, boolean][] = [
    ['Alice', 'alice', true],
    ['Alice', 'ali', false],
    ['Alice', 'ali%', true],
    ['Alice', '%ICE', true],
    ['Alice', '%lic%', true],
    ['Alice', 'a_i_e', true],
    ['Alice', '_____', true],
    ['Alice', '____', false],
    ['', '%', true],
    ['', '', true],
    ['', '_', false],
    ['abc', '%%%', true],
    ['aXbYb', 'a%b', true],
    ['ab', 'a%b%b', false],
    ['abcabc', '%abc%abc%', true],
    ['abcab', '%abc%abc%', false],
    ['100%', '100\\%', true],
    ['1000', '100\\%', false],
    ['a_b', 'a\\_b', true],
    ['axb', 'a\\_b', false],
    ['a\\b', 'a\\\\b', true],
    ['a\\', 'a\\', true],
    ['x1y2z', '%_y_z', true],
    ['xx1y', '%x_y', true],
    ['ΟΔΟΣ', 'οδος', true],
    ['ΟΔΟΣ', '%σ', true],
    ['ΟΔΟΣΑ', 'οδος_', true],
    ['İstanbul', 'i%', true],
    ['Straße', 'straße', true],
    ['😀x', '_x', true],
    ['😀x', '__x', false],
    ['a😀😀b', 'a__b', true],
    ['a\nb', 'a%b', true],
  ]
  test.each(cases)('%j LIKE %j is %s', (text, pattern, expected) => {
    expect(like(text, pattern)).toBe(expected)
    expect(compileLike(pattern)(text)).toBe(expected)
  })

  test('a value that is no string does not match', () => {
    for (const value of [undefined, null, 5, ['a'], true]) expect(like(value, '%')).toBe(false)
  })

  test('a pattern that is no string is an error', () => {
    expect(() => like('a', 5)).toThrow(expect.objectContaining({ code: 'OPERATOR_TYPE_MISMATCH' }))
  })

  test('a pattern may be as long as the limit and not one longer', () => {
    const longest = 'a'.repeat(operatorLimits.likePatternCharsMax)
    expect(like(longest, longest)).toBe(true)
    expect(() => like('a', `${longest}a`)).toThrow(DbError)
  })

  test('matchers stay right when more patterns are in use than are kept', () => {
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < operatorLimits.likeCacheEntriesMax + 10; i += 1) {
        expect(like(`value ${i}`, `%e ${i}`)).toBe(true)
        expect(like(`value ${i}x`, `%e ${i}`)).toBe(false)
      }
    }
  })

  test('takes time in proportion to the text, whatever the pattern', () => {
    const text = 'a'.repeat(200_000)
    expect(like(text, `${'%a'.repeat(100)}%b%`)).toBe(false)
    expect(like(text, `${'%_a'.repeat(100)}%b%`)).toBe(false)
    expect(like(text, `%${'a_'.repeat(200)}b%`)).toBe(false)
    expect(like(text, `%${'a'.repeat(400)}b%`)).toBe(false)
  })
})
