/**
 * The hash functions a ledger may be built with, chosen when the database is made and named in its format
 * entry: BLAKE2b-512 (RFC 7693) or SHA-512 (FIPS 180-4), each cut to its first 32 bytes.
 * Why BLAKE2b unless asked: it is the faster one. Why SHA-512 at all: some must use a function that a
 * standards body approves, from a library that is certified.
 * Why BLAKE2b in WebAssembly: most of what is hashed is short, and a call into OpenSSL costs more than the
 * hash (docs/adr/0020-blake2b-in-webassembly.md).
 */

import { hash } from 'node:crypto'
import { type HashName, headPrefixes } from '@dendrodb/protocol'
import { createBLAKE2b } from 'hash-wasm'

export const hashBytes = 32
export type Hash = Buffer

export interface LedgerHash {
  readonly name: HashName
  /** Of `bytes`, and of what follows them. */
  readonly of: (bytes: Uint8Array, rest?: Uint8Array) => Hash
}

const blake2b = await createBLAKE2b(512)

export const ledgerHashes: Readonly<Record<HashName, LedgerHash>> = {
  blake2b: { name: 'blake2b', of: blake2bOf },
  sha512: { name: 'sha512', of: sha512Of },
}

function blake2bOf(bytes: Uint8Array, rest?: Uint8Array): Hash {
  blake2b.init().update(bytes)
  if (rest !== undefined) blake2b.update(rest)
  const digest = blake2b.digest('binary')
  // Byte by byte: small as it is, V8 keeps it among its objects, and to ask for its buffer would cost as much
  // as the hash.
  const hash = Buffer.allocUnsafe(hashBytes)
  for (let at = 0; at < hashBytes; at += 1) hash[at] = digest[at] as number
  return hash
}

function sha512Of(bytes: Uint8Array, rest?: Uint8Array): Hash {
  const whole = rest === undefined ? bytes : Buffer.concat([bytes, rest])
  return hash('sha512', whole, 'buffer').subarray(0, hashBytes)
}

/** The head as people and programs see it: `b2:` or `s2:`, by its hash function, and 64 hex digits. */
export function formatHead({ name }: LedgerHash, head: Uint8Array): string {
  return `${headPrefixes[name]}:${Buffer.from(head.buffer, head.byteOffset, head.length).toString('hex')}`
}
