import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readUvarint, uvarintBytes, writeUvarint } from './uvarint.ts'

const number = fc.oneof(
  fc.nat(300),
  fc.maxSafeNat(),
  fc.constantFrom(239, 240, 255, 256, 65_535, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER),
)

function encode(value: number): Buffer {
  const bytes = Buffer.alloc(uvarintBytes(value))
  expect(writeUvarint(bytes, 0, value)).toBe(bytes.length)
  return bytes
}

test('every number comes back, with the offset behind it', () => {
  fc.assert(
    fc.property(number, (value) => {
      expect(readUvarint(encode(value), 0)).toEqual({ value, end: uvarintBytes(value) })
    }),
  )
})

test('byte order is the order of the numbers', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(Math.sign(Buffer.compare(encode(a), encode(b)))).toBe(Math.sign(a - b))
    }),
  )
})

test('what is cut off is a bug, not a number', () => {
  expect(() => readUvarint(encode(70_000).subarray(0, 2), 0)).toThrow('beyond the end')
  expect(() => writeUvarint(Buffer.alloc(9), 0, -1)).toThrow('out of range')
})
