import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  keyOf,
  kindRange,
  pastIndexKey,
  prefixEnd,
  prefixRange,
  timeNode,
  timeNodeFanout,
} from './key-space.ts'

const seq = fc.integer({ min: 1, max: 100_000 })

function isWithin(key: Uint8Array, range: { gte: Uint8Array; lt: Uint8Array }): boolean {
  return Buffer.compare(key, range.gte) >= 0 && Buffer.compare(key, range.lt) < 0
}

test('the time node of an interval holds all of it, and no child of it does', () => {
  fc.assert(
    fc.property(seq, seq, (a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b) + 1]
      const { level, bucket } = timeNode(from, to)
      const start = bucket * timeNodeFanout ** level
      expect(start).toBeLessThanOrEqual(from)
      expect(start + timeNodeFanout ** level).toBeGreaterThanOrEqual(to)
      const childOf = (at: number) => Math.floor(at / timeNodeFanout ** (level - 1))
      if (level > 0) expect(childOf(from)).toBeLessThan(childOf(to - 1))
    }),
  )
})

test('a walk up the levels meets the node of every interval that holds the seq', () => {
  fc.assert(
    fc.property(seq, seq, fc.double({ min: 0, max: 0.999, noNaN: true }), (a, b, share) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b) + 1]
      const at = from + Math.floor((to - from) * share)
      const { level, bucket } = timeNode(from, to)
      expect(Math.floor(at / timeNodeFanout ** level)).toBe(bucket)
    }),
  )
})

test('disjoint intervals of one record share a node only where its children meet, so few are wrong per level', () => {
  const nodes = new Map<string, number>()
  for (let from = 1; from < 4_096; from += 3) {
    const { level, bucket } = timeNode(from, from + 3)
    const name = `${level}/${bucket}`
    nodes.set(name, (nodes.get(name) ?? 0) + 1)
  }
  for (const count of nodes.values()) expect(count).toBeLessThan(timeNodeFanout)
})

test('a prefix range holds every key with the prefix and no other', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.uint8Array(), fc.uint8Array(), (prefix, tail, other) => {
      fc.pre(prefix.some((byte) => byte !== 0xff))
      const range = prefixRange(prefix)
      expect(isWithin(Buffer.concat([prefix, tail]), range)).toBe(true)
      const hasPrefix = Buffer.from(other).subarray(0, prefix.length).equals(prefix)
      expect(isWithin(other, range)).toBe(hasPrefix)
    }),
  )
})

test('the end of a prefix leaves trailing 0xFF bytes out', () => {
  expect(prefixEnd(Buffer.from([1, 0xff, 0xff]))).toEqual(new Uint8Array([2]))
})

test('keys of one number are not mistaken for those of another that begins alike', () => {
  const range = kindRange('record', 0, 16)
  expect(isWithin(keyOf('record', 0, 16, 5), range)).toBe(true)
  expect(isWithin(keyOf('record', 0, 17), range)).toBe(false)
  expect(isWithin(keyOf('record', 0, 300), range)).toBe(false)
})

test('past entries of one node are ordered by entry, then id, then time', () => {
  const key = (entry: number, id: number, from: number) => {
    return pastIndexKey(0, 20, { entry: Buffer.from([entry]), idKey: Buffer.from([id]), from, to: 9 })
  }
  const keys = [key(1, 2, 7), key(1, 3, 7), key(2, 1, 7)]
  expect([...keys].sort(Buffer.compare)).toEqual(keys)
})
