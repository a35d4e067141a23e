import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeCanonical, decodeCanonicalAnswer, encodeCanonical, encodeCanonicalAnswer } from './cbor.ts'
import { CborReader } from './cbor-reader.ts'
import { CborWriter, cborMajor } from './cbor-writer.ts'
import { compareExact } from './compare-values.ts'
import { DbError } from './errors.ts'
import { formatHex } from './format-value.ts'
import { limits } from './limits.ts'
import { codeOf } from './testing/code-of.ts'
import { nested } from './testing/nested.ts'
import { fromTypedJson, toTypedJson } from './typed-json.ts'
import type { Value } from './values.ts'

interface Vectors {
  readonly values: readonly { readonly name: string; readonly hex: string; readonly typed: unknown }[]
  readonly refused: readonly { readonly name: string; readonly hex: string; readonly code: string }[]
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/cbor.json', import.meta.url), 'utf8')) as Vectors

describe('vectors/cbor.json', () => {
  test.each(vectors.values)('$name', ({ hex, typed }) => {
    const value = fromTypedJson(typed)
    expect(formatHex(encodeCanonical(value))).toBe(hex)
    const decoded = decodeCanonical(Buffer.from(hex, 'hex'))
    expect(compareExact(decoded, value)).toBe(0)
    // By way of text, as JSON.stringify writes -0 as 0 and the vectors have no other form of it.
    expect(JSON.parse(JSON.stringify(toTypedJson(decoded)))).toEqual(typed)
  })

  test.each(vectors.refused)('refused: $name', ({ hex, code }) => {
    expect(codeOf(() => decodeCanonical(Buffer.from(hex, 'hex')))).toBe(code)
  })
})

describe('encodeCanonical', () => {
  test('does not keep the order of fields', () => {
    expect(encodeCanonical({ b: 1, a: 2 })).toEqual(encodeCanonical({ a: 2, b: 1 }))
  })

  test('sorts many fields as it sorts a few', () => {
    const names = Array.from({ length: 60 }, (_, i) => `f${(i * 37) % 60}`)
    const object = Object.fromEntries(names.map((name) => [name, name]))
    const decoded = decodeCanonical(encodeCanonical(object)) as Readonly<Record<string, Value>>
    expect(decoded).toEqual(object)
    const sorted = [...names].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    expect(Object.keys(decoded)).toEqual(sorted)
  })

  test('leaves the given object as it is', () => {
    const object = Object.freeze({ b: Object.freeze([2, 1]), a: 1 })
    encodeCanonical(object)
    expect(Object.keys(object)).toEqual(['b', 'a'])
  })

  test('refuses lone surrogates in texts and field names, of any length', () => {
    for (const text of ['\ud800', 'a\udfff', `${'x'.repeat(500)}\ud800`]) {
      expect(codeOf(() => encodeCanonical(text))).toBe('VALUE_LONE_SURROGATE')
      expect(codeOf(() => encodeCanonical({ [text]: 1 }))).toBe('VALUE_LONE_SURROGATE')
    }
  })

  test('encodes again after an error', () => {
    expect(() => encodeCanonical(['x'.repeat(100), '\ud800'])).toThrow(DbError)
    expect(formatHex(encodeCanonical(1))).toBe('01')
  })

  test('depth is bounded', () => {
    expect(decodeCanonical(encodeCanonical(nested(limits.depthMax)))).toEqual(nested(limits.depthMax))
    expect(codeOf(() => encodeCanonical(nested(limits.depthMax + 1)))).toBe('VALUE_TOO_DEEP')
    expect(codeOf(() => encodeCanonical(nested(100_000)))).toBe('VALUE_TOO_DEEP')
  })

  test('an answer may be nested deeper, and has the same bytes', () => {
    const deepest = nested(limits.answerDepthMax)
    const bytes = encodeCanonicalAnswer(deepest)
    expect(decodeCanonicalAnswer(bytes)).toEqual(deepest)
    expect(codeOf(() => encodeCanonicalAnswer([deepest]))).toBe('VALUE_TOO_DEEP')
    expect(codeOf(() => decodeCanonicalAnswer(Uint8Array.of(0x81, ...bytes)))).toBe('CBOR_DEPTH')
    expect(codeOf(() => decodeCanonical(bytes))).toBe('CBOR_DEPTH')
    expect(encodeCanonicalAnswer(nested(limits.depthMax))).toEqual(encodeCanonical(nested(limits.depthMax)))
  })

  test('handles values larger than its first buffer, and their kinds of text', () => {
    for (const text of ['x'.repeat(70_000), 'ü'.repeat(70_000), `${'x'.repeat(64)}ü`, '😀'.repeat(16)]) {
      expect(decodeCanonical(encodeCanonical([text, text]))).toEqual([text, text])
    }
  })

  test('takes a number outside the value model for the float that it is', () => {
    expect(formatHex(encodeCanonical(-0))).toBe('f98000')
    expect(formatHex(encodeCanonical(2 ** 60))).toBe('fa5d800000')
  })
})

describe('decodeCanonical', () => {
  test('makes __proto__ a field and leaves prototypes alone', () => {
    const decoded = decodeCanonical(Buffer.from('a1695f5f70726f746f5f5fa161780a', 'hex')) as Record<
      string,
      Value
    >
    expect(Object.keys(decoded)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  test('gives bytes that do not share memory with the input', () => {
    const input = Buffer.from('42c0ff', 'hex')
    const bytes = decodeCanonical(input) as Uint8Array
    input.fill(0)
    expect([...bytes]).toEqual([0xc0, 0xff])
    expect(bytes.constructor).toBe(Uint8Array)
  })

  test('keeps a byte order mark', () => {
    for (const text of ['\ufeff', `\ufeff${'x'.repeat(100)}`]) {
      expect(decodeCanonical(encodeCanonical(text))).toBe(text)
    }
  })

  test('survives deep nesting', () => {
    for (const byte of [0x81, 0xa1, 0xc4, 0xd9]) {
      expect(codeOf(() => decodeCanonical(new Uint8Array(1_000_000).fill(byte)))).toMatch(/^CBOR_/)
    }
  })

  test('field names with the same hash in the key cache stay apart', () => {
    // The cache looks at first, middle and last character and the length; these differ elsewhere.
    const names = ['axbyc', 'azbyc', 'axbzc']
    for (const name of [...names, ...names]) {
      expect(decodeCanonical(encodeCanonical({ [name]: 1 }))).toEqual({ [name]: 1 })
    }
  })
})

describe('CborWriter and CborReader', () => {
  test('structures of one’s own come back in order', () => {
    const writer = new CborWriter(1)
    writer
      .array(9)
      .uint(500)
      .int(-(2n ** 63n))
      .bool(false)
      .null()
      .undefined()
      .float(0.5)
      .text('ü')
      .bytes(Uint8Array.of(1))
    writer.map(1).uint(1).raw(encodeCanonical('x'))
    const reader = new CborReader(writer.finish())
    expect(reader.array()).toBe(9)
    expect([reader.uint(), reader.int(), reader.bool()]).toEqual([500, -(2n ** 63n), false])
    expect([reader.accept(0xf7), reader.accept(0xf6), reader.accept(0xf7)]).toEqual([false, true, true])
    expect([reader.float(), reader.text(), [...reader.bytesView()]]).toEqual([0.5, 'ü', [1]])
    expect([reader.map(), reader.uint(), reader.text(), reader.atEnd]).toEqual([1, 1, 'x', true])
    reader.finish()
  })

  test('a head of another major type is refused', () => {
    expect(codeOf(() => new CborReader(Uint8Array.of(0x61, 0x61)).uint())).toBe('CBOR_UNEXPECTED')
    expect(codeOf(() => new CborReader(Uint8Array.of(1)).bool())).toBe('CBOR_UNEXPECTED')
    expect(codeOf(() => new CborReader(Uint8Array.of(1)).float())).toBe('CBOR_UNEXPECTED')
  })

  test('arguments of 2^53 and more are numbers for wideHead only', () => {
    const bytes = new CborWriter().int(2n ** 53n).finish()
    expect(new CborReader(bytes).wideHead(cborMajor.uint)).toBe(2n ** 53n)
    expect(codeOf(() => new CborReader(bytes).uint())).toBe('CBOR_UNSUPPORTED')
  })

  test('a writer gives up a buffer that one huge value has made', () => {
    const writer = new CborWriter()
    writer.text('x'.repeat(2_000_000))
    expect(writer.reset().uint(1).view().buffer.byteLength).toBeLessThan(100_000)
  })
})
