/**
 * CBOR tags of the value types. The private ones lie in the first-come range (RFC 8949 section 9.2) and are
 * ours by convention only. Part of stored bytes.
 */

export const cborTags = {
  bigUint: 2,
  bigNegative: 3,
  decimal: 4,
  uuid: 37,
  vector: 85,
  set: 258,
  datetime: 1001,
  duration: 1002,
  record: 0xdd01,
  range: 0xdd02,
  geometry: 0xdd03,
} as const
