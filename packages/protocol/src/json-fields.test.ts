import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countFields, repeatedField } from './json-fields.ts'

test.each([
  ['{"a":1,"a":2}', 2, 'a'],
  ['{"a":1,"\\u0061":2}', 2, 'a'],
  ['{"a" : {"a":1}, "b":[{"a":1},{"a":2}]}', 5, undefined],
  ['[{"x":{"b":1,"c":"}","b":2}}]', 4, 'b'],
  ['{"__proto__":1,"__proto__":2}', 2, '__proto__'],
  ['{"a\\\\":1,"a\\"":2,"a":3,"":4}', 4, undefined],
  ['["a",":","\\"",{"x":"\\\\"}]', 1, undefined],
  ['"a"', 0, undefined],
  ['1', 0, undefined],
])('%s', (text, count, repeated) => {
  expect(countFields(text)).toBe(count)
  expect(repeatedField(text)).toBe(repeated)
})

test('counts the fields of any tree, with spaces or without', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(0, 2), (tree, space) => {
      const text = JSON.stringify(tree, undefined, space)
      expect(countFields(text)).toBe(fieldsOf(JSON.parse(text)))
      expect(repeatedField(text)).toBeUndefined()
    }),
  )
})

function fieldsOf(tree: unknown): number {
  if (typeof tree !== 'object' || tree === null) return 0
  const own = Array.isArray(tree) ? 0 : Object.keys(tree).length
  return Object.values(tree).reduce((sum: number, inner) => sum + fieldsOf(inner), own)
}
