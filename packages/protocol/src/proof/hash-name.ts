/**
 * Names of the hash functions that a database's chain may be built with. Both give 64 bytes, of which the
 * first 32 count.
 */

import { formatHex } from '../format-value.ts'

export type HashName = 'blake2b' | 'sha512'

/** What stands before the hex digits of a head, so that nobody takes one function's hash for the other's. */
export const headPrefixes: Readonly<Record<HashName, string>> = { blake2b: 'b2', sha512: 's2' }

export const hashNames = Object.keys(headPrefixes) as readonly HashName[]

export function isHashName(name: unknown): name is HashName {
  return typeof name === 'string' && Object.hasOwn(headPrefixes, name)
}

/** The head as people and programs see it: its function's prefix and hex digits. */
export function formatHead(name: HashName, head: Uint8Array): string {
  return `${headPrefixes[name]}:${formatHex(head)}`
}
