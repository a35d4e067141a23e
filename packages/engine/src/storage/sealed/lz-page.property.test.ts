import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeLzPage, encodeLzPage, lzPageBytesMax } from './lz-page.ts'
import { packPage, unpackPage } from './page-content.ts'

/** Copies of what is there already, of all distances and lengths, between bytes of chance. */
const steps = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.record({ distance: fc.nat(40), length: fc.nat(400) }),
    fc.record({ distance: fc.nat(lzPageBytesMax), length: fc.nat(60) }),
  ),
  { maxLength: 60 },
)

function pageOf(
  made: readonly (Uint8Array | { readonly distance: number; readonly length: number })[],
): Buffer {
  const page: number[] = []
  for (const step of made) {
    if (step instanceof Uint8Array) page.push(...step)
    else for (let left = step.length; left > 0; left -= 1) page.push(page.at(-1 - step.distance) ?? 0)
  }
  return Buffer.from(page.slice(0, lzPageBytesMax))
}

test('a packed page gives back its bytes, wherever it lies in memory', () => {
  fc.assert(
    fc.property(steps, fc.nat(9), (made, offset) => {
      const page = pageOf(made)
      const packed = encodeLzPage(Buffer.concat([Buffer.alloc(offset, 7), page]).subarray(offset))
      const moved = Buffer.concat([Buffer.alloc(offset, 9), packed, Buffer.alloc(offset, 9)])
      const unpacked = decodeLzPage(moved.subarray(offset, offset + packed.length))
      expect(unpacked.equals(page)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('numbers of literals and lengths at the ends of what a token and its further bytes tell', () => {
  const shared = randomBytes(600)
  for (const literals of [0, 1, 6, 7, 8, 261, 262, 263, 517]) {
    for (const length of [3, 4, 5, 18, 19, 20, 273, 274, 275, 529]) {
      const page = Buffer.concat([shared, randomBytes(literals), shared.subarray(0, length)])
      expect(decodeLzPage(encodeLzPage(page)).equals(page)).toBe(true)
    }
  }
})

test('every short run of one byte', () => {
  for (let length = 0; length < 300; length += 1) {
    const page = Buffer.alloc(length, 'a')
    expect(decodeLzPage(encodeLzPage(page)).equals(page)).toBe(true)
  }
})

test('what looks like chance grows by little, and is kept as it is', () => {
  const page = randomBytes(lzPageBytesMax)
  const packed = encodeLzPage(page)
  expect(packed.length).toBeLessThan(page.length + page.length / 200)
  expect(decodeLzPage(packed).equals(page)).toBe(true)
  expect(packPage(page)).toEqual([Buffer.from([0]), page])
})

test('pages up to the bound are packed here, longer ones with Zstandard', () => {
  for (const [bytes, how] of [
    [lzPageBytesMax, 2],
    [lzPageBytesMax + 1, 1],
  ] as const) {
    const page = Buffer.alloc(bytes, 'a record of a page, ')
    const content = Buffer.concat(packPage(page))
    expect(content[0]).toBe(how)
    expect(unpackPage(content).equals(page)).toBe(true)
  }
  expect(() => encodeLzPage(Buffer.alloc(lzPageBytesMax + 1))).toThrow('too long')
})

test('bytes that are no packed page end in an error, or in a page of the length that they name', () => {
  const packed = encodeLzPage(Buffer.from('a record, another record, and one more record. '.repeat(40)))
  fc.assert(
    fc.property(fc.nat(packed.length - 1), fc.nat(255), fc.nat(packed.length), (at, byte, end) => {
      const damaged = Buffer.from(packed.subarray(0, Math.max(2, end)))
      damaged[at % damaged.length] = byte
      let page: Buffer | undefined
      try {
        page = decodeLzPage(damaged)
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
      if (page !== undefined) expect(page).toHaveLength(damaged.readUInt16LE())
    }),
  )
})
