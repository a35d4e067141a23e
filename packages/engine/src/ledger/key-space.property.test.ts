import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  keyOf,
  kindRange,
  pastIndexKey,
  prefixEnd,
  prefixRange,
  type TimeNode,
  timeNode,
  timeNodeFanout,
  timeNodeSeqsMin,
  timeNodesAt,
} from './key-space.ts'

const seq = fc.integer({ min: 1, max: 100_000 })

function isWithin(key: Uint8Array, range: { gte: Uint8Array; lt: Uint8Array }): boolean {
  return Buffer.compare(key, range.gte) >= 0 && Buffer.compare(key, range.lt) < 0
}

function intervalOf({ level, bucket }: TimeNode): { start: number; seqs: number } {
  const seqs = timeNodeSeqsMin * timeNodeFanout ** Math.floor(level / 2)
  return { start: bucket * seqs - (level % 2) * (seqs / 2), seqs }
}

test('the time node of an interval holds all of it, and is no more than eight times as long', () => {
  fc.assert(
    fc.property(seq, seq, (a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b) + 1]
      const node = timeNode(from, to)
      const { start, seqs } = intervalOf(node)
      expect(start).toBeLessThanOrEqual(from)
      expect(start + seqs).toBeGreaterThanOrEqual(to)
      if (node.level > 1) expect(to - from).toBeGreaterThan(seqs / 8)
    }),
  )
})

test('the nodes at a seq are those of every interval that holds it', () => {
  fc.assert(
    fc.property(
      seq,
      seq,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.nat({ max: 1_000_000 }),
      (a, b, share, later) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b) + 1]
        const at = from + Math.floor((to - from) * share)
        const nodes = timeNodesAt(at, to - 1 + later)
        expect(nodes).toContainEqual(timeNode(from, to))
        for (const node of nodes) {
          const { start, seqs } = intervalOf(node)
          expect(start <= at && at < start + seqs).toBe(true)
        }
      },
    ),
  )
})

test('a read among a million commits visits 15 nodes', () => {
  expect(timeNodesAt(1, 1)).toHaveLength(1)
  expect(timeNodesAt(500_000, 1_000_000)).toHaveLength(15)
})

test.each([1, 3, 32, 33, 129, 500])('of disjoint intervals of %i commits few share a node', (commits) => {
  const nodes = new Map<string, number>()
  for (let from = 1; from < 40_000; from += commits) {
    const node = timeNode(from, from + commits)
    const name = `${node.level}/${node.bucket}`
    nodes.set(name, (nodes.get(name) ?? 0) + 1)
    expect(nodes.get(name)).toBeLessThanOrEqual(node.level < 2 ? timeNodeSeqsMin / commits : 7)
  }
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
