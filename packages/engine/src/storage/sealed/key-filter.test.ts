import { expect, test } from 'vitest'
import { buildFilter, hashKey, mayHold } from './key-filter.ts'

const hashOf = (text: string) => hashKey(Buffer.from(text), 0, text.length)

test('a filter holds all of its keys, and few others', () => {
  for (const count of [1, 7, 1_000, 20_000]) {
    const filter = buildFilter(Array.from({ length: count }, (_, at) => hashOf(`person:${at}`)))
    for (let at = 0; at < count; at += 1) expect(mayHold(filter, hashOf(`person:${at}`))).toBe(true)
    let wrong = 0
    for (let at = 0; at < 20_000; at += 1) if (mayHold(filter, hashOf(`other:${at}`))) wrong += 1
    expect(wrong).toBeLessThan(20_000 * 0.025)
  }
})

test('a filter takes ten bits per key', () => {
  expect(buildFilter(Array.from({ length: 8_000 }, (_, at) => at))).toHaveLength(10_000)
})

test('the hash is of the part that is asked for', () => {
  expect(hashKey(Buffer.from('..key..'), 2, 5)).toBe(hashOf('key'))
})
