/**
 * Order-preserving bytes of values: the functions. Layout and reasons: `key-layout.ts`.
 */

import { KeyReader } from './key-reader.ts'
import { KeyWriter } from './key-writer.ts'
import type { Value } from './values.ts'

const sharedWriter = new KeyWriter()

/**
 * Bytes in the order of `compareExact`; read back by `decodeExact`. @throws VALUE_TOO_DEEP,
 * VALUE_LONE_SURROGATE
 */
export function encodeExact(value: Value): Uint8Array {
  return sharedWriter.reset().exact(value).finish()
}

/**
 * Bytes in the order of `compareValues`; equal for equal values. @throws VALUE_TOO_DEEP, VALUE_LONE_SURROGATE
 */
export function encodeCollation(value: Value): Uint8Array {
  return sharedWriter.reset().collation(value).finish()
}

export interface DecodedKey {
  readonly value: Value
  /** Offset behind the value. */
  readonly end: number
}

/** The value in exact form at `offset`. @throws KEY_MALFORMED */
export function decodeExact(bytes: Uint8Array, offset = 0): DecodedKey {
  const reader = new KeyReader(bytes, offset)
  const value = reader.exact()
  return { value, end: reader.offset }
}

/** Offset behind the value in collation form at `offset`. @throws KEY_MALFORMED */
export function skipCollation(bytes: Uint8Array, offset = 0): number {
  const reader = new KeyReader(bytes, offset)
  reader.skipCollation()
  return reader.offset
}

/** Offset behind the value in exact form at `offset`. @throws KEY_MALFORMED */
export function skipExact(bytes: Uint8Array, offset = 0): number {
  const reader = new KeyReader(bytes, offset)
  reader.skipExact()
  return reader.offset
}

/** The smallest key that is greater than `key` itself. */
export function keySuccessor(key: Uint8Array): Uint8Array {
  const successor = new Uint8Array(key.length + 1)
  successor.set(key)
  return successor
}

/**
 * The smallest key that is greater than every key with this prefix; `undefined` if there is none, which is so
 * for the empty prefix and for one of FF bytes only.
 */
export function prefixEnd(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1
  if (length === 0) return undefined
  // Not `slice`, which on a Buffer of Node shares the bytes.
  const end = new Uint8Array(prefix.subarray(0, length))
  end[length - 1] = (end[length - 1] as number) + 1
  return end
}
