import { encodeExact, type Value } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import type { IndexChange } from '../../ledger/write-request.ts'
import { encodeTuple } from './index-entries.ts'
import { cachedRangeEntriesMax } from './limits.ts'
import { RangeCache } from './range-cache.ts'

const index = 20

function change(tuple: readonly Value[], isCut = false): IndexChange {
  const entry = encodeTuple(tuple)
  return {
    indexId: index,
    op: 'add',
    entry,
    idKey: encodeExact('id'),
    isUnique: false,
    isCut,
    since: 0,
    lastSeq: 0,
    lastN: 0,
  }
}

function filled(): RangeCache<string> {
  const cache = new RangeCache<string>(1_000_000)
  cache.set(index, encodeTuple(['a']), 5, ['a1', 'a2'])
  cache.set(index, encodeTuple(['a', 1]), 5, ['a1'])
  cache.set(index, encodeTuple(['b']), 5, [])
  return cache
}

function keptIn(cache: RangeCache<string>): readonly boolean[] {
  return [['a'], ['a', 1], ['b']].map((tuple) => cache.get(index, encodeTuple(tuple), 9) !== undefined)
}

test('gives what was kept to views of that commit and later ones', () => {
  const cache = filled()
  expect(cache.get(index, encodeTuple(['a']), 5)).toEqual(['a1', 'a2'])
  expect(cache.get(index, encodeTuple(['b']), 6)).toEqual([])
  expect(cache.get(index, encodeTuple(['a']), 4)).toBeUndefined()
  expect(cache.get(index + 1, encodeTuple(['a']), 5)).toBeUndefined()
})

test.each([
  [
    ['a', 1],
    [false, false, true],
  ],
  [
    ['a', 2],
    [false, true, true],
  ],
  [
    ['b', 1],
    [true, true, false],
  ],
  [
    ['c', 1],
    [true, true, true],
  ],
] as const)('a write of %j drops the ranges that it falls into', (tuple, kept) => {
  const cache = filled()
  cache.invalidate(change(tuple))
  expect(keptIn(cache)).toEqual(kept)
})

test('a cut entry drops all ranges of its index, one of another index none', () => {
  const cache = filled()
  cache.invalidate({ ...change(['a'], true), indexId: index + 1 })
  expect(keptIn(cache)).toEqual([true, true, true])
  cache.invalidate(change(['a'], true))
  expect(keptIn(cache)).toEqual([false, false, false])
})

test('does not keep very long ranges', () => {
  const cache = new RangeCache<string>(1_000_000)
  expect(cache.admits(cachedRangeEntriesMax)).toBe(true)
  expect(cache.admits(cachedRangeEntriesMax + 1)).toBe(false)
})
