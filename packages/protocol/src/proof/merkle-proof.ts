/**
 * Inclusion and consistency proofs of a Merkle tree, checked with nothing but hashes: RFC 9162 §2.1.3 and
 * §2.1.4.
 * Why a parameter for the hash function: a database is built with one of two, and the published vectors of
 * the RFC's trees with a third, so that the shape is tested against what others have computed.
 * Invariant: what is accepted is exactly what the RFC's algorithm makes of the tree; every hash has the
 * length of the root, every path the length that index and size ask for.
 * Sizes go up to 2^53, so that indexes are halved by division and never shifted.
 */

import { compareBytes } from '../compare-values.ts'
import { formatHex } from '../format-value.ts'
import { concatBytes } from './bytes.ts'
import { proofLimits } from './limits.ts'
import { proofErrors } from './proof-errors.ts'

export type ProofHash = (bytes: Uint8Array) => Uint8Array

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

export function hashLeaf(hash: ProofHash, data: Uint8Array): Uint8Array {
  return hash(concatBytes(leafPrefix, data))
}

export function hashNode(hash: ProofHash, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(concatBytes(nodePrefix, left, right))
}

/** Root of the tree without leaves. */
export function emptyRoot(hash: ProofHash): Uint8Array {
  return hash(new Uint8Array())
}

export interface InclusionProof {
  /** Counted from 0. */
  readonly leafIndex: number
  readonly treeSize: number
  readonly leafHash: Uint8Array
  /** From the leaf's sibling upwards. */
  readonly path: readonly Uint8Array[]
  readonly root: Uint8Array
}

/**
 * That the leaf stands at its index in the tree with this root.
 * @throws PROOF_ROOT_MISMATCH, PROOF_MALFORMED
 */
export function verifyInclusion(hash: ProofHash, proof: InclusionProof): void {
  const { leafIndex, treeSize, leafHash, path, root } = proof
  checkHashes([leafHash, ...path], root)
  if (!isSize(treeSize) || !isSize(leafIndex) || leafIndex >= treeSize) {
    throw malformed(`leaf ${leafIndex} lies outside of a tree of ${treeSize}`)
  }
  let index = leafIndex
  let last = treeSize - 1
  let subtree = leafHash
  for (const sibling of path) {
    if (last === 0) throw malformed('the path has too many hashes')
    if (isOdd(index) || index === last) {
      subtree = hashNode(hash, sibling, subtree)
      while (!isOdd(index) && index !== 0) {
        index = half(index)
        last = half(last)
      }
    } else {
      subtree = hashNode(hash, subtree, sibling)
    }
    index = half(index)
    last = half(last)
  }
  if (last !== 0) throw malformed('the path has too few hashes')
  expectRoot('the leaf with its path', subtree, root)
}

export interface ConsistencyProof {
  readonly fromSize: number
  readonly fromRoot: Uint8Array
  readonly toSize: number
  readonly toRoot: Uint8Array
  readonly path: readonly Uint8Array[]
}

/**
 * That the leaves of the smaller tree are the first leaves of the larger one: nothing was changed or taken
 * away between the two.
 * @throws PROOF_ROOT_MISMATCH, PROOF_MALFORMED
 */
export function verifyConsistency(hash: ProofHash, proof: ConsistencyProof): void {
  const { fromSize, fromRoot, toSize, toRoot, path } = proof
  checkHashes([fromRoot, ...path], toRoot)
  if (!isSize(toSize) || !isSize(fromSize) || fromSize > toSize) {
    throw malformed(`a tree of ${fromSize} does not grow into one of ${toSize}`)
  }
  if (fromSize === 0) expectRoot('a tree without leaves', emptyRoot(hash), fromRoot)
  if (fromSize === 0 || fromSize === toSize) {
    if (path.length > 0) throw malformed('the path has too many hashes')
    if (fromSize === toSize) expectRoot('the same tree', fromRoot, toRoot)
    return
  }
  climb(hash, proof)
}

/** RFC 9162 §2.1.4.2, where both trees have leaves and one has more. */
function climb(hash: ProofHash, { fromSize, fromRoot, toSize, toRoot, path }: ConsistencyProof): void {
  let index = fromSize - 1
  let last = toSize - 1
  while (isOdd(index)) {
    index = half(index)
    last = half(last)
  }
  // A perfect smaller tree is a subtree of the larger one, and the path does not repeat its root.
  const [first, ...rest] = index === 0 ? [fromRoot, ...path] : path
  if (path.length === 0 || first === undefined) throw malformed('the path has too few hashes')
  let from = first
  let to = first
  for (const sibling of rest) {
    if (last === 0) throw malformed('the path has too many hashes')
    if (isOdd(index) || index === last) {
      from = hashNode(hash, sibling, from)
      to = hashNode(hash, sibling, to)
      while (!isOdd(index) && index !== 0) {
        index = half(index)
        last = half(last)
      }
    } else {
      to = hashNode(hash, to, sibling)
    }
    index = half(index)
    last = half(last)
  }
  if (last !== 0) throw malformed('the path has too few hashes')
  expectRoot('the path from the smaller tree', from, fromRoot)
  expectRoot('the path to the larger tree', to, toRoot)
}

function checkHashes(hashes: readonly Uint8Array[], root: Uint8Array): void {
  if (hashes.length > proofLimits.pathHashesMax) throw malformed('the path has too many hashes')
  const isWhole = root.length > 0 && hashes.every(({ length }) => length === root.length)
  if (!isWhole) throw malformed('a hash has another length than the root')
}

function expectRoot(what: string, computed: Uint8Array, expected: Uint8Array): void {
  if (compareBytes(computed, expected) === 0) return
  throw proofErrors.ROOT_MISMATCH({ what, computed: formatHex(computed), expected: formatHex(expected) })
}

function malformed(problem: string): Error {
  return proofErrors.MALFORMED({ problem })
}

function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0
}

function isOdd(index: number): boolean {
  return index % 2 === 1
}

function half(index: number): number {
  return Math.floor(index / 2)
}
