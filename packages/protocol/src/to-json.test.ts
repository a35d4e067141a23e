import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { Datetime } from './datetime.ts'
import { Decimal } from './decimal.ts'
import { Duration } from './duration.ts'
import { Float } from './float.ts'
import { Geometry } from './geometry.ts'
import { limits } from './limits.ts'
import { Range } from './range.ts'
import { RecordId } from './record-id.ts'
import { arbitraryValue } from './testing/arbitrary-values.ts'
import { codeOf } from './testing/code-of.ts'
import { nested } from './testing/nested.ts'
import { stringifyJson, toJson } from './to-json.ts'
import { Uuid } from './uuid.ts'
import { ValueSet } from './value-set.ts'
import type { Value } from './values.ts'

const uuid = '01234567-89ab-7def-8123-456789abcdef'

test.each<readonly [Value, string]>([
  [undefined, 'null'],
  [null, 'null'],
  [true, 'true'],
  [42, '42'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [2n ** 53n, '"9007199254740992"'],
  [1.5, '1.5'],
  [1e-7, '1e-7'],
  [new Float(1), '1.0'],
  [new Float(-0), '-0.0'],
  [new Float(1e21), '1e+21'],
  [new Float(2 ** 60), '1152921504606847000.0'],
  [Number.NaN, '"NaN"'],
  [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  [Decimal.parse('1.50'), '"1.5"'],
  ['a"\\\n\u2028é😀', '"a\\"\\\\\\n\u2028é😀"'],
  [Uint8Array.of(0xc0, 0xff, 0xee, 0), '"wP/uAA=="'],
  [Datetime.parse('2026-01-31T09:30:00.5Z'), '"2026-01-31T09:30:00.5Z"'],
  [Duration.parse('90m'), '"1h30m"'],
  [Uuid.parse(uuid), `"${uuid}"`],
  [new RecordId('user', 'a"b'), '"user:⟨a\\"b⟩"'],
  [new RecordId('user', 1), '"user:1"'],
  [[1, undefined, [null]], '[1,null,[null]]'],
  [ValueSet.from(['b', 'a']), '["a","b"]'],
  [{ b: 1, a: undefined, 'c"': {} }, '{"b":1,"c\\"":{}}'],
  [{ a: undefined }, '{}'],
  [new Range({ value: 'a', inclusive: true }, undefined), '"\'a\'.."'],
  [Geometry.point(1, 2.5), '{"type":"Point","coordinates":[1,2.5]}'],
  [new Float32Array([0.5, Number.NaN]), '[0.5,"NaN"]'],
])('stringifyJson: %o', (value, text) => {
  expect(stringifyJson(value)).toBe(text)
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(toJson(value)).replace(/^0$/, '-0')))
})

test('stringifyJson says what toJson says, for any value', () => {
  fc.assert(
    fc.property(arbitraryValue, (value) => {
      // Only the sign of a zero float differs: JSON.stringify drops it.
      const ours = JSON.parse(stringifyJson(value), (_, node) => (node === 0 ? 0 : node))
      expect(ours).toEqual(JSON.parse(JSON.stringify(toJson(value))))
    }),
    { numRuns: 2000 },
  )
})

test('__proto__ stays a field', () => {
  const value = JSON.parse('{"__proto__":{"x":1}}') as Value
  expect(stringifyJson(value)).toBe('{"__proto__":{"x":1}}')
  expect(JSON.stringify(toJson(value))).toBe('{"__proto__":{"x":1}}')
})

test('depth is bounded', () => {
  const deepest = nested(limits.answerDepthMax)
  expect(stringifyJson(deepest)).toBe(JSON.stringify(deepest))
  expect(toJson(deepest)).toEqual(deepest)
  expect(() => stringifyJson([deepest])).toThrow('nested deeper than 160 levels')
  expect(codeOf(() => toJson(nested(100_000)))).toBe('VALUE_TOO_DEEP')
})

describe('base64', () => {
  test('is what the platform makes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
      }),
    )
  })

  test.each(['A', 'AA', 'AAA', 'AA=', 'A===', 'AB==', 'AAB=', 'AA==AA==', 'AA-_', ' AAAA', 'AAAA\n'])(
    'refuses %j',
    (text) => {
      expect(decodeBase64(text)).toBeUndefined()
    },
  )
})
