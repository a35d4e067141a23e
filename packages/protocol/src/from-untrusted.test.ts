import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareExact } from './compare-values.ts'
import { Datetime } from './datetime.ts'
import { Decimal } from './decimal.ts'
import { DbError } from './errors.ts'
import { Float } from './float.ts'
import { fromUntrusted } from './from-untrusted.ts'
import { limits } from './limits.ts'
import { Range } from './range.ts'
import { RecordId } from './record-id.ts'
import { arbitraryValue } from './testing/arbitrary-values.ts'
import { codeOf } from './testing/code-of.ts'
import { nested } from './testing/nested.ts'
import { isPlainObject } from './type-tag.ts'
import { ValueSet } from './value-set.ts'
import type { Value } from './values.ts'

test.each<readonly [unknown, Value]>([
  [undefined, undefined],
  [1, 1],
  [-0, new Float(-0)],
  [1e300, new Float(1e300)],
  [Number.NaN, Number.NaN],
  [5n, 5],
  [2n ** 60n, 2n ** 60n],
  [new Date(1500), new Datetime(1, 500_000_000)],
  [Buffer.from([1, 2]), Uint8Array.of(1, 2)],
  [Uint8Array.of(1, 2).buffer, Uint8Array.of(1, 2)],
  [new Float32Array([1]), new Float32Array([1])],
  [new Set([2, 1, 2]), ValueSet.from([1, 2])],
  [new Map([['a', new Map()]]), { a: {} }],
  [{ a: undefined, b: 1 }, { b: 1 }],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  [
    [1, undefined],
    [1, undefined],
  ],
  [Object.assign(new Array(3), { 0: 1, 2: 2 }), [1, undefined, 2]],
  [Decimal.one, Decimal.one],
  [{ [Symbol('x')]: 1 }, {}],
  [runInNewContext('({ a: [1] })'), { a: [1] }],
])('%o', (input, value) => {
  expect(compareExact(fromUntrusted(input), value)).toBe(0)
})

test('any value stays identical but for fields that are NONE', () => {
  fc.assert(
    fc.property(arbitraryValue, (value) => {
      expect(compareExact(fromUntrusted(value), withoutNoneFields(value))).toBe(0)
    }),
    { numRuns: 2000 },
  )
})

test('shares nothing with its input that can change', () => {
  const bytes = Buffer.from([1])
  const key = ['k']
  const tree = {
    bytes,
    list: [1],
    id: new RecordId('t', key),
    range: new Range({ value: key, inclusive: true }, undefined),
  }
  const value = fromUntrusted(tree)
  const before = fromUntrusted(value)
  bytes[0] = 9
  key.push('changed')
  tree.list.push(2)
  expect(compareExact(value, before)).toBe(0)
  expect(Object.isFrozen(tree)).toBe(false)
})

test('__proto__ is a field', () => {
  const value = fromUntrusted(JSON.parse('{"__proto__":{"admin":true}}')) as object
  expect(Object.keys(value)).toEqual(['__proto__'])
  expect((value as { readonly admin?: boolean }).admin).toBeUndefined()
})

describe('refuses', () => {
  class Account {
    readonly id = 1
  }

  test.each<readonly [string, unknown, string, string]>([
    ['a function', { f: [() => 1] }, 'a function', 'f[0]'],
    ['a symbol', Symbol('x'), 'a symbol', 'the top'],
    ['a class instance', { a: { b: new Account() } }, 'an instance of Account', 'a.b'],
    ['a boxed string', [new String('x')], 'an instance of String', '[0]'],
    ['a regular expression', /x/, 'an instance of RegExp', 'the top'],
    ['a promise', Promise.resolve(1), 'an instance of Promise', 'the top'],
    ['a Float64Array', new Float64Array(1), 'an instance of Float64Array', 'the top'],
    ['a Map with other keys', new Map([[1, 1]]), 'a Map with keys other than strings', 'the top'],
    ['an instance of a nameless class', new (class {})(), 'an instance of an unnamed class', 'the top'],
  ])('%s', (_, input, type, path) => {
    const refused = catchError(() => fromUntrusted(input))
    expect(refused).toMatchObject({ code: 'VALUE_UNSUPPORTED', details: { type, path } })
  })

  test('lone surrogates, with their place', () => {
    expect(catchError(() => fromUntrusted({ a: ['\ud800'] }))).toMatchObject({
      code: 'VALUE_LONE_SURROGATE',
      details: { path: 'a[0]' },
    })
    expect(codeOf(() => fromUntrusted({ '\ud800': 1 }))).toBe('VALUE_LONE_SURROGATE')
    expect(codeOf(() => fromUntrusted(new Map([['\udc00', 1]])))).toBe('VALUE_LONE_SURROGATE')
  })

  test('what contains itself', () => {
    const list: unknown[] = []
    list.push(list)
    const object: Record<string, unknown> = {}
    object.self = { list: [object, object] }
    const set = new Set<unknown>()
    set.add([set])
    const map = new Map<string, unknown>()
    map.set('map', map)
    for (const input of [list, object, set, map])
      expect(codeOf(() => fromUntrusted(input))).toBe('VALUE_CYCLE')
  })

  test('what is nested too deep', () => {
    expect(fromUntrusted(nested(limits.depthMax))).toEqual(nested(limits.depthMax))
    expect(codeOf(() => fromUntrusted(nested(limits.depthMax + 1)))).toBe('VALUE_TOO_DEEP')
    expect(fromUntrusted(nested(limits.answerDepthMax), limits.answerDepthMax)).toEqual(
      nested(limits.answerDepthMax),
    )
    expect(codeOf(() => fromUntrusted(nested(100_000)))).toBe('VALUE_TOO_DEEP')
  })

  test('what has too many elements, before it reads them', () => {
    expect(fromUntrusted(new Float32Array(limits.untrustedElementsMax))).toHaveLength(
      limits.untrustedElementsMax,
    )
    expect(codeOf(() => fromUntrusted(new Float32Array(limits.untrustedElementsMax + 1)))).toBe(
      'VALUE_TOO_MANY_ELEMENTS',
    )
    expect(codeOf(() => fromUntrusted(new Array(2 ** 31)))).toBe('VALUE_TOO_MANY_ELEMENTS')
    const halves = Array.from({ length: 2 }, () => new Array(limits.untrustedElementsMax / 2).fill(0))
    expect(codeOf(() => fromUntrusted(halves))).toBe('VALUE_TOO_MANY_ELEMENTS')
  })

  test('values out of range', () => {
    expect(codeOf(() => fromUntrusted(2n ** 512n))).toBe('VALUE_INT_RANGE')
    expect(codeOf(() => fromUntrusted(new Date(Number.NaN)))).toBe('VALUE_DATETIME_RANGE')
  })
})

test('any JavaScript value is taken or refused with a code', () => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withSparseArray: true,
        withNullPrototype: true,
        withBoxedValues: true,
      }),
      (input) => {
        try {
          fromUntrusted(input)
        } catch (error) {
          if (!(error instanceof DbError)) throw error
          expect(error.code).toMatch(/^VALUE_/)
        }
      },
    ),
    { numRuns: 2000 },
  )
})

function catchError(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

/** Inside record ids nothing is left out. */
function withoutNoneFields(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutNoneFields)
  if (value instanceof ValueSet) return ValueSet.from(value.values.map(withoutNoneFields))
  if (value instanceof Range) {
    const [begin, end] = [value.begin, value.end].map(
      (bound) => bound && { ...bound, value: withoutNoneFields(bound.value) },
    )
    return new Range(begin, end)
  }
  if (!isPlainObject(value)) return value
  const kept = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(kept.map(([name, field]) => [name, withoutNoneFields(field)]))
}
