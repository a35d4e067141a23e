/**
 * Compares two large sets of entries that come in different orders, in bounded memory.
 * How: each entry falls into a bucket by the fingerprint of its key, and each bucket keeps the sum of what it
 * got. Equal sums mean equal sets; where they differ, a second run collects the entries of some of those
 * buckets and names the difference.
 * The fingerprint is seeded afresh for each run, so that nobody can prepare entries whose sums agree.
 */

import { randomFillSync } from 'node:crypto'
import { keyText } from '../storage/key-text.ts'
import { entriesCollectedMax } from './limits.ts'

const bucketCount = 4_096
/** Differences named; a damaged store may have millions. */
const namedMax = 100

export interface NamedDifference {
  readonly key: Buffer
  readonly problem: 'missing' | 'unexpected' | 'different'
}

/** Fingerprints of the values of a bucket's entries, by key. */
interface Collected {
  readonly expected: Map<string, number>
  readonly actual: Map<string, number>
}

type Side = keyof Collected

export class FingerprintSet {
  /** Two sets with the same one can be parts of one set. */
  readonly seed: Uint32Array
  /** Two sums per bucket. */
  readonly #expected = new Uint32Array(2 * bucketCount)
  readonly #actual = new Uint32Array(2 * bucketCount)
  #entries = 0
  /** Of the entry at hand. */
  #low = 0
  #high = 0
  /** Second run: only these buckets, with their entries. */
  #collected: Map<number, Collected> | undefined

  constructor(seed = newSeed()) {
    this.seed = seed
  }

  expect(key: Uint8Array, value: Uint8Array): void {
    this.#add('expected', key, value)
  }

  meet(key: Uint8Array, value: Uint8Array): void {
    this.#add('actual', key, value)
  }

  /** What was expected so far, for `expectSums` of a set with the same seed. */
  get expectedSums(): Uint32Array {
    return this.#expected
  }

  /** What was met so far, for `meetSums` likewise. */
  get actualSums(): Uint32Array {
    return this.#actual
  }

  /** Expects what another set was told to. */
  expectSums(sums: Uint32Array): void {
    addSums(this.#expected, sums)
  }

  /** Has met what another set was handed. */
  meetSums(sums: Uint32Array): void {
    addSums(this.#actual, sums)
  }

  get isEqual(): boolean {
    return this.#expected.every((sum, at) => sum === this.#actual[at])
  }

  /** A set for a second run over the same entries that tells where the two sides differ. */
  collector(): FingerprintSet {
    const second = new FingerprintSet(this.seed)
    const bucketsMax = Math.ceil((bucketCount * entriesCollectedMax) / Math.max(1, this.#entries))
    const collected = new Map<number, Collected>()
    for (const [at, sum] of this.#expected.entries()) {
      if (collected.size === bucketsMax) break
      if (sum !== this.#actual[at]) collected.set(at >> 1, { expected: new Map(), actual: new Map() })
    }
    second.#collected = collected
    return second
  }

  differences(): NamedDifference[] {
    const named: NamedDifference[] = []
    for (const { expected, actual } of this.#collected?.values() ?? []) {
      for (const [key, value] of expected) {
        const found = actual.get(key)
        if (found === value) continue
        named.push({
          key: Buffer.from(key, 'latin1'),
          problem: found === undefined ? 'missing' : 'different',
        })
      }
      for (const key of actual.keys()) {
        if (!expected.has(key)) named.push({ key: Buffer.from(key, 'latin1'), problem: 'unexpected' })
      }
      if (named.length >= namedMax) break
    }
    // Buckets come in another order with each seed.
    return named.slice(0, namedMax).sort((a, b) => Buffer.compare(a.key, b.key))
  }

  #add(side: Side, key: Uint8Array, value: Uint8Array): void {
    this.#entries += 1
    this.#low = this.seed[0] as number
    this.#high = this.seed[1] as number
    this.#mix(key)
    // By the key alone, so that an entry with another value is met in the same bucket.
    const bucket = (this.#high >>> 7) % bucketCount
    if (this.#collected !== undefined) {
      this.#collect(side, bucket, key, value)
      return
    }
    this.#mix(value)
    const sums = side === 'expected' ? this.#expected : this.#actual
    sums[2 * bucket] = (sums[2 * bucket] as number) + this.#low
    sums[2 * bucket + 1] = (sums[2 * bucket + 1] as number) + this.#high
  }

  #collect(side: Side, bucket: number, key: Uint8Array, value: Uint8Array): void {
    const collected = this.#collected?.get(bucket)
    if (collected === undefined) return
    this.#mix(value)
    const print = (this.#low >>> 0) * 2 ** 21 + (this.#high >>> 11)
    collected[side].set(keyText(key), print)
  }

  /** Two lanes of different multipliers: what cancels out in one of them does not in the other. */
  #mix(bytes: Uint8Array): void {
    let low = this.#low
    let high = this.#high
    const { length } = bytes
    let at = 0
    for (; at + 4 <= length; at += 4) {
      const word =
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24)
      low = mixed(low, word, 0x9e3779b1)
      high = mixed(high, word, 0x85ebca77)
    }
    for (; at < length; at += 1) {
      low = mixed(low, bytes[at] as number, 0xc2b2ae3d)
      high = mixed(high, bytes[at] as number, 0x27d4eb2f)
    }
    low = mixed(low, length, 0x165667b1)
    this.#low = low
    this.#high = mixed(high, low, 0x2c1b3c6d)
  }
}

function addSums(target: Uint32Array, sums: Uint32Array): void {
  for (const [at, sum] of sums.entries()) target[at] = (target[at] as number) + sum
}

function mixed(state: number, word: number, multiplier: number): number {
  const sum = state ^ word
  return Math.imul((sum << 13) | (sum >>> 19), multiplier)
}

export function newSeed(): Uint32Array {
  return randomFillSync(new Uint32Array(2))
}
