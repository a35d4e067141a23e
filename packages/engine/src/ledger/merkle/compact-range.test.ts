import { expect, test } from 'vitest'
import { type Hash, ledgerHashes } from '../hash.ts'
import { appendLeaf, type CompactRange, emptyRange, leafHash, nodeHash, rootOf } from './compact-range.ts'

const hash = ledgerHashes.blake2b

/** RFC 9162 §2.1.1, word for word: the left subtree has the largest power of two below the size. */
function naiveRoot(leaves: readonly Hash[]): Hash {
  const [only] = leaves
  if (only === undefined) return hash.of(new Uint8Array())
  if (leaves.length === 1) return only
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return nodeHash(hash, naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)))
}

const leaves = Array.from({ length: 130 }, (_, at) => leafHash(hash, hash.of(Buffer.from([at]))))

function rangeOf(size: number): CompactRange {
  return leaves
    .slice(0, size)
    .reduce((range, leaf) => appendLeaf(hash, range, leaf, () => undefined), emptyRange)
}

test('the root equals the naive one at every size', () => {
  for (let size = 0; size <= leaves.length; size += 1) {
    expect(rootOf(hash, rangeOf(size)).equals(naiveRoot(leaves.slice(0, size))), `size ${size}`).toBe(true)
  }
})

test('every perfect subtree is reported once, with its hash', () => {
  const nodes = new Map<string, Hash>()
  leaves.reduce((range, leaf) => {
    return appendLeaf(hash, range, leaf, ({ level, index, hash: subtree }) => {
      expect(nodes.has(`${level}/${index}`)).toBe(false)
      nodes.set(`${level}/${index}`, subtree)
    })
  }, emptyRange)
  for (let level = 1; 2 ** level <= leaves.length; level += 1) {
    for (let index = 0; (index + 1) * 2 ** level <= leaves.length; index += 1) {
      const expected = naiveRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
      expect(nodes.get(`${level}/${index}`)?.equals(expected)).toBe(true)
    }
  }
})

test('a range is not changed by appending to it', () => {
  const before = rangeOf(5)
  const roots = [...before.roots]
  appendLeaf(hash, before, leaves[5] as Hash, () => undefined)
  expect(before.roots).toEqual(roots)
})
