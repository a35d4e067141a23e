import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCrc } from './crc.ts'

const ieee = createCrc(0xedb88320)
const castagnoli = createCrc(0x82f63b78)

test('gives the check values of both polynomials', () => {
  const text = Buffer.from('123456789')
  expect(ieee.of(text, 0, 9)).toBe(0xcbf43926)
  expect(castagnoli.of(text, 0, 9)).toBe(0xe3069283)
  expect(castagnoli.of(Buffer.alloc(32), 0, 32)).toBe(0x8a9136aa)
  expect(castagnoli.of(Buffer.alloc(32, 0xff), 0, 32)).toBe(0x62a8ab43)
})

test('agrees with zlib on any part of any text, begun anywhere', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(200),
      fc.nat(200),
      fc.nat(0xffffffff),
      (text, a, b, start) => {
        const [from = 0, to = 0] = [Math.min(a, b), Math.max(a, b)].map((at) => Math.min(at, text.length))
        expect(ieee.of(text, from, to, start)).toBe(crc32(text.subarray(from, to), start))
      },
    ),
  )
})

test('a flip of one bit is told from any other change', () => {
  const text = Buffer.from('a text of thirty bytes, or so.')
  const sound = castagnoli.of(text, 0, text.length)
  const differenceWith = (...bits: readonly number[]) => {
    const changed = Buffer.from(text)
    for (const bit of bits) changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
    return (castagnoli.of(changed, 0, changed.length) ^ sound) >>> 0
  }
  for (let bit = 0; bit < text.length * 8; bit += 1) {
    expect(castagnoli.isOneFlip(differenceWith(bit), text.length)).toBe(true)
    expect(castagnoli.isOneFlip(differenceWith(bit, (bit * 7 + 1) % (text.length * 8)), text.length)).toBe(
      false,
    )
  }
  expect(castagnoli.isOneFlip(0, text.length)).toBe(false)
  expect(castagnoli.isOneFlip(differenceWith(0), text.length - 1)).toBe(false)
})
