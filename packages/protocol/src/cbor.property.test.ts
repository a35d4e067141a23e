import { decode, encode } from 'cborg'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCanonical, encodeCanonical } from './cbor.ts'
import { compareExact } from './compare-values.ts'
import { DbError } from './errors.ts'
import { arbitraryPair, arbitraryText, arbitraryValue } from './testing/arbitrary-values.ts'

const runs = { numRuns: 3000 }

test('values come back identical', () => {
  fc.assert(
    fc.property(arbitraryValue, (value) => {
      const bytes = encodeCanonical(value)
      const decoded = decodeCanonical(bytes)
      expect(compareExact(decoded, value)).toBe(0)
      expect(encodeCanonical(decoded)).toEqual(bytes)
    }),
    runs,
  )
})

test('bytes are equal exactly for identical values', () => {
  fc.assert(
    fc.property(arbitraryPair, ([a, b]) => {
      const isSame = Buffer.from(encodeCanonical(a)).equals(encodeCanonical(b))
      expect(isSame).toBe(compareExact(a, b) === 0)
    }),
    runs,
  )
})

/** What plain CBOR has: here an independent implementation must agree on every byte. */
const common = fc.letrec<{ readonly value: unknown; readonly node: unknown }>((tie) => ({
  node: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(null, undefined, true, false) },
    { weight: 4, arbitrary: fc.maxSafeInteger() },
    { weight: 2, arbitrary: fc.integer({ min: -300, max: 300 }) },
    {
      weight: 2,
      arbitrary: fc.bigInt(-(2n ** 64n), 2n ** 64n - 1n).filter((n) => !Number.isSafeInteger(Number(n))),
    },
    { weight: 4, arbitrary: fc.double().filter((n) => !Number.isInteger(n)) },
    { weight: 2, arbitrary: fc.float().filter((n) => !Number.isInteger(n)) },
    { weight: 1, arbitrary: fc.integer({ min: -4000, max: 4000 }).map((n) => n / 256 + 1 / 512) },
    { weight: 4, arbitrary: arbitraryText },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  ),
  value: fc.oneof(
    { maxDepth: 4 },
    tie('node'),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(arbitraryText, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
}))

test('cborg writes the same bytes for what both know', () => {
  fc.assert(
    fc.property(common.value, (value) => {
      const ours = encodeCanonical(value as never)
      expect(Buffer.from(ours).equals(encode(value))).toBe(true)
      const options = { strict: true, allowIndefinite: false, rejectDuplicateMapKeys: true, useMaps: true }
      expect(() => decode(ours, options)).not.toThrow()
    }),
    runs,
  )
})

test('any bytes are refused with a CBOR_ code or are exactly what the encoder makes', () => {
  const damaged = fc
    .tuple(arbitraryValue, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat())
    .map(([value, changes, cut]) => {
      const bytes = encodeCanonical(value)
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte
      return cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes
    })
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array()), (bytes) => {
      try {
        const value = decodeCanonical(bytes)
        expect(Buffer.from(encodeCanonical(value)).equals(bytes)).toBe(true)
      } catch (error) {
        if (!(error instanceof DbError)) throw error
        expect(error.code).toMatch(/^CBOR_/)
      }
    }),
    { numRuns: 20_000 },
  )
})
