import type { Value } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { createOrderComparer, sortValues } from './ordering.ts'

describe('ORDER BY', () => {
  const names = ['b', 'A', 'a', 'É', 'e', 'Z', 'z10', 'z9']

  test('compares by code point without options', () => {
    expect(sortValues(names, createOrderComparer())).toEqual(['A', 'Z', 'a', 'b', 'e', 'z10', 'z9', 'É'])
  })

  test('COLLATE compares letters regardless of case, accents after', () => {
    expect(sortValues(names, createOrderComparer({ collate: true }))).toEqual([
      'A',
      'a',
      'b',
      'e',
      'É',
      'Z',
      'z10',
      'z9',
    ])
    expect(createOrderComparer({ collate: true })('a', 'A')).toBe(0)
  })

  test('NUMERIC compares runs of digits as numbers', () => {
    const files = ['file10', 'file9', 'file09', 'file1a', 'file', 'file99999999999999999999', 'x1']
    expect(sortValues(files, createOrderComparer({ numeric: true }))).toEqual([
      'file',
      'file1a',
      'file9',
      'file09',
      'file10',
      'file99999999999999999999',
      'x1',
    ])
  })

  test('COLLATE NUMERIC does both', () => {
    expect(sortValues(['B2', 'b10', 'a3'], createOrderComparer({ collate: true, numeric: true }))).toEqual([
      'a3',
      'B2',
      'b10',
    ])
  })

  test('other values follow the total order', () => {
    const values: Value[] = ['b', 2, null, 'A', undefined, true, 1]
    expect(sortValues(values, createOrderComparer({ collate: true }))).toEqual([
      undefined,
      null,
      true,
      1,
      2,
      'A',
      'b',
    ])
  })
})

describe('sorting', () => {
  test('puts NONE where the comparer wants it', () => {
    const values: Value[] = [2, undefined, 1, undefined]
    const compare = createOrderComparer()
    expect(sortValues(values)).toEqual([undefined, undefined, 1, 2])
    expect(sortValues(values, (a, b) => compare(b, a))).toEqual([2, 1, undefined, undefined])
    expect(sortValues([undefined])).toEqual([undefined])
  })

  test('leaves its argument alone and keeps ties in order', () => {
    const values = [
      { k: 1, n: 2 },
      { k: 0, n: 1 },
      { k: 1, n: 1 },
    ]
    const sorted = sortValues(values, (a, b) => (a as { k: number }).k - (b as { k: number }).k)
    expect(sorted).toEqual([
      { k: 0, n: 1 },
      { k: 1, n: 2 },
      { k: 1, n: 1 },
    ])
    expect(values[0]).toEqual({ k: 1, n: 2 })
  })
})
