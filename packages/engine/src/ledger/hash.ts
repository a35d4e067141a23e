/**
 * The hash functions a ledger may be built with, chosen when the database is made and named in its format
 * entry: BLAKE2b-512 (RFC 7693) or SHA-512 (FIPS 180-4), each cut to its first 32 bytes.
 * Why BLAKE2b unless asked: one native call, faster than SHA-256 on this size of input. Why SHA-512 at all:
 * some must use a function that a standards body approves, and some OpenSSL builds have no other.
 */

import { hash } from 'node:crypto'
import { type HashName, headPrefixes } from '@dendrodb/protocol'

export const hashBytes = 32
export type Hash = Buffer

export interface LedgerHash {
  readonly name: HashName
  readonly of: (bytes: Uint8Array) => Hash
}

export const ledgerHashes: Readonly<Record<HashName, LedgerHash>> = {
  blake2b: { name: 'blake2b', of: (bytes) => hash('blake2b512', bytes, 'buffer').subarray(0, hashBytes) },
  sha512: { name: 'sha512', of: (bytes) => hash('sha512', bytes, 'buffer').subarray(0, hashBytes) },
}

/** The head as people and programs see it: `b2:` or `s2:`, by its hash function, and 64 hex digits. */
export function formatHead({ name }: LedgerHash, head: Uint8Array): string {
  return `${headPrefixes[name]}:${Buffer.from(head.buffer, head.byteOffset, head.length).toString('hex')}`
}
