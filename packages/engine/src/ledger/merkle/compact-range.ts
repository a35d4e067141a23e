/**
 * The right edge of the Merkle tree over all commits (RFC 9162 §2.1): the roots of its perfect subtrees.
 * Why: with these at most log2(n) hashes a commit is appended, and the root of the tree known, without
 * reading a single node back.
 * Invariant: the subtree sizes are the binary digits of `size`, largest first.
 * Hashes: leaf = H(0x00 ‖ head of the commit), node = H(0x01 ‖ left ‖ right).
 */

import { type Hash, hashBytes, type LedgerHash } from '../hash.ts'

/** A subtree of 2^level leaves; `index` counts subtrees of that level from the left. */
export interface MerkleNode {
  readonly level: number
  readonly index: number
  readonly hash: Hash
}

/** Immutable: appending gives a new range, so that a failed group is simply forgotten. */
export interface CompactRange {
  readonly size: number
  /** Roots of the perfect subtrees, largest first. */
  readonly roots: readonly Hash[]
}

export const emptyRange: CompactRange = { size: 0, roots: [] }

const leafInput = Buffer.alloc(1 + hashBytes)
const nodeInput = Buffer.alloc(1 + 2 * hashBytes)
nodeInput[0] = 1

export function leafHash(hash: LedgerHash, head: Uint8Array): Hash {
  leafInput.set(head, 1)
  return hash.of(leafInput)
}

export function nodeHash(hash: LedgerHash, left: Uint8Array, right: Uint8Array): Hash {
  nodeInput.set(left, 1)
  nodeInput.set(right, 1 + hashBytes)
  return hash.of(nodeInput)
}

/** Appends one leaf and hands every subtree that it completes (level ≥ 1) to `onNode`. */
export function appendLeaf(
  hash: LedgerHash,
  range: CompactRange,
  leaf: Hash,
  onNode: (node: MerkleNode) => void,
): CompactRange {
  const roots = range.roots.slice()
  let subtree = leaf
  let level = 0
  let index = range.size
  while (index % 2 === 1) {
    subtree = nodeHash(hash, roots.pop() as Hash, subtree)
    level += 1
    index = (index - 1) / 2
    onNode({ level, index, hash: subtree })
  }
  roots.push(subtree)
  return { size: range.size + 1, roots }
}

/** Root of the whole tree; of the empty tree, the hash of no bytes. */
export function rootOf(hash: LedgerHash, range: CompactRange): Hash {
  const smallestFirst = range.roots.toReversed()
  const [first, ...larger] = smallestFirst
  if (first === undefined) return hash.of(new Uint8Array())
  return larger.reduce((right, left) => nodeHash(hash, left, right), first)
}
