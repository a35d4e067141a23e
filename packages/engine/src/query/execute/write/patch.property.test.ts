import { compareExact, type Value } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyPatch, diffValues } from './patch.ts'

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Value>(null, true, 1, 1.5, 'a', ''),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '~', '/', 'a/b', '', '0'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}))
const object = fc.dictionary(fc.constantFrom('a', 'b', '~1', 'a/b'), value, {
  maxKeys: 4,
  noNullPrototype: true,
})

test('the difference of two objects, applied to the one, gives the other', () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      const patched = applyPatch(before, diffValues(before, after))
      expect(compareExact(patched, after)).toBe(0)
    }),
  )
})

test('equal values differ in nothing', () => {
  fc.assert(
    fc.property(object, (each) => {
      expect(diffValues(each, structuredClone(each))).toEqual([])
    }),
  )
})
