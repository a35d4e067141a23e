/**
 * The Merkle tree of RFC 9162 §2.1 word for word: everything is computed from the leaves, nothing is kept but
 * the hashes of subtrees met before.
 */

import { hashNode, type ProofHash } from '../merkle-proof.ts'

export class NaiveTree {
  readonly #hash: ProofHash
  readonly #leaves: readonly Uint8Array[]
  readonly #known = new Map<string, Uint8Array>()

  /** @param leaves their hashes */
  constructor(hash: ProofHash, leaves: readonly Uint8Array[]) {
    this.#hash = hash
    this.#leaves = leaves
  }

  /** §2.1.1, of the first `size` leaves. */
  root(size: number): Uint8Array {
    return size === 0 ? this.#hash(new Uint8Array()) : this.#rootOf(0, size)
  }

  /** §2.1.3.1 */
  inclusion(index: number, size: number): Uint8Array[] {
    return this.#path(index, 0, size)
  }

  /** §2.1.4.1 */
  consistency(from: number, to: number): Uint8Array[] {
    return from === 0 ? [] : this.#subproof(from, 0, to, true)
  }

  #rootOf(begin: number, end: number): Uint8Array {
    if (end - begin === 1) return this.#leaves[begin] as Uint8Array
    const name = `${begin} ${end}`
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const middle = begin + splitOf(end - begin)
    const root = hashNode(this.#hash, this.#rootOf(begin, middle), this.#rootOf(middle, end))
    this.#known.set(name, root)
    return root
  }

  #path(index: number, begin: number, end: number): Uint8Array[] {
    if (end - begin === 1) return []
    const middle = begin + splitOf(end - begin)
    if (index < middle) return [...this.#path(index, begin, middle), this.#rootOf(middle, end)]
    return [...this.#path(index, middle, end), this.#rootOf(begin, middle)]
  }

  #subproof(size: number, begin: number, end: number, isWhole: boolean): Uint8Array[] {
    if (size === end) return isWhole ? [] : [this.#rootOf(begin, end)]
    const middle = begin + splitOf(end - begin)
    if (size <= middle) return [...this.#subproof(size, begin, middle, isWhole), this.#rootOf(middle, end)]
    return [...this.#subproof(size, middle, end, false), this.#rootOf(begin, middle)]
  }
}

/** The largest power of two smaller than the size. */
function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}
