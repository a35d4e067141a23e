import { formatValue, parseLiteral, RecordId, type Value } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prettyValue } from './pretty-value.ts'

test('what fits stays on one line', () => {
  expect(prettyValue({ b: 1, a: [1, 2] }, 40)).toEqual(['{ a: [1, 2], b: 1 }'])
})

test('what does not has a line per field and element', () => {
  expect(prettyValue({ name: 'a long text', list: [10, 20, 30], 'odd name': { x: 1 } }, 20)).toEqual([
    '{',
    '  list: [',
    '    10,',
    '    20,',
    '    30',
    '  ],',
    "  name: 'a long text',",
    "  'odd name': {",
    '    x: 1',
    '  }',
    '}',
  ])
})

test('a single literal is never broken', () => {
  expect(prettyValue('x'.repeat(50), 10)).toEqual([`'${'x'.repeat(50)}'`])
  expect(prettyValue([], 1)).toEqual(['[]'])
})

const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Value>(null, true, new RecordId('user', 1)),
    fc.integer(),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value

test('reads back as the same value, however it is broken', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 60 }), (value, width) => {
      const text = prettyValue(value, width).join('\n')
      expect(formatValue(parseLiteral(text))).toBe(formatValue(value))
    }),
  )
})
