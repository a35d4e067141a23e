/**
 * Values as canonical bytes: deterministic CBOR (RFC 8949 section 4.2.1). What is hashed, stored and sent.
 * Invariants: equal values have equal bytes and different values different bytes (1 and 1.0 differ, as do
 * NONE and NULL); the decoder accepts nothing that the encoder would not write. The order of an object's
 * fields is not kept.
 *
 * | type | CBOR |
 * |---|---|
 * | none, null, bool | f7, f6, f4 and f5 |
 * | int | major 0 and 1 up to 64 bits, beyond that tags 2 and 3 |
 * | float | the shortest of f16, f32, f64 that keeps the value; NaN is f9 7e00 |
 * | decimal | tag 4 [exponent, coefficient] |
 * | string, bytes | text, byte string |
 * | datetime, duration | tags 1001 and 1002 (RFC 9581): {1: seconds, -9: nanos unless 0} |
 * | uuid | tag 37, 16 bytes |
 * | array, set | array; tag 258 [elements in ascending order] |
 * | object | map of text keys, sorted by the bytes of their encodings |
 * | vector | tag 85 (RFC 8746): float32, little endian |
 * | record | tag 0xdd01 [table, key] |
 * | range | tag 0xdd02 [begin, end], each [value, inclusive] or null where open |
 * | geometry | tag 0xdd03 [type, nested arrays of floats; of a collection: arrays like this one] |
 */

import { readCanonical, readCanonicalAnswer, readCanonicalFields } from './cbor-decode.ts'
import { writeCanonical, writeCanonicalAnswer } from './cbor-encode.ts'
import { CborReader } from './cbor-reader.ts'
import { CborWriter } from './cbor-writer.ts'
import type { Value } from './values.ts'

const sharedWriter = new CborWriter(4096)

/** The canonical bytes of a value. @throws VALUE_TOO_DEEP, VALUE_LONE_SURROGATE */
export function encodeCanonical(value: Value): Uint8Array {
  writeCanonical(sharedWriter.reset(), value)
  return sharedWriter.finish()
}

/**
 * The canonical bytes of an answer, which may be nested deeper than a value that is stored. @throws
 * VALUE_TOO_DEEP, VALUE_LONE_SURROGATE
 */
export function encodeCanonicalAnswer(value: Value): Uint8Array {
  writeCanonicalAnswer(sharedWriter.reset(), value)
  return sharedWriter.finish()
}

/** `prefix`, and behind it the canonical bytes of a value. @throws VALUE_TOO_DEEP, VALUE_LONE_SURROGATE */
export function encodeCanonicalBehind(prefix: Uint8Array, value: Value): Uint8Array {
  writeCanonical(sharedWriter.reset().raw(prefix), value)
  return sharedWriter.finish()
}

/** The value of canonical bytes. @throws CBOR_* for any others */
export function decodeCanonical(bytes: Uint8Array): Value {
  return readWhole(new CborReader(bytes), readCanonical)
}

/** The value of the bytes of `encodeCanonicalAnswer`. @throws CBOR_* for any others */
export function decodeCanonicalAnswer(bytes: Uint8Array): Value {
  return readWhole(new CborReader(bytes), readCanonicalAnswer)
}

/** The same, with byte strings as views of `bytes`. @throws CBOR_* */
export function decodeCanonicalViews(bytes: Uint8Array): Value {
  return readWhole(new CborReader(bytes, 0, false), readCanonical)
}

function readWhole(reader: CborReader, read: (reader: CborReader) => Value): Value {
  const value = read(reader)
  reader.finish()
  return value
}

/** Bytes of the head in front of a byte string of `length` bytes, less than 2^32. */
export function byteStringHeadBytes(length: number): number {
  return length < 24 ? 1 : length < 1 << 8 ? 2 : length < 1 << 16 ? 3 : 5
}

/**
 * Reads the canonical bytes of an object into `object`, behind the fields that it has. @throws CBOR_* for any
 * others
 */
export function decodeCanonicalInto(object: Record<string, Value>, bytes: Uint8Array): void {
  const reader = new CborReader(bytes)
  readCanonicalFields(reader, object)
  reader.finish()
}
