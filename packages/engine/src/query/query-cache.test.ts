import { expect, test } from 'vitest'
import { queryLimits } from './limits.ts'
import { QueryCache } from './query-cache.ts'

test('a text is parsed once', () => {
  const cache = new QueryCache()
  const first = cache.get('RETURN 1')
  cache.get('RETURN 2')
  expect(cache.get('RETURN 1')).toBe(first)
})

test('the least recently used text is dropped at the bound and not before', () => {
  const cache = new QueryCache()
  const first = cache.get('RETURN 0')
  const second = cache.get('RETURN 1')
  for (let i = 2; i < queryLimits.planCacheEntriesMax; i += 1) cache.get(`RETURN ${i}`)
  expect(cache.size).toBe(queryLimits.planCacheEntriesMax)
  expect(cache.get('RETURN 0')).toBe(first)
  cache.get('RETURN -1')
  expect(cache.size).toBe(queryLimits.planCacheEntriesMax)
  expect(cache.get('RETURN 0')).toBe(first)
  expect(cache.get('RETURN 1')).not.toBe(second)
})

test('all kept texts together have a bound', () => {
  const cache = new QueryCache()
  const charsEach = queryLimits.planCacheCharsMax / 16
  const textOf = (n: number) => `RETURN ${n};`.padEnd(charsEach, ' ')
  const first = cache.get(textOf(0))
  for (let n = 1; n < 16; n += 1) cache.get(textOf(n))
  expect(cache.get(textOf(0))).toBe(first)
  cache.get(textOf(16))
  expect(cache.size).toBe(16)
})

test('a text that is a good part of the cache is not kept', () => {
  const cache = new QueryCache()
  cache.get(`RETURN 1;`.padEnd(queryLimits.planCacheCharsMax / 16 + 1, ' '))
  expect(cache.size).toBe(0)
})

test('a text that does not parse is not kept', () => {
  const cache = new QueryCache()
  expect(() => cache.get('SELECT FROM')).toThrow()
  expect(cache.size).toBe(0)
})
