/**
 * Layout of the bytes of keys, whose order as unsigned bytes is the order of the values.
 * Why: the store orders keys by bytes; with this every index answers ranges, and a composite key is a
 * concatenation.
 * Two forms: *exact* follows `compareExact`, is injective and can be read back; *collation* follows
 * `compareValues`, gives equal bytes exactly for equal values, and cannot tell 1 from 1.0. Record ids are
 * exact in both.
 * Both are self-delimiting, and no encoding is a prefix of another, so that concatenations keep the order of
 * tuples.
 *
 * | type | bytes |
 * |---|---|
 * | none, null, false, true | 02, 03, 04, 05 |
 * | number | 10, float (8), side (1): 40 below, 80 exact, C0 above; unless 80: digits; exact form: kind (1) |
 * | string, bytes | 20 or 28, text |
 * | duration, datetime | 30 or 34, seconds (8, offset by 2^63), nanos (4) |
 * | uuid | 38, 16 bytes |
 * | array, set | 40 or 48, values, 00 |
 * | object | 50, for each field by name: 20, text, value; 00 |
 * | geometry | 58, type (1), body |
 * | vector | 60, for each element: 01, float (4); 00 |
 * | record | 68, text of the table, key in exact form |
 * | range | 70, begin, end |
 *
 * float: IEEE 754 big endian, all bits flipped when negative, otherwise the sign bit alone; NaN is all zeros.
 * digits: of the exact number, which is not a float: adjusted exponent (2, offset by 2^15), then two decimal
 * digits per byte as 1 + 10a + b, then 00; all of it flipped for negative numbers.
 * text: UTF-8 with 00 as 01 01 and 01 as 01 02, then 00. kind: 1 is -0, 2 int, 3 float, 4 decimal.
 * begin: 02 when open, else 03, value, 01 inclusive or 02 exclusive.
 * end: 04 when open, else 03, value, 01 exclusive or 02 inclusive.
 * body: each position two floats (8); lists as 01 and element for each, then 00; a collection as a list of
 * type and body.
 */

/** First byte of each type. 00 ends lists and so is less than all; FF is free as a bound above all values. */
export const keyBytes = {
  end: 0x00,
  none: 0x02,
  null: 0x03,
  false: 0x04,
  true: 0x05,
  number: 0x10,
  string: 0x20,
  bytes: 0x28,
  duration: 0x30,
  datetime: 0x34,
  uuid: 0x38,
  array: 0x40,
  set: 0x48,
  object: 0x50,
  geometry: 0x58,
  vector: 0x60,
  record: 0x68,
  range: 0x70,
  listItem: 0x01,
  /** Before 00 and 01 in text, each written one higher. */
  escape: 0x01,
  beginOpen: 0x02,
  bound: 0x03,
  endOpen: 0x04,
  boundFirst: 0x01,
  boundSecond: 0x02,
  sideBelow: 0x40,
  sideExact: 0x80,
  sideAbove: 0xc0,
} as const
