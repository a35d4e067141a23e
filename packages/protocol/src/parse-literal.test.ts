import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareExact } from './compare-values.ts'
import { Datetime } from './datetime.ts'
import { Decimal } from './decimal.ts'
import { Duration } from './duration.ts'
import { DbError } from './errors.ts'
import { Float } from './float.ts'
import { formatValue } from './format-value.ts'
import { Geometry } from './geometry.ts'
import { limits } from './limits.ts'
import { parseLiteral } from './parse-literal.ts'
import { Range } from './range.ts'
import { RecordId } from './record-id.ts'
import { arbitraryValue } from './testing/arbitrary-values.ts'
import { codeOf } from './testing/code-of.ts'
import { nested } from './testing/nested.ts'
import { Uuid } from './uuid.ts'
import { ValueSet } from './value-set.ts'
import type { Value } from './values.ts'

const uuid = '01234567-89ab-7def-8123-456789abcdef'

/** Both directions: the text is what is written, and is read back. */
const literals: readonly (readonly [string, Value])[] = [
  ['NONE', undefined],
  ['NULL', null],
  ['true', true],
  ['42', 42],
  ['-9007199254740993', -9007199254740993n],
  ['1.5', 1.5],
  ['1e-7', 1e-7],
  ['1f', new Float(1)],
  ['-0f', new Float(-0)],
  ['1e+300f', new Float(1e300)],
  ['NaN', Number.NaN],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['1.5dec', Decimal.parse('1.5')],
  ['1e50dec', Decimal.parse('1e50')],
  ["'it\\'s \\\\ \\n \\u{0} \\u{85} \\u{2028} ⟩ \"'", 'it\'s \\ \n \0 \x85 \u2028 ⟩ "'],
  ["b'00ff'", Uint8Array.of(0, 255)],
  ["b''", new Uint8Array()],
  ['1h30m', Duration.parse('1h30m')],
  ["d'2026-01-31T09:30:00Z'", Datetime.parse('2026-01-31T09:30:00Z')],
  [`u'${uuid}'`, Uuid.parse(uuid)],
  ['[]', []],
  ["[1, [NONE], 'x']", [1, [undefined], 'x']],
  ['{,}', ValueSet.empty],
  ['{1,}', ValueSet.from([1])],
  ["{1, 'a'}", ValueSet.from([1, 'a'])],
  ['{(a:1), (a:2)}', ValueSet.from([new RecordId('a', 1), new RecordId('a', 2)])],
  ['{}', {}],
  ["{ a: 1, 'b c': { _d9: NULL } }", { a: 1, 'b c': { _d9: null } }],
  ['user:alice', new RecordId('user', 'alice')],
  ['1..5', new Range({ value: 1, inclusive: true }, { value: 5, inclusive: false })],
  ["'a'>..=1.5", new Range({ value: 'a', inclusive: false }, { value: 1.5, inclusive: true })],
  ['..', new Range(undefined, undefined)],
  [
    '(a:1)..(..)',
    new Range(
      { value: new RecordId('a', 1), inclusive: true },
      { value: new Range(undefined, undefined), inclusive: false },
    ),
  ],
  ['[.., 1..]', [new Range(undefined, undefined), new Range({ value: 1, inclusive: true }, undefined)]],
  ["<geometry> { type: 'Point', coordinates: [4.9, -1] }", Geometry.point(4.9, -1)],
  ['<vector> [0.5, -0f, NaN]', new Float32Array([0.5, -0, Number.NaN])],
]

test.each(literals)('%s', (text, value) => {
  expect(formatValue(value)).toBe(text)
  expect(compareExact(parseLiteral(text), value)).toBe(0)
})

test('any value comes back', () => {
  fc.assert(
    fc.property(arbitraryValue, (value) => {
      expect(compareExact(parseLiteral(formatValue(value)), value)).toBe(0)
    }),
    { numRuns: 3000 },
  )
})

describe('parseLiteral accepts what people write', () => {
  test.each<readonly [string, Value]>([
    ['  none ', undefined],
    ['Null', null],
    ['TRUE', true],
    ['+5', 5],
    ['-0', 0],
    ['1.0', new Float(1)],
    ['1e5', new Float(1e5)],
    ['-1.5e-3', -0.0015],
    ['"double \\" \\u00e9 \\ud83d\\ude00"', 'double " é 😀'],
    ["s'plain'", 'plain'],
    [`d"2026-01-31"`, Datetime.parse('2026-01-31')],
    ["r'user:1'", new RecordId('user', 1)],
    ["b'C0FFEE'", Uint8Array.of(0xc0, 0xff, 0xee)],
    ['((1))', 1],
    ['[1,2,]', [1, 2]],
    ['{a:1,"b":2,`c d`:3,}', { a: 1, b: 2, 'c d': 3 }],
    ['{ 2, 1, 1 }', ValueSet.from([1, 2])],
    ['{ user: 1 }', { user: 1 }],
    ['{ a: 1, a: 2 }', { a: 2 }],
    ['1 .. 5', new Range({ value: 1, inclusive: true }, { value: 5, inclusive: false })],
    [
      '1h30m..2h',
      new Range(
        { value: Duration.parse('90m'), inclusive: true },
        { value: Duration.parse('2h'), inclusive: false },
      ),
    ],
    ['1d', Duration.parse('1d')],
    ['1dec', Decimal.one],
    ["<geometry>{type:'Point',coordinates:[1,2dec]}", Geometry.point(1, 2)],
    ['none:1', new RecordId('none', 1)],
  ])('%s', (text, value) => {
    expect(compareExact(parseLiteral(text), value)).toBe(0)
  })

  test('__proto__ as a field', () => {
    const value = parseLiteral('{ __proto__: { x: 1 } }') as object
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })
})

describe('parseLiteral refuses', () => {
  test.each([
    ['', 'a value', 1, 1],
    ['nope', 'a value', 1, 1],
    ['`none`', 'a value', 1, 1],
    ['1 2', 'the end of the text', 1, 3],
    ['12abc', 'a value', 1, 1],
    ['1.5.2', 'the end of the text', 1, 4],
    ['1.', 'the end of the text', 1, 2],
    ['1e999', 'a number that a float can hold', 1, 1],
    ["'open", "'", 1, 6],
    ["'\\x'", 'an escape such as \\n or \\u{1F333}', 1, 2],
    ["'\\u{110000}'", 'an escape such as \\n or \\u{1F333}', 1, 2],
    ["'\\ud800'", 'valid Unicode', 1, 1],
    ["'a\n\\q'", 'an escape such as \\n or \\u{1F333}', 2, 1],
    ["b'0'", 'pairs of hexadecimal digits', 1, 1],
    ['[1', ', or ]', 1, 3],
    ['[,]', 'a value', 1, 2],
    ['{1}', ',', 1, 3],
    ['{1, 2', ', or }', 1, 6],
    ['{a: 1 b: 2}', ', or }', 1, 7],
    ['{a: 1, 5}', 'a field and a colon', 1, 8],
    ['(1', ')', 1, 3],
    ['1..=', 'a value', 1, 5],
    ['<set> [1]', '<geometry> or <vector>', 1, 1],
    ["<vector> ['a']", 'a list of numbers', 1, 10],
    ['😀', 'a value', 1, 1],
    ['[😀]', 'a value', 1, 2],
    ["['😀', x]", 'a value', 1, 7],
    ['user:1:2', 'the end of the text', 1, 7],
  ])('%j: expected %s at line %i, column %i', (text, expected, line, column) => {
    const refused = catchError(() => parseLiteral(text))
    expect(refused).toMatchObject({ code: 'LITERAL_SYNTAX', details: { expected, line, column } })
  })

  test('what its type refuses, with that type’s code', () => {
    expect(codeOf(() => parseLiteral("d'2026-02-30'"))).toBe('VALUE_DATETIME_SYNTAX')
    expect(codeOf(() => parseLiteral("u'x'"))).toBe('VALUE_UUID_SYNTAX')
    expect(codeOf(() => parseLiteral('1e999dec'))).toBe('VALUE_DECIMAL_RANGE')
    expect(codeOf(() => parseLiteral(`${2n ** 512n}`))).toBe('VALUE_INT_RANGE')
    expect(codeOf(() => parseLiteral("<geometry> { type: 'Point' }"))).toBe('VALUE_GEOMETRY')
  })

  test('numbers with too many characters', () => {
    const text = `0.${'0'.repeat(limits.numberTextCharsMax - 3)}1`
    expect(parseLiteral(text)).toEqual(new Float(0))
    expect(codeOf(() => parseLiteral(`${text}0`))).toBe('LITERAL_SYNTAX')
    expect(codeOf(() => parseLiteral('9'.repeat(100_000)))).toBe('LITERAL_SYNTAX')
    expect(codeOf(() => parseLiteral(`t:${'9'.repeat(100_000)}`))).toBe('LITERAL_SYNTAX')
  })

  test('values nested too deep, in any way', () => {
    expect(parseLiteral(formatValue(nested(limits.depthMax)))).toEqual(nested(limits.depthMax))
    expect(codeOf(() => parseLiteral(formatValue(nested(limits.depthMax + 1))))).toBe('VALUE_TOO_DEEP')
    expect(codeOf(() => formatValue(nested(limits.answerDepthMax + 1)))).toBe('VALUE_TOO_DEEP')
    for (const open of [
      '[',
      '(',
      '{a:',
      '{',
      't:[',
      't:{a:',
      '..',
      '(..',
      '<vector> [',
      '<geometry> {a:',
      "r'",
    ]) {
      expect(
        codeOf(() => parseLiteral(open.repeat(100_000))),
        open,
      ).toMatch(/^(VALUE_TOO_DEEP|LITERAL_SYNTAX)$/)
    }
    const parentheses = (count: number) => `${'('.repeat(count)}1${')'.repeat(count)}`
    expect(parseLiteral(parentheses(limits.depthMax))).toBe(1)
    expect(codeOf(() => parseLiteral(parentheses(limits.depthMax + 1)))).toBe('VALUE_TOO_DEEP')
  })
})

test('any text is a literal or refused with a code', () => {
  const pieces = fc.constantFrom(
    ...'[](){},:.=>\'"⟨⟩`\\<>-+0159aefdubr \n',
    'dec',
    'user',
    'NONE',
    '1h',
    'vector',
    '\\u{',
    '..',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces, { maxLength: 15 }).map((parts) => parts.join('')),
        fc.string(),
      ),
      (text) => {
        try {
          formatValue(parseLiteral(text))
        } catch (error) {
          if (!(error instanceof DbError)) throw error
          expect(error.code).toMatch(/^(LITERAL|VALUE)_/)
        }
      },
    ),
    { numRuns: 10_000 },
  )
})

function catchError(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

test('geometry collections nest to the limit', () => {
  let geometry = Geometry.of('MultiPolygon', [
    [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ],
  ])
  for (let i = 0; i < limits.depthMax; i += 1) geometry = Geometry.collection([geometry])
  expect(compareExact(parseLiteral(formatValue(geometry)), geometry)).toBe(0)
  expect(codeOf(() => parseLiteral(formatValue(Geometry.collection([geometry]))))).toBe('VALUE_TOO_DEEP')
})
