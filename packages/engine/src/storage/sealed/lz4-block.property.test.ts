import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import * as lz4 from 'lz4js'
import { expect, test } from 'vitest'
import { decodeLz4Block, encodeLz4Block, lz4InputBytesMax } from './lz4-block.ts'
import { packPage, unpackPage } from './page-content.ts'

/** Copies of what is there already, of all distances and lengths, between bytes of chance. */
const steps = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.record({ distance: fc.nat(40), length: fc.nat(400) }),
    fc.record({ distance: fc.nat(lz4InputBytesMax), length: fc.nat(60) }),
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
  return Buffer.from(page.slice(0, lz4InputBytesMax))
}

function decodedByOthers(block: Buffer, bytes: number): Buffer {
  const decoded = Buffer.alloc(bytes)
  expect(lz4.decompressBlock(block, decoded, 0, block.length, 0)).toBe(bytes)
  return decoded
}

/** What cannot be made smaller they leave alone; then it is one sequence of literals. */
function encodedByOthers(page: Buffer): Buffer {
  const block = Buffer.alloc(lz4.compressBound(page.length))
  const bytes = lz4.compressBlock(page, block, 0, page.length, new Array(65_536).fill(0))
  return bytes === 0 ? encodeLz4Block(page) : block.subarray(0, bytes)
}

test('a block gives back its bytes, wherever it lies in memory, here and elsewhere', () => {
  fc.assert(
    fc.property(steps, fc.nat(9), (made, offset) => {
      const page = pageOf(made)
      const packed = encodeLz4Block(Buffer.concat([Buffer.alloc(offset, 7), page]).subarray(offset))
      const moved = Buffer.concat([Buffer.alloc(offset, 9), packed, Buffer.alloc(offset, 9)])
      const unpacked = decodeLz4Block(moved.subarray(offset, offset + packed.length), page.length)
      expect(unpacked.equals(page)).toBe(true)
      expect(decodedByOthers(packed, page.length).equals(page)).toBe(true)
      expect(decodeLz4Block(encodedByOthers(page), page.length).equals(page)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

function expectThatBack(page: Buffer): void {
  const block = encodeLz4Block(page)
  expect(decodeLz4Block(block, page.length).equals(page)).toBe(true)
  expect(decodedByOthers(block, page.length).equals(page)).toBe(true)
}

test('numbers of literals and lengths at the ends of what a token and its further bytes tell', () => {
  const shared = randomBytes(600)
  for (const literals of [0, 1, 9, 10, 11, 14, 15, 16, 264, 265, 269, 270, 271, 525]) {
    for (const length of [3, 4, 5, 18, 19, 20, 273, 274, 275, 529]) {
      const page = Buffer.concat([shared, randomBytes(literals), shared.subarray(0, length), randomBytes(12)])
      expectThatBack(page)
    }
  }
})

test('every short run of one byte', () => {
  for (let length = 0; length < 300; length += 1) {
    const page = Buffer.alloc(length, 'a')
    expectThatBack(page)
  }
})

test('what looks like chance grows by little, and is kept as it is', () => {
  const page = randomBytes(lz4InputBytesMax)
  expect(encodeLz4Block(page).length).toBeLessThan(page.length + page.length / 200)
  expectThatBack(page)
  expect(packPage(page)).toEqual([Buffer.from([0]), page])
})

test('pages up to the bound are packed here, longer ones with Zstandard', () => {
  for (const [bytes, how] of [
    [lz4InputBytesMax, 2],
    [lz4InputBytesMax + 1, 1],
  ] as const) {
    const page = Buffer.alloc(bytes, 'a record of a page, ')
    const content = Buffer.concat(packPage(page))
    expect(content[0]).toBe(how)
    expect(unpackPage(content).equals(page)).toBe(true)
  }
  expect(() => encodeLz4Block(Buffer.alloc(lz4InputBytesMax + 1))).toThrow('too long')
})

test('a block ends with five literals and copies nothing of the last twelve bytes', () => {
  for (const bytes of [12, 13, 16, 17, 18, 100]) {
    const block = encodeLz4Block(Buffer.alloc(bytes, 'a'))
    const literals = bytes < 13 ? bytes : 5
    expect(block.subarray(-literals)).toEqual(Buffer.alloc(literals, 'a'))
    expect((block.at(-literals - 1) ?? 0) >> 4).toBe(literals)
  }
})

test('bytes that are no block end in an error, or in as many bytes as were asked for', () => {
  const packed = encodeLz4Block(Buffer.from('a record, another record, and one more record. '.repeat(40)))
  const bytes = fc.oneof(fc.constant(1_880), fc.nat(3_000))
  fc.assert(
    fc.property(
      fc.nat(packed.length - 1),
      fc.nat(255),
      fc.nat(packed.length),
      bytes,
      (at, byte, end, length) => {
        const damaged = Buffer.from(packed.subarray(0, end))
        if (at < end) damaged[at] = byte
        let page: Buffer | undefined
        try {
          page = decodeLz4Block(damaged, length)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
        if (page !== undefined) expect(page).toHaveLength(length)
      },
    ),
    { numRuns: 1_000 },
  )
})
