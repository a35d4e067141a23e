import { describe, expect, test } from 'vitest'
import { decodeCanonical, encodeCanonical } from './cbor.ts'
import { compareExact } from './compare-values.ts'
import { Datetime } from './datetime.ts'
import { formatValue } from './format-value.ts'
import { fromUntrusted } from './from-untrusted.ts'
import { Geometry } from './geometry.ts'
import { decodeExact, encodeCollation, encodeExact } from './key-codec.ts'
import { limits } from './limits.ts'
import { parseLiteral } from './parse-literal.ts'
import { Range } from './range.ts'
import { RecordId } from './record-id.ts'
import { codeOf } from './testing/code-of.ts'
import { stringifyJson, toJson } from './to-json.ts'
import { fromTypedJson, toTypedJson } from './typed-json.ts'
import { ValueSet } from './value-set.ts'
import type { Value } from './values.ts'

const wrappers: Readonly<Record<string, (inner: Value) => Value>> = {
  array: (inner) => [inner],
  object: (inner) => ({ f: inner }),
  set: (inner) => ValueSet.from([inner]),
  range: (inner) => new Range(undefined, { value: inner, inclusive: true }),
}

const accepts: Readonly<Record<string, (value: Value) => unknown>> = {
  cbor: (value) => expect(compareExact(decodeCanonical(encodeCanonical(value)), value)).toBe(0),
  keys: (value) => expect(compareExact(decodeExact(encodeExact(value)).value, value)).toBe(0),
  collation: (value) => encodeCollation(value),
  typedJson: (value) => expect(compareExact(fromTypedJson(toTypedJson(value)), value)).toBe(0),
  literal: (value) => expect(compareExact(parseLiteral(formatValue(value)), value)).toBe(0),
  untrusted: (value) => expect(compareExact(fromUntrusted(value), value)).toBe(0),
}

function wrapped(wrap: (inner: Value) => Value, levels: number, inner: Value): Value {
  let value = inner
  for (let i = 0; i < levels; i += 1) value = wrap(value)
  return value
}

describe.each(Object.entries(accepts))('%s', (_, accept) => {
  test.each(Object.entries(wrappers))(
    'takes values inside 128 levels of %s and refuses 129',
    (_name, wrap) => {
      for (const inner of [1, [], new Datetime(0), Geometry.point(0, 0)] as const) {
        accept(wrapped(wrap, limits.depthMax, inner))
        expect(codeOf(() => accept(wrapped(wrap, limits.depthMax + 1, inner)))).toBe('VALUE_TOO_DEEP')
      }
    },
  )
})

test.each(Object.entries(wrappers))('plain JSON takes 160 levels of %s and refuses 161', (_, wrap) => {
  const deepest = wrapped(wrap, limits.answerDepthMax, 1)
  expect(JSON.parse(stringifyJson(deepest))).toEqual(toJson(deepest))
  expect(codeOf(() => stringifyJson(wrap(deepest)))).toBe('VALUE_TOO_DEEP')
})

describe.each(Object.entries(accepts))('%s', (_, accept) => {
  test('counts a record id as the level around its key', () => {
    const array = (inner: Value) => [inner]
    accept(wrapped(array, limits.depthMax - 1, new RecordId('t', 1)))
    expect(codeOf(() => accept(wrapped(array, limits.depthMax, new RecordId('t', 1))))).toBe('VALUE_TOO_DEEP')
  })

  test('counts a geometry collection as the level around its members', () => {
    const array = (inner: Value) => [inner]
    const collection = Geometry.collection([Geometry.point(0, 0)])
    accept(wrapped(array, limits.depthMax - 1, collection))
    expect(codeOf(() => accept(wrapped(array, limits.depthMax, collection)))).toBe('VALUE_TOO_DEEP')
  })
})
