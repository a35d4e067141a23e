import { describe, expect, test } from 'vitest'
import { Decimal } from './decimal.ts'
import { Float } from './float.ts'
import { formatHex } from './format-value.ts'
import { decodeExact, encodeCollation, encodeExact, keySuccessor, prefixEnd } from './key-codec.ts'
import { KeyReader } from './key-reader.ts'
import { KeyWriter } from './key-writer.ts'
import { limits } from './limits.ts'
import { RecordId } from './record-id.ts'
import { nested } from './testing/nested.ts'
import type { Value } from './values.ts'

/** Fixed for ever: stored keys depend on them. docs/formats/values.md shows some. */
const exactVectors: readonly (readonly [Value, string])[] = [
  [undefined, '02'],
  [null, '03'],
  [false, '04'],
  [true, '05'],
  [0, '1080000000000000008002'],
  [1, '10bff00000000000008002'],
  [-1, '10400fffffffffffff8002'],
  [new Float(-0), '1080000000000000008001'],
  [new Float(1), '10bff00000000000008003'],
  [1.5, '10bff80000000000008003'],
  [NaN, '1000000000000000008003'],
  [Decimal.parse('1.5'), '10bff80000000000008004'],
  [Decimal.parse('0.1'), '10bfb999999999999a407fff0b0004'],
  [2n ** 53n + 1n, '10c340000000000000c0800f5b08145d374b0a5e0002'],
  [-(2n ** 53n) - 1n, '103cbfffffffffffff407ff0a4f7eba2c8b4f5a1ff02'],
  ['', '2000'],
  ['a', '206100'],
  ['\0\x01\x02', '20010101020200'],
  [Uint8Array.of(0, 1, 255), '2801010102ff00'],
  [[], '4000'],
  [[true, 'x'], '400520780000'],
  [{ b: null, a: true }, '5020610005' + '20620003' + '00'],
  [new RecordId('user', 'alice'), '687573657200' + '20616c69636500'],
]

describe('exact form', () => {
  test.each(exactVectors)('%s', (value, hex) => {
    expect(formatHex(encodeExact(value))).toBe(hex)
    expect(decodeExact(Buffer.from(hex, 'hex'))).toEqual({ value, end: hex.length / 2 })
  })

  test('a text with an escape byte at its end is refused', () => {
    expect(() => decodeExact(Uint8Array.of(0x20, 0x01, 0x00))).toThrow('malformed')
  })

  test('a lone surrogate is refused', () => {
    expect(() => encodeExact('a\ud800')).toThrow('lone surrogate')
    expect(() => encodeExact({ '\udc00': 1 })).toThrow('lone surrogate')
  })

  test('depth is bounded in both directions', () => {
    const deepest = encodeExact(nested(limits.depthMax))
    expect(decodeExact(deepest).end).toBe(deepest.length)
    expect(() => encodeExact(nested(limits.depthMax + 1))).toThrow('deeper than 128')
    expect(() => decodeExact(Buffer.concat([Buffer.of(0x40), deepest, Buffer.of(0)]))).toThrow('malformed')
    expect(() => decodeExact(new Uint8Array(1_000_000).fill(0x40))).toThrow('malformed')
  })
})

describe('collation form', () => {
  test('is the exact form without the kind of a number', () => {
    expect(formatHex(encodeCollation(1))).toBe('10bff000000000000080')
    expect(encodeCollation(new Float(1))).toEqual(encodeCollation(1))
    expect(encodeCollation(Decimal.parse('0.1'))).not.toEqual(encodeCollation(0.1))
    expect(encodeCollation(new Float32Array([-0]))).toEqual(encodeCollation(new Float32Array([0])))
  })

  test('keeps the kinds of numbers inside record ids', () => {
    expect(encodeCollation(new RecordId('t', [1]))).not.toEqual(
      encodeCollation(new RecordId('t', [new Float(1)])),
    )
  })
})

describe('KeyWriter and KeyReader', () => {
  test('parts come back in order, and a prefix can be kept', () => {
    const writer = new KeyWriter(1)
    writer.byte(7).uint32(0xffff_ffff)
    const prefix = writer.length
    writer.uint64(Number.MAX_SAFE_INTEGER).text('ä\0').raw(Uint8Array.of(1, 2))
    const reader = new KeyReader(writer.finish())
    expect([
      reader.byte(),
      reader.uint32(),
      reader.uint64(),
      reader.text(),
      [...reader.raw(2)],
      reader.atEnd,
    ]).toEqual([7, 0xffff_ffff, Number.MAX_SAFE_INTEGER, 'ä\0', [1, 2], true])
    expect(formatHex(writer.reset(prefix).byte(9).view())).toBe('07ffffffff09')
  })

  test('reading past the end is refused', () => {
    for (const read of ['byte', 'uint32', 'uint64', 'text', 'exact', 'skipExact', 'skipCollation'] as const) {
      expect(() => new KeyReader(Uint8Array.of())[read](), read).toThrow('malformed')
    }
    expect(() => new KeyReader(Uint8Array.of(1)).raw(2)).toThrow('malformed')
    expect(() => new KeyReader(new Uint8Array(8).fill(255)).uint64()).toThrow('malformed')
  })

  test('a writer gives up a buffer that one huge key has made', () => {
    const writer = new KeyWriter()
    writer.text('x'.repeat(1_000_000))
    expect(writer.reset().text('x').view().buffer.byteLength).toBeLessThan(100_000)
  })
})

test('keySuccessor is the next key, prefixEnd the first behind a prefix', () => {
  expect([...keySuccessor(Uint8Array.of(1, 255))]).toEqual([1, 255, 0])
  expect(prefixEnd(Uint8Array.of(1, 255, 255))).toEqual(Uint8Array.of(2))
  expect(prefixEnd(Uint8Array.of(255))).toBeUndefined()
  expect(prefixEnd(Uint8Array.of())).toBeUndefined()
})

test('the end of a prefix leaves the prefix as it was, a Buffer of Node too', () => {
  const prefix = Buffer.from([1, 2])
  expect(prefixEnd(prefix)).toEqual(new Uint8Array([1, 3]))
  expect([...prefix]).toEqual([1, 2])
})
