import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCanonical, encodeCanonical } from './cbor.ts'
import { pickFields } from './cbor-pick.ts'
import { arbitraryText, arbitraryValue } from './testing/arbitrary-values.ts'
import { codeOf } from './testing/code-of.ts'
import type { ValueObject } from './values.ts'

const arbitraryObject = fc.dictionary(arbitraryText, arbitraryValue, { maxKeys: 8, noNullPrototype: true })

test('gives the bytes of the object without the other fields', () => {
  fc.assert(
    fc.property(arbitraryObject, fc.func(fc.boolean()), arbitraryText, (object, isWanted, other) => {
      const names = Object.keys(object).filter((name) => isWanted(name))
      const rest = Object.fromEntries(names.map((name) => [name, object[name]])) as ValueObject
      const picked = pickFields(encodeCanonical(object as ValueObject), new Set([...names, `${other}!`]))
      expect(picked).toEqual(encodeCanonical(rest))
    }),
  )
})

test('picks from more fields than a short head counts', () => {
  const object = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`f${at}`, at]))
  const bytes = encodeCanonical(object)
  expect(decodeCanonical(pickFields(bytes, new Set(Object.keys(object))))).toEqual(object)
  expect(decodeCanonical(pickFields(bytes, new Set(['f299', 'g'])))).toEqual({ f299: 299 })
})

test('bytes that end early, go on, or are no object are refused', () => {
  const bytes = encodeCanonical({ a: [1, { b: 'text' }], c: 2.5 })
  const names = new Set(['a'])
  for (let length = 0; length < bytes.length; length += 1) {
    expect(codeOf(() => pickFields(bytes.subarray(0, length), names))).toBe('CBOR_TRUNCATED')
  }
  expect(codeOf(() => pickFields(Uint8Array.from([...bytes, 0]), names))).toBe('CBOR_TRAILING')
  expect(codeOf(() => pickFields(encodeCanonical([1]), names))).toBe('CBOR_UNEXPECTED')
  expect(codeOf(() => pickFields(Uint8Array.from([0xa1, 0x61, 0x61, 0xff]), names))).toBe('CBOR_UNSUPPORTED')
})
