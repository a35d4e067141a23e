import { Datetime, Decimal, Duration, Float, Geometry, Uuid } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { parseExpression } from './parse-dql.ts'
import { withoutSpans } from './tree.fixture.ts'

function literal(text: string): unknown {
  const expression = parseExpression(text)
  expect(expression.kind).toBe('literal')
  return expression.kind === 'literal' ? expression.value : undefined
}

test.each([
  ['0', 0],
  ['42', 42],
  ['-42', -42],
  ['+42', 42],
  ['007', 7],
  ['1_000', 1000],
  ['9007199254740991', 9007199254740991],
  ['9007199254740992', 9007199254740992n],
  ['-9007199254740992', -9007199254740992n],
  ['-0', 0],
  ['1.5', 1.5],
  ['1.5f', 1.5],
  ['2f', new Float(2)],
  ['1e3', new Float(1000)],
  ['1E-3', 0.001],
  ['1.5e+3f', new Float(1500)],
  ['-0f', new Float(-0)],
  ['1_0.2_5', 10.25],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['1.50dec', Decimal.parse('1.5')],
  ['-3DEC', Decimal.parse('-3')],
  ['1e-20dec', Decimal.parse('1e-20')],
  ['true', true],
  ['False', false],
  ['NONE', undefined],
  ['Null', null],
])('%s is a number, a word or nothing', (text, value) => {
  expect(literal(text)).toStrictEqual(value)
})

test.each([
  ['1h', '1h'],
  ['1h30m', '1h30m'],
  ['1w2d3h4m5s6ms7us8ns', '1w2d3h4m5s6ms7us8ns'],
  ['5µs', '5us'],
  ['5μs', '5us'],
  ['1y', '1y'],
])('%s is a duration', (text, value) => {
  expect(literal(text)).toEqual(Duration.parse(value))
})

test.each([
  ['5km', 5000],
  ['0.5km', 500],
  ['1mi', 1609.344],
  ['3ft', 0.9144],
  ['2nmi', 3704],
  ['7mm', 0.007],
  ['-2km', -2000],
])('%s is a number of metres', (text, metres) => {
  expect(literal(text)).toBe(metres)
})

test('a minus before a duration is an operator', () => {
  expect(withoutSpans(parseExpression('-1h'))).toEqual({
    kind: 'unary',
    operator: '-',
    operand: { kind: 'literal', value: Duration.parse('1h') },
  })
})

test.each([
  ["'plain'", 'plain'],
  ['"plain"', 'plain'],
  ["s'plain'", 'plain'],
  ["''", ''],
  ["'it\\'s'", "it's"],
  ["'\"'", '"'],
  ["'line\nbreak'", 'line\nbreak'],
  ["'\\n\\t\\r\\b\\f\\0\\\\\\/'", '\n\t\r\b\f\0\\/'],
  ["'\\u00e9\\u{e9}\\u{1F333}'", 'éé🌳'],
  ["'\\uD83C\\uDF33'", '🌳'],
  ["'-- no comment'", '-- no comment'],
])('%s is a string', (text, value) => {
  expect(literal(text)).toBe(value)
})

test('prefixed strings are values of their types', () => {
  expect(literal("d'2026-01-31T09:30:00Z'")).toEqual(Datetime.parse('2026-01-31T09:30:00Z'))
  expect(literal('d"2026-01-31"')).toEqual(Datetime.parse('2026-01-31'))
  expect(literal("u'018f3f1e-7b2a-7c3d-8e4f-5a6b7c8d9e0f'")).toEqual(
    Uuid.parse('018f3f1e-7b2a-7c3d-8e4f-5a6b7c8d9e0f'),
  )
  expect(literal("b'c0ffEE'")).toEqual(Uint8Array.of(0xc0, 0xff, 0xee))
  expect(literal('(-0.12, 51)')).toEqual(Geometry.point(-0.12, 51))
})

describe('record keys', () => {
  test.each([
    ['user:alice', 'alice'],
    ['user:1', 1],
    ['user:-1', -1],
    ['user:001', 1],
    ['user:99999999999999999999', 99999999999999999999n],
    ['user:01HZX4Y5V6W7', '01HZX4Y5V6W7'],
    ['user:1e5', '1e5'],
    ['user:1h30m', '1h30m'],
    ['user:5km', '5km'],
    ['user:select', 'select'],
    ['user:rand', 'rand'],
    ['user:⟨1⟩', '1'],
    ['user:⟨a\\⟩b⟩', 'a⟩b'],
    ['user:`a b`', 'a b'],
    ['⟨user⟩:1', 1],
    ["r'user:1'", 1],
  ])('%s', (text, value) => {
    const tree = withoutSpans(parseExpression(text))
    expect(tree).toStrictEqual({ kind: 'record_id', table: 'user', key: { kind: 'key_literal', value } })
  })

  test('of arrays and objects hold expressions', () => {
    expect(withoutSpans(parseExpression("user:['x', $n]"))).toMatchObject({
      key: { kind: 'key_array', items: [{ value: 'x' }, { kind: 'param', name: 'n' }] },
    })
    expect(withoutSpans(parseExpression('user:{ a: b }'))).toMatchObject({
      key: { kind: 'key_object', entries: [{ key: 'a', value: { kind: 'idiom' } }] },
    })
  })

  test('can be generated', () => {
    for (const generator of ['ulid', 'uuid', 'rand']) {
      const tree = withoutSpans(parseExpression(`user:${generator.toUpperCase()}()`))
      expect(tree).toMatchObject({ key: { kind: 'key_generator', generator } })
    }
  })

  test.each([
    ['t:1..5', { key: 1, inclusive: true }, { key: 5, inclusive: false }],
    ['t:1..=5', { key: 1, inclusive: true }, { key: 5, inclusive: true }],
    ['t:1>..5', { key: 1, inclusive: false }, { key: 5, inclusive: false }],
    ['t:1>..=5', { key: 1, inclusive: false }, { key: 5, inclusive: true }],
    ['t:..5', undefined, { key: 5, inclusive: false }],
    ['t:..=5', undefined, { key: 5, inclusive: true }],
    ['t:1..', { key: 1, inclusive: true }, undefined],
    ['t:1>..', { key: 1, inclusive: false }, undefined],
    ['t:..', undefined, undefined],
  ])('%s is a range', (text, lower, upper) => {
    const bound = (end: { key: number; inclusive: boolean } | undefined): unknown =>
      end && { key: { kind: 'key_literal', value: end.key }, inclusive: end.inclusive }
    const expected = { kind: 'key_range', lower: bound(lower), upper: bound(upper) }
    expect(withoutSpans(parseExpression(text))).toEqual({ kind: 'record_id', table: 't', key: expected })
  })

  test('a space ends the id: the next word is no key', () => {
    expect(() => parseExpression('user: alice')).toThrow("unexpected 'alice'")
    expect(() => parseExpression('user :alice')).toThrow("unexpected ':'")
  })
})

test.each([
  ['|t:3|', { count: 3 }],
  ['|t:1..3|', { from: 1, to: 2 }],
  ['|t:1..=3|', { from: 1, to: 3 }],
  ['|t:3..3|', { from: 3, to: 2 }],
  ['|t:9..3|', { from: 9, to: 8 }],
])('%s stands for ids', (text, amount) => {
  expect(withoutSpans(parseExpression(text))).toEqual({ kind: 'mock', table: 't', amount })
})

test('an object keeps the last value of a repeated key, and any key is safe', () => {
  const tree = parseExpression('{ a: 1, __proto__: 2, a: 3, constructor: 4, 1: 5 }')
  expect(withoutSpans(tree)).toEqual({
    kind: 'object',
    entries: [
      { key: 'a', value: { kind: 'literal', value: 3 } },
      { key: '__proto__', value: { kind: 'literal', value: 2 } },
      { key: 'constructor', value: { kind: 'literal', value: 4 } },
      { key: '1', value: { kind: 'literal', value: 5 } },
    ],
  })
})

test.each([
  ['{}', 'object'],
  ['{ a: 1 }', 'object'],
  ["{ 'a': 1 }", 'object'],
  ['{ user:alice }', 'object'],
  ['{ a }', 'block'],
  ['{ a; b }', 'block'],
  ['{ a::b() }', 'block'],
  ['{ SELECT * FROM a }', 'block'],
  ['{ (user:alice) }', 'block'],
  ['{;}', 'block'],
  ['{,}', 'set'],
  ['{ a, }', 'set'],
  ['{ a, b }', 'set'],
  ['{ (SELECT * FROM a), 1 }', 'set'],
])('%s is told apart by what follows the brace', (text, kind) => {
  expect(parseExpression(text).kind).toBe(kind)
})
