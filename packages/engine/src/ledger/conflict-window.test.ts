import { expect, test } from 'vitest'
import { ConflictWindow } from './conflict-window.ts'

const key = (text: string) => Buffer.from(text, 'latin1')
const read = (readSeq: number, keys: string[], ranges: [string, string][] = []) => ({
  readSeq,
  readKeys: keys.map(key),
  readRanges: ranges.map(([gte, lt]) => ({ gte: key(gte), lt: key(lt) })),
})

test('a key written after the snapshot makes the request stale; one written before does not', () => {
  const window = new ConflictWindow(0)
  window.add(1, ['a'])
  window.add(2, ['b'])
  expect(window.isStale(read(1, ['b']))).toBe(true)
  expect(window.isStale(read(2, ['b']))).toBe(false)
  expect(window.isStale(read(1, ['a', 'c']))).toBe(false)
})

test('a key that appears within a range read makes the request stale: no phantoms', () => {
  const window = new ConflictWindow(0)
  window.add(1, ['m'])
  expect(window.isStale(read(0, [], [['a', 'm']]))).toBe(false)
  expect(window.isStale(read(0, [], [['m', 'n']]))).toBe(true)
  expect(window.isStale(read(1, [], [['a', 'z']]))).toBe(false)
})

test('a request older than what is remembered is stale, whatever it read', () => {
  const window = new ConflictWindow(0, 4)
  for (let seq = 1; seq <= 10; seq += 1) window.add(seq, [`k${seq}`, `l${seq}`])
  expect(window.isStale(read(1, ['other']))).toBe(true)
  expect(window.isStale(read(9, ['other']))).toBe(false)
  expect(window.isStale(read(9, ['k10']))).toBe(true)
})

test('forgetting an old write of a key keeps the newer one', () => {
  const window = new ConflictWindow(0, 3)
  window.add(1, ['a'])
  window.add(2, ['a', 'b'])
  window.add(3, ['c'])
  expect(window.isStale(read(1, ['a']))).toBe(true)
})
