import { describe, expect, test } from 'vitest'
import { compareExact } from './compare-values.ts'
import { Float } from './float.ts'
import { limits } from './limits.ts'
import { fromJson, parseJson } from './parse-json.ts'
import { codeOf } from './testing/code-of.ts'
import type { Value } from './values.ts'

describe('parseJson', () => {
  test.each<readonly [string, Value]>([
    ['null', null],
    ['1', 1],
    ['1.0', 1],
    ['1e3', 1000],
    ['-0', new Float(-0)],
    ['-0.0', new Float(-0)],
    ['0.5', 0.5],
    ['1e300', new Float(1e300)],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740993', 9007199254740993n],
    ['-18446744073709551616', -(2n ** 64n)],
    ['9007199254740993.0', new Float(9007199254740992)],
    ['1e17', new Float(1e17)],
    ['[1,{"a":9007199254740993,"b":[0.5,1e16]}]', [1, { a: 9007199254740993n, b: [0.5, new Float(1e16)] }]],
    ['{"a":1,"a":2}', { a: 2 }],
    ['"\\ud83d\\ude00"', '😀'],
    [' {} ', {}],
  ])('%s', (text, value) => {
    expect(compareExact(parseJson(text), value)).toBe(0)
  })

  test('__proto__ is a field, also beside numbers that need a second look', () => {
    for (const text of [
      '{"__proto__":{"x":0.5}}',
      '{"__proto__":{"x":1e300},"y":9007199254740993}',
      '{"__proto__":1e300}',
    ]) {
      const value = parseJson(text) as object
      expect(Object.keys(value)[0]).toBe('__proto__')
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    }
    expect(
      compareExact(parseJson('{"__proto__":1e300}'), Object.fromEntries([['__proto__', new Float(1e300)]])),
    ).toBe(0)
  })

  test.each(['', '{', '[1,]', "{'a':1}", 'undefined', 'NaN', '01', '"\n"', '1 2'])('refuses %j', (text) => {
    expect(codeOf(() => parseJson(text))).toBe('JSON_SYNTAX')
  })

  test('refuses repeated fields where it is told to', () => {
    const strict = (text: string) => parseJson(text, { uniqueFields: true })
    expect(strict('{"a":{"a":1},"b":[{"a":9007199254740993},{"a":":"}]}')).toMatchObject({ a: { a: 1 } })
    for (const text of ['{"a":1,"a":1}', '[{"b":{"a":1,"\\u0061":9007199254740993}}]']) {
      expect(codeOf(() => strict(text))).toBe('JSON_FIELD_REPEATED')
      expect(() => strict(text)).toThrow('an object has the field a twice')
    }
  })

  test.each(['"\\ud800"', '["\\udc00x"]', '{"\\ud800":1}'])('refuses lone surrogates: %s', (text) => {
    expect(codeOf(() => parseJson(text))).toBe('VALUE_LONE_SURROGATE')
  })

  test('refuses numbers that nothing holds', () => {
    expect(codeOf(() => parseJson('1e999'))).toBe('JSON_NUMBER')
    expect(codeOf(() => parseJson('[-1.5e400]'))).toBe('JSON_NUMBER')
    expect(codeOf(() => parseJson(String(2n ** 512n)))).toBe('VALUE_INT_RANGE')
    for (const digits of [limits.numberTextCharsMax, limits.numberTextCharsMax + 1, 100_000]) {
      expect(codeOf(() => parseJson(`{"n":-${'9'.repeat(digits)}}`))).toBe('VALUE_INT_RANGE')
    }
  })

  test('depth is bounded; 100,000 levels are an error with a code', () => {
    const deep = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`
    expect(parseJson(deep(limits.depthMax))).toEqual(JSON.parse(deep(limits.depthMax)))
    expect(codeOf(() => parseJson(deep(limits.depthMax + 1)))).toBe('VALUE_TOO_DEEP')
    for (const text of [
      deep(100_000),
      '['.repeat(100_000),
      `[9007199254740993,${deep(100_000)}]`,
      `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    ]) {
      expect(codeOf(() => parseJson(text))).toMatch(/^(VALUE_TOO_DEEP|JSON_SYNTAX)$/)
    }
  })

  test('the number of elements is bounded', () => {
    const list = (length: number) => `[${'1,'.repeat(length - 1)}1]`
    expect(parseJson(list(limits.untrustedElementsMax))).toHaveLength(limits.untrustedElementsMax)
    expect(codeOf(() => parseJson(list(limits.untrustedElementsMax + 1)))).toBe('VALUE_TOO_MANY_ELEMENTS')
  })
})

test('fromJson copies its input', () => {
  const tree = { a: [1, 0.5] }
  const value = fromJson(tree)
  tree.a.push(3)
  expect(value).toEqual({ a: [1, 0.5] })
})
