import { Datetime, Decimal, Duration, float, RecordId, Uuid, type Value, ValueSet } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { cellOf } from './table-cell.ts'

const textOf = (value: Value) => cellOf(value, 100).text

test.each<[string, Value, string]>([
  ['none', undefined, 'NONE'],
  ['null', null, 'NULL'],
  ['bool', true, 'true'],
  ['int', 42, '42'],
  ['big int', 12345678901234567890n, '12345678901234567890'],
  ['float', 1.5, '1.5'],
  ['float of an integer', float(3), '3.0'],
  ['negative zero', float(-0), '-0.0'],
  ['decimal', Decimal.parse('1.25'), '1.25'],
  ['string', 'Wien', 'Wien'],
  ['datetime', Datetime.parse('2026-01-31T09:30:00Z'), '2026-01-31T09:30:00Z'],
  ['duration', Duration.parse('1h30m'), '1h30m'],
  ['uuid', Uuid.parse('018f3f1e-7b2a-7c3d-8e4f-5a6b7c8d9e0f'), '018f3f1e-7b2a-7c3d-8e4f-5a6b7c8d9e0f'],
  ['record id', new RecordId('user', 'ann'), 'user:ann'],
  ['bytes', new Uint8Array([0xc0, 0xff]), "b'c0ff'"],
  ['array', [1, 'a', null], "[1, 'a', NULL]"],
  ['set', ValueSet.from([2, 1]), '{1, 2}'],
  ['object', { b: 1, a: { c: 'x' } }, "{ a: { c: 'x' }, b: 1 }"],
  ['vector', new Float32Array([0.5, 1]), '<vector> [0.5, 1]'],
])('%s', (_, value, text) => {
  expect(textOf(value)).toBe(text)
})

test.each(['', ' a', 'a ', 'NONE', 'null', 'true'])(
  'the string %j is quoted, as bare it would say something else',
  (text) => {
    expect(textOf(text)).toBe(`'${text}'`)
  },
)

test('numbers and absent values are told from the rest', () => {
  expect([1, float(2), Decimal.parse('3')].map((value) => cellOf(value, 100).kind)).toEqual(
    Array(3).fill('number'),
  )
  expect([undefined, null].map((value) => cellOf(value, 100).kind)).toEqual(['absent', 'absent'])
  expect(['1', [], true].map((value) => cellOf(value, 100).kind)).toEqual(Array(3).fill('other'))
})

test('line breaks and escape sequences are shown as such', () => {
  expect(textOf('a\nb\u001b[2J')).toBe('a\\nb\\u{1b}[2J')
})

test('cuts at the bound, and not before', () => {
  expect(cellOf('x'.repeat(100), 100).text).toBe('x'.repeat(100))
  expect(cellOf('x'.repeat(101), 100).text).toBe(`${'x'.repeat(100)}…`)
})
