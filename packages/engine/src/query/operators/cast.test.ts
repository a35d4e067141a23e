import {
  Datetime,
  Decimal,
  Duration,
  float,
  Geometry,
  Range,
  RecordId,
  Uuid,
  type Value,
  ValueSet,
} from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import type { GeometryShape, ScalarTypeName, TypeNode } from '../dql/ast-type.ts'
import { castValue } from './cast.ts'
import { coerceToField, conformsTo } from './coerce.ts'
import { operatorLimits } from './limits.ts'
import { formatType } from './type-text.ts'

const span = { start: 0, end: 0 }
const scalar = (name: ScalarTypeName): TypeNode => ({ kind: 'scalar_type', span, name })
const record = (...tables: string[]): TypeNode =>
  tables.length === 0 ? { kind: 'record_type', span } : { kind: 'record_type', span, tables }
const arrayOf = (item?: TypeNode, length?: number): TypeNode => ({
  kind: 'array_type',
  span,
  ...(item === undefined ? {} : { item }),
  ...(length === undefined ? {} : { length }),
})
const setOf = (item?: TypeNode, length?: number): TypeNode => ({
  ...(arrayOf(item, length) as Extract<TypeNode, { kind: 'array_type' }>),
  kind: 'set_type',
})
const option = (inner: TypeNode): TypeNode => ({ kind: 'option_type', span, inner })
const union = (...members: TypeNode[]): TypeNode => ({ kind: 'union_type', span, members })
const literal = (value: Value): TypeNode => ({ kind: 'literal_type', span, value })
const tuple = (...items: TypeNode[]): TypeNode => ({ kind: 'tuple_type', span, items })
const object = (fields: Record<string, TypeNode>): TypeNode => ({
  kind: 'object_type',
  span,
  fields: Object.entries(fields).map(([key, type]) => ({ key, type })),
})
const vector = (dimension?: number): TypeNode =>
  dimension === undefined ? { kind: 'vector_type', span } : { kind: 'vector_type', span, dimension }
const geometry = (...shapes: GeometryShape[]): TypeNode =>
  shapes.length === 0 ? { kind: 'geometry_type', span } : { kind: 'geometry_type', span, shapes }

const int = scalar('int')
const string = scalar('string')
const datetime = scalar('datetime')
const uuidText = '018a6680-bef9-701b-9025-e1754f296a0f'
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values)
const range = (begin: Value, end: Value): Range =>
  new Range({ value: begin, inclusive: true }, { value: end, inclusive: false })

describe('casts', () => {
  const cases: [TypeNode, Value, Value][] = [
    [scalar('any'), 'x', 'x'],
    [scalar('none'), undefined, undefined],
    [scalar('null'), null, null],
    [scalar('bool'), 'true', true],
    [scalar('bool'), 'false', false],
    [scalar('bool'), true, true],
    [int, '5', 5],
    [int, '-0', 0],
    [int, '+12345678901234567890', 12345678901234567890n],
    [int, float(5), 5],
    [int, Decimal.parse('5'), 5],
    [int, Decimal.parse('1e150'), 10n ** 150n],
    [scalar('float'), '1.5', 1.5],
    [scalar('float'), '2', float(2)],
    [scalar('float'), '1e3', float(1000)],
    [scalar('float'), '-inf', Number.NEGATIVE_INFINITY],
    [scalar('float'), 'NaN', Number.NaN],
    [scalar('float'), 2, float(2)],
    [scalar('float'), Decimal.parse('0.1'), 0.1],
    [
      scalar('decimal'),
      '13.572948467293847293841093845679289',
      Decimal.parse('13.572948467293847293841093845679289'),
    ],
    [scalar('decimal'), 0.1, Decimal.parse('0.1')],
    [scalar('decimal'), 7, Decimal.parse('7')],
    [scalar('number'), '36', 36],
    [scalar('number'), '36.23', 36.23],
    [scalar('number'), Decimal.one, Decimal.one],
    [string, 12345, '12345'],
    [string, 1.3463, '1.3463'],
    [string, float(2), '2'],
    [string, Decimal.parse('1.50'), '1.5'],
    [string, true, 'true'],
    [string, Duration.parse('90m'), '1h30m'],
    [string, Datetime.parse('2026-01-31'), '2026-01-31T00:00:00Z'],
    [string, Uuid.parse(uuidText), uuidText],
    [string, new RecordId('user', 'ann'), 'user:ann'],
    [string, ['a', 1], "['a', 1]"],
    [string, bytes(0x68, 0x69), 'hi'],
    [string, undefined, 'NONE'],
    [string, null, 'NULL'],
    [scalar('bytes'), 'hé', bytes(0x68, 0xc3, 0xa9)],
    [scalar('bytes'), [0, 255], bytes(0, 255)],
    [datetime, '2020-09-09', Datetime.parse('2020-09-09')],
    [scalar('duration'), '1h30m', Duration.parse('90m')],
    [scalar('uuid'), uuidText.toUpperCase(), Uuid.parse(uuidText)],
    [scalar('range'), [2, 3], range(2, 3)],
    [scalar('object'), { a: 1 }, { a: 1 }],
    [scalar('point'), [1, 2.5], Geometry.point(1, 2.5)],
    [geometry('point'), { type: 'Point', coordinates: [1, 2] }, Geometry.point(1, 2)],
    [geometry(), Geometry.point(1, 2), Geometry.point(1, 2)],
    [record(), 'user:ann', new RecordId('user', 'ann')],
    [record('user', 'person'), 'person:1', new RecordId('person', 1)],
    [record('user'), new RecordId('user', 'x'), new RecordId('user', 'x')],
    [arrayOf(), range(1, 4), [1, 2, 3]],
    [arrayOf(), range(5, 1), []],
    [arrayOf(), range(2n ** 60n, 2n ** 60n + 2n), [2n ** 60n, 2n ** 60n + 1n]],
    [arrayOf(), ValueSet.from([2, 1]), [1, 2]],
    [arrayOf(), new Float32Array([1, 0.5]), [float(1), 0.5]],
    [arrayOf(), bytes(1, 255), [1, 255]],
    [setOf(int), bytes(2, 1, 2), ValueSet.from([1, 2])],
    [arrayOf(int), ['42', '314'], [42, 314]],
    [arrayOf(union(datetime, string)), ['2020-09-09', 'x'], [Datetime.parse('2020-09-09'), 'x']],
    [arrayOf(union(string, datetime)), ['2020-09-09'], ['2020-09-09']],
    [
      arrayOf(union(scalar('bool'), string, scalar('float'))),
      ['9.1', 'true', Duration.parse('15h')],
      ['9.1', true, '15h'],
    ],
    [
      arrayOf(union(record('user', 'person'), arrayOf(record('user')), string)),
      ['person:one', ['user:a'], 'not a record'],
      [new RecordId('person', 'one'), [new RecordId('user', 'a')], 'not a record'],
    ],
    [arrayOf(int, 2), [1, 2], [1, 2]],
    [arrayOf(int, 0), [], []],
    [arrayOf(string), [1, undefined], ['1', 'NONE']],
    [setOf(), [1, 1, 3], ValueSet.from([1, 3])],
    [setOf(int, 1), ['7', 7], ValueSet.from([7])],
    [vector(2), [1, 0.5], new Float32Array([1, 0.5])],
    [vector(), [], new Float32Array()],
    [option(int), undefined, undefined],
    [option(int), '5', 5],
    [option(string), undefined, undefined],
    [union(string, scalar('none')), undefined, undefined],
    [union(string, scalar('null')), null, null],
    [union(string, option(int)), undefined, undefined],
    [literal('draft'), 'draft', 'draft'],
    [tuple(string, int), [1, '2'], ['1', 2]],
    [object({ a: int, b: option(string) }), { a: '1' }, { a: 1 }],
  ]
  test.each(cases.map(([type, value, expected]) => [formatType(type), value, expected, type] as const))(
    '<%s> %s is %s',
    (_text, value, expected, type) => {
      expect(castValue(value, type)).toStrictEqual(expected)
    },
  )

  const refused: [TypeNode, Value][] = [
    [scalar('none'), null],
    [scalar('null'), undefined],
    [scalar('bool'), 1],
    [scalar('bool'), 'TRUE'],
    [int, '5.5'],
    [int, 5.5],
    [int, 'abc'],
    [int, ''],
    [int, Number.NaN],
    [int, Decimal.parse('1e200')],
    [int, (2n ** 512n).toString()],
    [int, '1'.repeat(2_000)],
    [scalar('float'), '1.5f'],
    [scalar('float'), ' 1'],
    [scalar('float'), '0x10'],
    [scalar('decimal'), Number.NaN],
    [scalar('decimal'), 'x'],
    [scalar('number'), undefined],
    [string, bytes(0xff)],
    [scalar('bytes'), [256]],
    [scalar('bytes'), 10],
    [datetime, 'yesterday'],
    [datetime, 5],
    [scalar('duration'), '2'],
    [scalar('uuid'), '123'],
    [scalar('range'), [1, 2, 3]],
    [scalar('function'), 'f'],
    [scalar('object'), []],
    [
      scalar('point'),
      Geometry.of('LineString', [
        [0, 0],
        [1, 1],
      ]),
    ],
    [geometry('line'), Geometry.point(1, 2)],
    [geometry(), { type: 'Nothing' }],
    [record(), 'user'],
    [record('user'), 'person:1'],
    [arrayOf(), 'abc'],
    [arrayOf(), new Range(undefined, { value: 3, inclusive: true })],
    [arrayOf(), range('a', 'c')],
    [arrayOf(int), ['1', 'x']],
    [arrayOf(int, 2), [1, 2, 3]],
    [arrayOf(int, 2), [1]],
    [setOf(int, 1), [1, 2]],
    [setOf(int, 2), [1, 1]],
    [setOf(), 'abc'],
    [vector(3), [1, 2]],
    [vector(), ['1']],
    [option(int), null],
    [literal('draft'), 'final'],
    [tuple(string, int), ['a']],
    [object({ a: int }), { a: 1, b: 2 }],
    [object({ constructor: string }), {}],
    [object({ a: string }), { a: undefined }],
    [union(int, scalar('bool')), 'x'],
    [union(int, string), undefined],
    [union(string, scalar('none')), null],
    [option(string), null],
  ]
  test.each(refused.map(([type, value]) => [formatType(type), value, type] as const))(
    '<%s> %s is refused',
    (text, value, type) => {
      expect(() => castValue(value, type)).toThrow(
        expect.objectContaining({ code: 'CAST_IMPOSSIBLE', status: 'type_mismatch' }),
      )
      expect(() => castValue(value, type)).toThrow(text)
    },
  )

  test('a range becomes an array of the largest size and no larger', () => {
    expect((castValue(range(0, operatorLimits.elementsMax), arrayOf()) as Value[]).length).toBe(
      operatorLimits.elementsMax,
    )
    expect(() => castValue(range(0, operatorLimits.elementsMax + 1), arrayOf())).toThrow(
      expect.objectContaining({ code: 'OPERATOR_RESULT_TOO_LARGE' }),
    )
    expect(() => castValue(range(-(2n ** 400n), 2n ** 400n), arrayOf())).toThrow('exceed')
  })

  test('bytes become an array of the largest size and no larger', () => {
    const most = new Uint8Array(operatorLimits.elementsMax)
    expect((castValue(most, arrayOf()) as Value[]).length).toBe(operatorLimits.elementsMax)
    expect(() => castValue(new Uint8Array(operatorLimits.elementsMax + 1), arrayOf())).toThrow(
      expect.objectContaining({ code: 'OPERATOR_RESULT_TOO_LARGE' }),
    )
  })

  test('an error shows the beginning of a long value and names both types', () => {
    const long = Array.from({ length: 1_000 }, (_, i) => i)
    expect(() => castValue(long, int)).toThrow('cannot convert [0, 1, 2, …] (array) into int')
    expect(() => castValue('x'.repeat(1_000_000), int)).toThrow(
      /^cannot convert 'x{59}… \(string\) into int$/,
    )
    // With its two quotes: at the bound, and one past it.
    const most = operatorLimits.describedCharsMax - 2
    expect(() => castValue('x'.repeat(most), int)).toThrow(`cannot convert '${'x'.repeat(most)}' (string)`)
    expect(() => castValue('x'.repeat(most + 1), int)).toThrow(
      `cannot convert '${'x'.repeat(most + 1)}… (string)`,
    )
    expect(() => castValue({ a: { b: { c: 1 } }, d: bytes(1) }, int)).toThrow(
      'cannot convert { a: { b: { … } }, d: <bytes> } (object) into int',
    )
    expect(() => castValue(undefined, int)).toThrow('cannot convert NONE (none) into int')
  })
})

describe('coercion to a declared type', () => {
  const fitting: [TypeNode, Value][] = [
    [scalar('any'), undefined],
    [scalar('none'), undefined],
    [scalar('null'), null],
    [int, 5],
    [int, 2n ** 60n],
    [scalar('float'), 1.5],
    [scalar('float'), float(1)],
    [scalar('float'), float(-0)],
    [scalar('float'), Number.NaN],
    [scalar('decimal'), Decimal.one],
    [scalar('number'), 1.5],
    [string, 'x'],
    [datetime, Datetime.parse('2026-01-01')],
    [scalar('bytes'), bytes(1)],
    [scalar('range'), range(1, 2)],
    [scalar('point'), Geometry.point(1, 2)],
    [geometry('polygon', 'point'), Geometry.point(1, 2)],
    [geometry('feature'), Geometry.point(1, 2)],
    [record('user'), new RecordId('user', 1)],
    [record(), new RecordId('user', 1)],
    [arrayOf(), [1, 'x']],
    [arrayOf(int, 3), [1, 2, 3]],
    [setOf(int), ValueSet.from([1])],
    [vector(1), new Float32Array(1)],
    [option(int), undefined],
    [literal(5), 5],
    [tuple(int, string), [1, 'x']],
    [object({ a: int, b: option(int) }), { a: 1 }],
    [union(int, string), 'x'],
  ]
  test.each(fitting.map(([type, value]) => [formatType(type), value, type] as const))(
    '%s takes %s as it is',
    (_text, value, type) => {
      expect(conformsTo(value, type)).toBe(true)
      expect(Object.is(coerceToField(value, type), value)).toBe(true)
    },
  )

  const bridged: [TypeNode, Value, Value][] = [
    [int, float(2), 2],
    [int, Decimal.parse('2'), 2],
    [scalar('float'), 2, float(2)],
    [scalar('decimal'), 2, Decimal.parse('2')],
    [scalar('decimal'), 0.1, Decimal.parse('0.1')],
    [arrayOf(scalar('float')), [1, 0.5], [float(1), 0.5]],
    [setOf(int), [2, 1, 2], ValueSet.from([1, 2])],
    [vector(2), [1, 2], new Float32Array([1, 2])],
    [geometry('point'), { type: 'Point', coordinates: [1, 2] }, Geometry.point(1, 2)],
    [union(int, scalar('float')), float(2), float(2)],
    [union(scalar('decimal'), string), 2, Decimal.parse('2')],
    [object({ a: scalar('float') }), { a: 1 }, { a: float(1) }],
  ]
  test.each(bridged.map(([type, value, expected]) => [formatType(type), value, expected, type] as const))(
    '%s makes %s into %s',
    (_text, value, expected, type) => {
      expect(coerceToField(value, type)).toStrictEqual(expected)
      expect(conformsTo(value, type)).toBe(Object.is(value, coerceToField(value, type)))
    },
  )

  const refused: [TypeNode, Value][] = [
    [int, '5'],
    [int, 2.5],
    [int, undefined],
    [scalar('float'), 'NaN'],
    [scalar('decimal'), Number.POSITIVE_INFINITY],
    [scalar('bool'), 'true'],
    [string, 5],
    [datetime, '2026-01-01'],
    [scalar('bytes'), [1]],
    [scalar('function'), 1],
    [scalar('point'), [1, 2]],
    [geometry('line'), Geometry.point(1, 2)],
    [record('user'), 'user:1'],
    [record('user'), new RecordId('person', 1)],
    [arrayOf(int), [1, '2']],
    [arrayOf(int, 1), [1, 2]],
    [arrayOf(int, 3), [1, 2]],
    [arrayOf(), range(1, 3)],
    [setOf(int), ['x']],
    [setOf(int), 5],
    [setOf(int, 2), [1, 1]],
    [setOf(int, 1), [1, 2]],
    [vector(2), new Float32Array(3)],
    [option(int), null],
    [literal(5), float(5)],
    [tuple(int), [1, 2]],
    [object({ a: int }), { a: 1, b: 1 }],
    [object({ a: int }), {}],
    [union(int, string), true],
  ]
  test.each(refused.map(([type, value]) => [formatType(type), value, type] as const))(
    '%s refuses %s',
    (text, value, type) => {
      expect(conformsTo(value, type)).toBe(false)
      expect(() => coerceToField(value, type)).toThrow(
        expect.objectContaining({ code: 'CAST_NOT_OF_TYPE', status: 'type_mismatch' }),
      )
      expect(() => coerceToField(value, type)).toThrow(`expected ${text}, found`)
    },
  )
})
