/**
 * Bloom filter over the keys of a segment (Kirsch and Mitzenmacher 2006: two hashes stand for all).
 * Why: a read that looks for a key in several levels opens pages in the one that has it, and in one of a
 * hundred others.
 */

const bitsPerKey = 10
const probes = 6

/** 32 bits of a key (FNV-1a with a final mix, as its low bits alone are weak). */
export function hashKey(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return (hash ^ (hash >>> 15)) >>> 0
}

export function buildFilter(hashes: readonly number[]): Buffer {
  const filter = Buffer.alloc(Math.max(8, Math.ceil((hashes.length * bitsPerKey) / 8)))
  const bits = filter.length * 8
  for (const hash of hashes) {
    const step = stepOf(hash)
    for (let probe = 0, at = hash; probe < probes; probe += 1) {
      const bit = at % bits
      filter[bit >>> 3] = (filter[bit >>> 3] as number) | (1 << (bit & 7))
      at = (at + step) >>> 0
    }
  }
  return filter
}

/** `false`: no key with this hash is in the segment. */
export function mayHold(filter: Uint8Array, hash: number): boolean {
  const bits = filter.length * 8
  const step = stepOf(hash)
  for (let probe = 0, at = hash; probe < probes; probe += 1) {
    const bit = at % bits
    if (((filter[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false
    at = (at + step) >>> 0
  }
  return true
}

function stepOf(hash: number): number {
  return ((hash >>> 17) | (hash << 15) | 1) >>> 0
}
