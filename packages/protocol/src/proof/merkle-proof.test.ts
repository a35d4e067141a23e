/**
 * Against published trees: the vectors with which transparency-dev/merkle tests RFC 6962, made with SHA-256.
 */

import { describe, expect, test } from 'vitest'
import { codeOf } from '../testing/code-of.ts'
import { decodeHex } from './hex.ts'
import { emptyRoot, hashLeaf, verifyConsistency, verifyInclusion } from './merkle-proof.ts'
import { nodeHashes } from './testing/naive-ledger.ts'
import { NaiveTree } from './testing/naive-tree.ts'

const hash = nodeHashes.sha256
const hex = (text: string) => decodeHex(text) as Uint8Array

const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((data) => hashLeaf(hash, hex(data)))

const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
].map(hex)

const nodes = {
  a: '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  b: '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  c: '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  d: 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  e: 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
  f: 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  g: '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
  h: 'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
  i: 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  j: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
} as const
const pathOf = (names: string) => [...names].map((name) => hex(nodes[name as keyof typeof nodes]))

const tree = new NaiveTree(hash, leaves)

test('the roots are the published ones', () => {
  expect(emptyRoot(hash)).toEqual(roots[0])
  for (const [size, root] of roots.entries()) expect(tree.root(size)).toEqual(root)
})

describe.each([
  [0, 1, ''],
  [0, 8, 'abc'],
  [5, 8, 'def'],
  [2, 3, 'i'],
  [1, 5, 'jbd'],
] as const)('leaf %i in a tree of %i', (leafIndex, treeSize, names) => {
  const [leafHash, root] = [leaves[leafIndex] as Uint8Array, roots[treeSize] as Uint8Array]

  test('the published path is the naive one, and verifies', () => {
    expect(tree.inclusion(leafIndex, treeSize)).toEqual(pathOf(names))
    verifyInclusion(hash, { leafIndex, treeSize, leafHash, path: pathOf(names), root })
  })

  test('another leaf does not verify, and the error has both roots', () => {
    const proof = { leafIndex, treeSize, leafHash: hash(leafHash), path: pathOf(names), root }
    expect(() => verifyInclusion(hash, proof)).toThrow(
      expect.objectContaining({
        code: 'PROOF_ROOT_MISMATCH',
        details: expect.objectContaining({
          expected: Buffer.from(root).toString('hex'),
          computed: expect.stringMatching(/^[0-9a-f]{64}$/),
        }),
      }),
    )
  })
})

test.each([
  [1, 1, ''],
  [1, 8, 'abc'],
  [6, 8, 'gef'],
  [2, 5, 'bd'],
  [6, 7, 'ghf'],
] as const)('a tree of %i grows into one of %i along the published path', (fromSize, toSize, names) => {
  const path = pathOf(names)
  expect(tree.consistency(fromSize, toSize)).toEqual(path)
  const [fromRoot, toRoot] = [roots[fromSize] as Uint8Array, roots[toSize] as Uint8Array]
  verifyConsistency(hash, { fromSize, fromRoot, toSize, toRoot, path })
})

describe('trees without leaves', () => {
  const empty = roots[0] as Uint8Array
  const one = roots[1] as Uint8Array
  const grows = (fromSize: number, fromRoot: Uint8Array, toSize: number, toRoot: Uint8Array, path = '') =>
    codeOf(() => verifyConsistency(hash, { fromSize, fromRoot, toSize, toRoot, path: pathOf(path) }))

  test('grow into every tree, and have one root', () => {
    expect(grows(0, empty, 0, empty)).toBe('none')
    expect(grows(0, empty, 1, one)).toBe('none')
    expect(grows(0, one, 1, one)).toBe('PROOF_ROOT_MISMATCH')
    expect(grows(0, one, 0, one)).toBe('PROOF_ROOT_MISMATCH')
    expect(grows(0, empty, 0, one)).toBe('PROOF_ROOT_MISMATCH')
    expect(grows(0, empty, 1, one, 'a')).toBe('PROOF_MALFORMED')
  })

  test('have no leaves', () => {
    const proof = { leafIndex: 0, treeSize: 0, leafHash: one, path: [], root: empty }
    expect(codeOf(() => verifyInclusion(hash, proof))).toBe('PROOF_MALFORMED')
  })
})

const refuseToHash = () => {
  throw new Error('it was hashed')
}

test.each([
  [-1, 1],
  [1, 1],
  [0, 2 ** 53],
  [0, Number.POSITIVE_INFINITY],
  [Number.NaN, 1],
  [0.5, 1],
  [2 ** 53, 2 ** 53 + 2],
  [0, 1.5],
])('leaf %d in a tree of %d is refused before anything is hashed', (leafIndex, treeSize) => {
  const one = leaves[0] as Uint8Array
  const proof = { leafIndex, treeSize, leafHash: one, path: [], root: one }
  expect(codeOf(() => verifyInclusion(refuseToHash, proof))).toBe('PROOF_MALFORMED')
})

test.each([
  [2, 1],
  [-1, 1],
  [1, 2 ** 53],
  [Number.NaN, 1],
  [1, Number.NaN],
  [0.5, 1],
  [1, 1.5],
])('a tree of %d that grows into one of %d is refused before anything is hashed', (fromSize, toSize) => {
  const one = leaves[0] as Uint8Array
  const proof = { fromSize, fromRoot: one, toSize, toRoot: one, path: [] }
  expect(codeOf(() => verifyConsistency(refuseToHash, proof))).toBe('PROOF_MALFORMED')
})

test('in a tree of 2^53 - 1 leaves the path has 53 hashes, one more is refused and so are 65', () => {
  const treeSize = Number.MAX_SAFE_INTEGER
  const [leafHash, sibling] = [leaves[0] as Uint8Array, leaves[1] as Uint8Array]
  const pathOfLength = (length: number) => Array.from({ length }, () => sibling)
  const attempt = (length: number) =>
    codeOf(() =>
      verifyInclusion(hash, { leafIndex: 0, treeSize, leafHash, path: pathOfLength(length), root: sibling }),
    )
  expect(attempt(52)).toBe('PROOF_MALFORMED')
  expect(attempt(53)).toBe('PROOF_ROOT_MISMATCH')
  expect(attempt(54)).toBe('PROOF_MALFORMED')
  expect(attempt(65)).toBe('PROOF_MALFORMED')
})
