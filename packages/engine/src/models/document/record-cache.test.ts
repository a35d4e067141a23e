import { encodeExact, RecordId } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import type { StoredRecord } from '../model.ts'
import { RecordCache } from './record-cache.ts'

const table = 16

function recordOf(key: number | string, seq = 1): StoredRecord {
  const id = new RecordId('t', key)
  return { id, idKey: encodeExact(key), seq, n: 0, value: { id }, periodBefore: 0 }
}

function has(cache: RecordCache, key: number): boolean {
  return cache.get(table, key) !== undefined
}

test('holds as much as it has room for', () => {
  const cache = new RecordCache(1_000)
  for (let key = 0; key < 10; key += 1) cache.set(table, recordOf(key), 100)
  for (let key = 0; key < 10; key += 1) expect(has(cache, key)).toBe(true)
})

test('drops what has not been read since the hand came by', () => {
  const cache = new RecordCache(1_000)
  for (let key = 0; key < 10; key += 1) cache.set(table, recordOf(key), 100)
  for (const key of [0, 2, 4]) expect(has(cache, key)).toBe(true)
  for (let key = 10; key < 15; key += 1) cache.set(table, recordOf(key), 100)
  expect([1, 3, 5, 6, 7].map((key) => has(cache, key))).toEqual([false, false, false, false, false])
  expect([0, 2, 4, 8, 9].map((key) => has(cache, key))).toEqual([true, true, true, true, true])
})

test('goes on when everything has been read', () => {
  const cache = new RecordCache(1_000)
  for (let key = 0; key < 10; key += 1) cache.set(table, recordOf(key), 100)
  for (let key = 0; key < 10; key += 1) has(cache, key)
  cache.set(table, recordOf(10), 100)
  expect(has(cache, 10)).toBe(true)
  expect(has(cache, 0)).toBe(false)
})

test('takes from all tables', () => {
  const cache = new RecordCache(1_000)
  for (let key = 0; key < 10; key += 1) cache.set(key, recordOf(key), 100)
  for (let key = 10; key < 20; key += 1) cache.set(key, recordOf(key), 100)
  const kept = Array.from({ length: 20 }, (_, key) => cache.get(key, key) !== undefined)
  expect(kept.filter(Boolean)).toHaveLength(10)
})

test('a record that is larger than the cache is not kept and drives nothing out', () => {
  const cache = new RecordCache(1_000)
  cache.set(table, recordOf(1), 500)
  cache.set(table, recordOf(2), 1_001)
  expect([has(cache, 1), has(cache, 2)]).toEqual([true, false])
})

test('replacing and deleting give their room back', () => {
  const cache = new RecordCache(1_000)
  for (let round = 0; round < 100; round += 1) cache.set(table, recordOf(1, round), 400)
  cache.set(table, recordOf(2), 400)
  expect([has(cache, 1), has(cache, 2)]).toEqual([true, true])
  expect(cache.delete(table, 1, encodeExact(1))).toBe(true)
  expect(cache.delete(table, 1, encodeExact(1))).toBe(false)
  cache.set(table, recordOf(3), 600)
  expect([has(cache, 2), has(cache, 3)]).toEqual([true, true])
})

test('takes everything until it is full, then a part of what is offered', () => {
  const cache = new RecordCache(1_000)
  for (let key = 0; key < 9; key += 1) {
    expect(cache.admits()).toBe(true)
    cache.set(table, recordOf(key), 100)
  }
  cache.set(table, recordOf(9), 100)
  const admitted = Array.from({ length: 100 }, () => cache.admits()).filter(Boolean)
  expect(admitted.length).toBeGreaterThan(0)
  expect(admitted.length).toBeLessThan(50)
})

test('numbers, texts and other keys are told apart', () => {
  const cache = new RecordCache(10_000)
  const keys = [1, '1', 'a', ['a']] as const
  for (const [at, key] of keys.entries()) {
    const id = new RecordId('t', key)
    cache.set(table, { id, idKey: encodeExact(key), seq: at, n: 0, value: { id }, periodBefore: 0 }, 10)
  }
  for (const [at, key] of keys.entries()) expect(cache.get(table, key, encodeExact(key))?.seq).toBe(at)
})
