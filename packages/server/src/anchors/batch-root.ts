/**
 * The hash that stands for a batch of commits: Keccak-256 over their heads, 32 bytes each, in order.
 * Why Keccak-256: it is what contracts on Ethereum compute, so that one can check a batch there.
 * Format: docs/proofs.md#anchors.
 */

import type { Database } from '@dendrodb/engine'

/** Of the commits `from` to `to`; in chunks, so that a large batch stops nobody. */
export async function batchRootOf(database: Database, from: number, to: number): Promise<string> {
  // A server that anchors nothing does not load it.
  const { keccak_256 } = await import('@noble/hashes/sha3.js')
  const hash = keccak_256.create()
  for await (const heads of database.heads(from, to)) for (const head of heads) hash.update(head)
  return Buffer.from(hash.digest()).toString('hex')
}
