import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareExact } from './compare-values.ts'
import { limits } from './limits.ts'
import { arbitraryValue } from './testing/arbitrary-values.ts'
import { codeOf } from './testing/code-of.ts'
import { nested } from './testing/nested.ts'
import { fromTypedJson, toTypedJson } from './typed-json.ts'

test('any value comes back through JSON text', () => {
  fc.assert(
    fc.property(arbitraryValue, (value) => {
      const text = JSON.stringify(toTypedJson(value))
      expect(compareExact(fromTypedJson(JSON.parse(text)), value)).toBe(0)
    }),
    { numRuns: 3000 },
  )
})

test('the wrappers', () => {
  expect(toTypedJson({ $int: 1 })).toEqual({ $object: { $int: 1 } })
  expect(toTypedJson({ $int: 1, b: 2 })).toEqual({ $int: 1, b: 2 })
  expect(toTypedJson([undefined, 2n ** 53n])).toEqual([{ $none: true }, { $int: '9007199254740992' }])
})

describe('refused', () => {
  test.each<readonly [unknown]>([
    [{ $none: false }],
    [{ $int: 1 }],
    [{ $int: '1.5' }],
    [{ $int: '' }],
    [{ $int: '1'.repeat(limits.numberTextCharsMax + 1) }],
    [{ $float: '1' }],
    [{ $float: null }],
    [{ $decimal: 1 }],
    [{ $bytes: '***' }],
    [{ $datetime: 0 }],
    [{ $record: 'user:1' }],
    [{ $record: ['user'] }],
    [{ $record: [1, 1] }],
    [{ $set: 1 }],
    [{ $range: [null] }],
    [{ $range: [[1], null] }],
    [{ $range: [[1, 'yes'], null] }],
    [{ $vector: ['x'] }],
    [{ $object: [] }],
    [{ $unknown: 1 }],
    [undefined],
    [() => 1],
    [new Date()],
    [1n],
  ])('%o', (json) => {
    expect(codeOf(() => fromTypedJson(json))).toBe('JSON_TYPED')
  })

  test('what the type refuses, with its code', () => {
    expect(codeOf(() => fromTypedJson({ $decimal: 'x' }))).toBe('VALUE_DECIMAL_SYNTAX')
    expect(codeOf(() => fromTypedJson({ $record: ['', 1] }))).toBe('VALUE_TABLE_NAME')
    expect(codeOf(() => fromTypedJson({ $record: ['t', true] }))).toBe('VALUE_RECORD_KEY_TYPE')
    expect(codeOf(() => fromTypedJson({ $geometry: {} }))).toBe('VALUE_GEOMETRY')
    expect(codeOf(() => fromTypedJson({ a: '\ud800' }))).toBe('VALUE_LONE_SURROGATE')
    expect(codeOf(() => fromTypedJson({ '\ud800': 1 }))).toBe('VALUE_LONE_SURROGATE')
  })

  test('what is nested too deep', () => {
    expect(fromTypedJson(toTypedJson(nested(limits.depthMax)))).toEqual(nested(limits.depthMax))
    expect(codeOf(() => toTypedJson(nested(limits.depthMax + 1)))).toBe('VALUE_TOO_DEEP')
    expect(codeOf(() => fromTypedJson(nested(limits.depthMax + 1)))).toBe('VALUE_TOO_DEEP')
    expect(codeOf(() => fromTypedJson(nested(100_000)))).toBe('VALUE_TOO_DEEP')
  })
})

test('__proto__ is a field in both directions', () => {
  const json = JSON.parse('{"__proto__":{"$float":1}}') as unknown
  const value = fromTypedJson(json)
  expect(Object.keys(value as object)).toEqual(['__proto__'])
  expect(JSON.stringify(toTypedJson(value))).toBe(JSON.stringify(json))
})
