/**
 * Reads the Merkle tree over the commits of a snapshot: roots at any size, and the paths of proofs.
 * How: a range of leaves is a stored node where it is a perfect subtree of level 4 or more, the hashes of its
 * commits where it is a smaller one, and otherwise two ranges (RFC 9162 §2.1).
 * Cost: O(log n) nodes, and at most 16 commits at either end of a range.
 * Invariant: sizes and indexes lie within the tree; the caller has checked them against the manifest.
 */

import { headOf } from '../commit.ts'
import type { Hash, LedgerHash } from '../hash.ts'
import { keyOf, merkleStoredLevelMin } from '../key-space.ts'
import { ledgerErrors } from '../ledger-errors.ts'
import type { KvReader } from '../overlay.ts'
import { leafHash, nodeHash } from './compact-range.ts'

export class MerkleReader {
  readonly #hash: LedgerHash
  readonly #reader: KvReader
  /** Leaves met so far: neighbouring ranges share them. */
  readonly #leaves = new Map<number, Hash>()

  constructor(hash: LedgerHash, reader: KvReader) {
    this.#hash = hash
    this.#reader = reader
  }

  /** Root of the tree of the first `size` commits. */
  async root(size: number): Promise<Hash> {
    return size === 0 ? this.#hash.of(new Uint8Array()) : this.#range(0, size)
  }

  /** Path of leaf `index` in the tree of `size`: RFC 9162 §2.1.3.1. */
  async inclusion(index: number, size: number): Promise<Hash[]> {
    const path: Hash[] = []
    let [begin, end] = [0, size]
    while (end - begin > 1) {
      const middle = begin + splitOf(end - begin)
      const isLeft = index < middle
      path.push(await (isLeft ? this.#range(middle, end) : this.#range(begin, middle)))
      if (isLeft) end = middle
      else begin = middle
    }
    return path.reverse()
  }

  /** Path from the tree of `from` to that of `to`: RFC 9162 §2.1.4.1. */
  async consistency(from: number, to: number): Promise<Hash[]> {
    if (from === 0) return []
    const path: Hash[] = []
    let [begin, end] = [0, to]
    while (from !== end) {
      const middle = begin + splitOf(end - begin)
      const isLeft = from <= middle
      path.push(await (isLeft ? this.#range(middle, end) : this.#range(begin, middle)))
      if (isLeft) end = middle
      else begin = middle
    }
    // Where the smaller tree is a subtree of the larger one, its root is known to whoever checks.
    if (begin > 0) path.push(await this.#range(begin, end))
    return path.reverse()
  }

  /** Root of the leaves `begin` to `end` − 1. */
  async #range(begin: number, end: number): Promise<Hash> {
    const count = end - begin
    if (count === 1) return this.#leaf(begin)
    const split = splitOf(count)
    if (count === 2 * split && count >= 2 ** merkleStoredLevelMin) {
      return this.#node(Math.round(Math.log2(count)), begin / count)
    }
    const middle = begin + split
    const left = await this.#range(begin, middle)
    return nodeHash(this.#hash, left, await this.#range(middle, end))
  }

  async #node(level: number, index: number): Promise<Hash> {
    const stored = await this.#reader.get(keyOf('merkle', level, index))
    if (stored !== undefined) return stored
    throw ledgerErrors.CORRUPT({
      what: `node ${index} of level ${level} of the Merkle tree`,
      reason: 'it is missing',
    })
  }

  async #leaf(index: number): Promise<Hash> {
    const known = this.#leaves.get(index)
    if (known !== undefined) return known
    const seq = index + 1
    const stored = await this.#reader.get(keyOf('commit', seq))
    if (stored === undefined) throw ledgerErrors.CORRUPT({ what: `commit ${seq}`, reason: 'it is missing' })
    const leaf = leafHash(this.#hash, headOf(this.#hash, stored))
    this.#leaves.set(index, leaf)
    return leaf
  }
}

/** The largest power of two smaller than the count. */
function splitOf(count: number): number {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}
