import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareBytes, compareExact, compareValues } from './compare-values.ts'
import { DbError } from './errors.ts'
import {
  decodeExact,
  encodeCollation,
  encodeExact,
  prefixEnd,
  skipCollation,
  skipExact,
} from './key-codec.ts'
import { KeyWriter } from './key-writer.ts'
import { arbitraryPair, arbitraryRecordId, arbitraryValue } from './testing/arbitrary-values.ts'

const runs = { numRuns: 3000 }

test('exact bytes are ordered as compareExact orders values', () => {
  fc.assert(
    fc.property(arbitraryPair, ([a, b]) => {
      expect(sign(compareBytes(encodeExact(a), encodeExact(b)))).toBe(sign(compareExact(a, b)))
    }),
    { numRuns: 6000 },
  )
})

test('collation bytes are ordered as compareValues orders values, and equal for equal values', () => {
  fc.assert(
    fc.property(arbitraryPair, ([a, b]) => {
      expect(sign(compareBytes(encodeCollation(a), encodeCollation(b)))).toBe(sign(compareValues(a, b)))
    }),
    { numRuns: 6000 },
  )
})

test('exact bytes are read back to the identical value, wherever they stand', () => {
  fc.assert(
    fc.property(
      arbitraryValue,
      fc.uint8Array({ maxLength: 5 }),
      fc.uint8Array({ maxLength: 5 }),
      (value, before, after) => {
        const bytes = encodeExact(value)
        const { value: read, end } = decodeExact(Buffer.concat([before, bytes, after]), before.length)
        expect(end).toBe(before.length + bytes.length)
        expect(compareExact(read, value)).toBe(0)
        expect(encodeExact(read)).toEqual(bytes)
      },
    ),
    runs,
  )
})

test('a value can be skipped in either form', () => {
  fc.assert(
    fc.property(arbitraryValue, fc.uint8Array({ maxLength: 5 }), (value, after) => {
      const exact = encodeExact(value)
      const collation = encodeCollation(value)
      expect(skipExact(Buffer.concat([exact, after]))).toBe(exact.length)
      expect(skipCollation(Buffer.concat([collation, after]))).toBe(collation.length)
    }),
    runs,
  )
})

test('concatenated keys are ordered as the tuples of their values, whatever follows', () => {
  fc.assert(
    fc.property(arbitraryPair, arbitraryPair, fc.uint8Array(), fc.uint8Array(), ([a, b], [c, d], e, f) => {
      const byTuple = sign(compareExact(a, b)) || sign(compareExact(c, d))
      const left = new KeyWriter(4).exact(a).exact(c).raw(e).finish()
      const right = new KeyWriter(4).exact(b).exact(d).raw(f).finish()
      if (byTuple !== 0) expect(sign(compareBytes(left, right))).toBe(byTuple)
    }),
    runs,
  )
})

test('a record id behind collation values can be read from an index key', () => {
  fc.assert(
    fc.property(arbitraryValue, arbitraryValue, arbitraryRecordId, (a, b, id) => {
      const key = new KeyWriter().collation(a).collation(b).exact(id.key).finish()
      const at = skipCollation(key, skipCollation(key))
      expect(compareExact(decodeExact(key, at).value, id.key)).toBe(0)
    }),
    runs,
  )
})

test('any bytes are refused with KEY_MALFORMED or are exactly what the writer makes', () => {
  const damaged = fc
    .tuple(arbitraryValue, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat())
    .map(([value, changes, cut]) => {
      const bytes = encodeExact(value)
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte
      return cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes
    })
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array()), (bytes) => {
      try {
        const { value, end } = decodeExact(bytes)
        expect(Buffer.from(encodeExact(value)).equals(bytes.subarray(0, end))).toBe(true)
      } catch (error) {
        if (!(error instanceof DbError)) throw error
        expect(error.code).toBe('KEY_MALFORMED')
      }
    }),
    { numRuns: 20_000 },
  )
})

test('skipping any bytes ends with an offset inside them or KEY_MALFORMED', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), fc.boolean(), (bytes, exact) => {
      try {
        const end = exact ? skipExact(bytes) : skipCollation(bytes)
        expect(end).toBeLessThanOrEqual(bytes.length)
      } catch (error) {
        if (!(error instanceof DbError)) throw error
        expect(error.code).toBe('KEY_MALFORMED')
      }
    }),
    runs,
  )
})

test('prefixEnd is the least upper bound of the keys with a prefix', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (prefix, key) => {
      const end = prefixEnd(prefix)
      const hasPrefix = Buffer.from(key.subarray(0, prefix.length)).equals(prefix)
      const isInRange = compareBytes(key, prefix) >= 0 && (end === undefined || compareBytes(key, end) < 0)
      expect(isInRange).toBe(hasPrefix || (end === undefined && compareBytes(key, prefix) >= 0))
    }),
    runs,
  )
})

function sign(order: number): number {
  return Math.sign(order) + 0
}
