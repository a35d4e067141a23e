/**
 * All trees up to a few hundred leaves: every proof of the naive tree is accepted, and none that was changed.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf } from '../testing/code-of.ts'
import {
  type ConsistencyProof,
  hashLeaf,
  type InclusionProof,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof.ts'
import { nodeHashes } from './testing/naive-ledger.ts'
import { NaiveTree } from './testing/naive-tree.ts'

const hash = nodeHashes.blake2b
const sizeMax = 200
const leaves = Array.from({ length: sizeMax }, (_, at) => hashLeaf(hash, Uint8Array.of(at >> 8, at & 255)))
const tree = new NaiveTree(hash, leaves)
const junk = hash(Uint8Array.of(1, 2, 3))

function inclusionOf(leafIndex: number, treeSize: number): InclusionProof {
  const leafHash = leaves[leafIndex] as Uint8Array
  return {
    leafIndex,
    treeSize,
    leafHash,
    path: tree.inclusion(leafIndex, treeSize),
    root: tree.root(treeSize),
  }
}

function growthOf(fromSize: number, toSize: number): ConsistencyProof {
  const path = tree.consistency(fromSize, toSize)
  return { fromSize, fromRoot: tree.root(fromSize), toSize, toRoot: tree.root(toSize), path }
}

/** One bit of one hash is another. */
function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
}

/** Paths that are not this one. */
function otherPaths(path: readonly Uint8Array[], bit: number): (readonly Uint8Array[])[] {
  const [first] = path
  return [
    [...path, junk],
    [junk, ...path],
    [...path, new Uint8Array()],
    ...path.map((_, at) => path.with(at, flipped(path[at] as Uint8Array, bit))),
    ...path.map((_, at) => path.toSpliced(at, 1)),
    ...path.map((_, at) => path.with(at, (path[at] as Uint8Array).subarray(1))),
    ...(first === undefined ? [] : [[first, ...path]]),
    ...(path.length > 1 ? [path.toReversed(), [...path.slice(1), first as Uint8Array]] : []),
  ]
}

test('every leaf of every tree is proved', () => {
  for (let size = 1; size <= sizeMax; size += 1) {
    for (let index = 0; index < size; index += 1) verifyInclusion(hash, inclusionOf(index, size))
  }
})

test('every tree is proved to have grown from every smaller one', () => {
  for (let to = 0; to <= sizeMax; to += 1) {
    for (let from = 0; from <= to; from += 1) verifyConsistency(hash, growthOf(from, to))
  }
})

const bits = fc.nat(255)
const pairs = fc
  .nat(sizeMax - 1)
  .chain((index) => fc.tuple(fc.constant(index), fc.integer({ min: index + 1, max: sizeMax })))

test('a changed inclusion proof is refused', () => {
  fc.assert(
    fc.property(pairs, bits, fc.nat(sizeMax), ([index, size], bit, other) => {
      const proof = inclusionOf(index, size)
      const { path, leafHash, root } = proof
      const mutants: InclusionProof[] = [
        ...otherPaths(path, bit).map((changed) => ({ ...proof, path: changed })),
        { ...proof, leafHash: flipped(leafHash, bit) },
        { ...proof, root: flipped(root, bit) },
        { ...proof, leafHash: root, path: [] },
        { ...proof, leafIndex: index - 1 },
        { ...proof, leafIndex: index + 1 },
        { ...proof, leafIndex: index ^ 2 },
        { ...proof, leafIndex: other },
        { ...proof, root: hash(new Uint8Array()) },
      ].filter(
        (each) =>
          each.leafIndex !== index || each.path !== path || each.leafHash !== leafHash || each.root !== root,
      )
      for (const mutant of mutants) {
        // Of a tree with one leaf, the leaf is the root.
        if (size === 1 && mutant.leafHash === root && mutant.path.length === 0 && mutant.leafIndex === 0)
          continue
        expect(codeOf(() => verifyInclusion(hash, mutant))).toMatch(/^PROOF_(ROOT_MISMATCH|MALFORMED)$/)
      }
    }),
    { numRuns: 300 },
  )
})

test('a size that moves no hash to another place is not told by an inclusion proof, any other is refused', () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: sizeMax * 2 }), ([index, size], otherSize) => {
      const code = codeOf(() => verifyInclusion(hash, { ...inclusionOf(index, size), treeSize: otherSize }))
      // The same path means the same tree of that shape: the root then stands for both.
      if (code === 'none') expect(shapeOf(index, otherSize)).toEqual(shapeOf(index, size))
    }),
    { numRuns: 500 },
  )
})

/** On which side each hash of the path stands. */
function shapeOf(index: number, size: number): boolean[] {
  const sides: boolean[] = []
  for (let at = index, last = size - 1; last > 0; at >>= 1, last >>= 1) {
    if (at % 2 === 1) sides.push(true)
    else if (at < last) sides.push(false)
  }
  return sides
}

test('a changed consistency proof is refused', () => {
  fc.assert(
    fc.property(pairs, bits, ([below, to], bit) => {
      const proof = growthOf(below, to)
      const { path, fromRoot, toRoot } = proof
      const mutants: ConsistencyProof[] = [
        ...otherPaths(path, bit).map((changed) => ({ ...proof, path: changed })),
        { ...proof, fromRoot: flipped(fromRoot, bit) },
        { ...proof, fromRoot: toRoot, toRoot: fromRoot },
        { ...proof, fromSize: to, toSize: below },
        // An empty tree grows into anything, whose root then proves nothing.
        ...(below === 0 ? [] : [{ ...proof, toRoot: flipped(toRoot, bit) }]),
        ...(below === 0 ? [] : [{ ...proof, path: [] }]),
        { ...proof, fromSize: below + 1 },
        { ...proof, fromSize: below - 1 },
      ]
      for (const mutant of mutants) {
        expect(codeOf(() => verifyConsistency(hash, mutant))).toMatch(/^PROOF_(ROOT_MISMATCH|MALFORMED)$/)
      }
    }),
    { numRuns: 300 },
  )
})
