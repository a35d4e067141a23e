import { RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayWidth } from './display-width.ts'
import { tableColumnsMax } from './limits.ts'
import { plain } from './paint.ts'
import { type TableOptions, tableLines } from './table.ts'

function table(rows: readonly ValueObject[], options: Partial<TableOptions> = {}): readonly string[] {
  return [...tableLines(rows, { fields: [], width: undefined, paint: plain, ...options })]
}

test('columns are the fields of all rows; id comes first, the others by name', () => {
  const rows = [
    { name: 'Ann', age: 3, id: new RecordId('user', 1) },
    { id: new RecordId('user', 2), city: 'Wien' },
  ]
  expect(table(rows)).toEqual([
    'id     │  age │ city │ name',
    '───────┼──────┼──────┼─────',
    'user:1 │    3 │ NONE │ Ann',
    'user:2 │ NONE │ Wien │ NONE',
  ])
})

test('fields that the query names stand in its order, and the ends of an edge before the rest', () => {
  expect(table([{ b: 1, a: 2, c: 3 }], { fields: ['c', 'b', 'missing'] })[0]).toBe('c │ b │ a')
  expect(table([{ out: 1, weight: 2, in: 3, id: 4, at: 5 }])[0]).toBe('id │ in │ out │ at │ weight')
})

test('numbers stand to the right, also among others, and a heading over numbers too', () => {
  expect(
    table([
      { amount: 5, mixed: 1 },
      { amount: 1234567, mixed: 'text' },
    ]),
  ).toEqual([' amount │ mixed', '────────┼──────', '      5 │     1', '1234567 │ text'])
})

test('wide characters keep the columns straight', () => {
  expect(
    table([
      { a: '日本', b: 1 },
      { a: 'abc', b: 2 },
    ]),
  ).toEqual(['a    │ b', '─────┼──', '日本 │ 1', 'abc  │ 2'])
})

test('on a narrow terminal the widest columns are cut, the narrow ones are not', () => {
  const lines = table([{ id: 1, long: 'x'.repeat(50), longer: 'y'.repeat(80) }], { width: 40 })
  expect(lines[2]).toBe(` 1 │ ${'x'.repeat(15)}… │ ${'y'.repeat(15)}…`)
})

test('columns without room are named below the table', () => {
  const row = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`column${at}`, 'value of it']))
  const lines = table([row], { width: 40 })
  expect(lines[0]).toMatch(/^column0 │ column1 +│ column2 +│ column3$/)
  expect(lines.at(-1)).toMatch(/^\+ 5 columns: column4, column5/)
})

test('shows as many columns as the bound says, and names one past it', () => {
  const row = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, at]))
  expect(table([row(tableColumnsMax)])).toHaveLength(3)
  expect(table([row(tableColumnsMax + 1)]).at(-1)).toMatch(/^\+ 1 column: /)
})

test('a field called like a property of every object is a field', () => {
  expect(table([{ toString: 1 }, { a: 2 }])[3]).toBe('   2 │     NONE')
})

test('a heading with an escape sequence is shown, not obeyed', () => {
  expect(table([{ '\u001b[2J': 1 }])[0]).toBe('\\u{1b}[2J')
})

const cells = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.integer(),
  fc.constant(null),
  fc.array(fc.nat(9)),
)
const rowsOf = fc.array(fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), cells, { maxKeys: 12 }), {
  minLength: 1,
  maxLength: 5,
})

test('no line is wider than the terminal', () => {
  fc.assert(
    fc.property(rowsOf, fc.integer({ min: 20, max: 120 }), (rows, width) => {
      const lines = table(rows as Record<string, Value>[], { width })
      expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
    }),
  )
})
