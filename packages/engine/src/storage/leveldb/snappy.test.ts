import { expect, test } from 'vitest'
import { uncompressSnappy } from './snappy.ts'

function uncompress(hex: string, bytesMax = 100_000): string | undefined {
  return uncompressSnappy(Buffer.from(hex.replaceAll(' ', ''), 'hex'), bytesMax)?.toString('latin1')
}

test('reads literals of every size of length', () => {
  expect(uncompress('00')).toBe('')
  expect(uncompress('03 08 616263')).toBe('abc')
  const long = (bytes: number, head: string) => uncompress(head + '78'.repeat(bytes))
  expect(long(60, '3c ec')).toBe('x'.repeat(60))
  expect(long(61, '3d f0 3c')).toBe('x'.repeat(61))
  expect(long(256, '8002 f0 ff')).toBe('x'.repeat(256))
  expect(long(257, '8102 f4 0001')).toBe('x'.repeat(257))
  expect(long(65_537, '818004 f8 000001')).toBe('x'.repeat(65_537))
})

test('reads copies with offsets of one, two and four bytes', () => {
  expect(uncompress('08 0c 61626364 01 04')).toBe('abcdabcd')
  expect(uncompress('08 0c 61626364 0e 0400')).toBe('abcdabcd')
  expect(uncompress('08 0c 61626364 0f 04000000')).toBe('abcdabcd')
})

test('a copy may reach into itself', () => {
  expect(uncompress('0a 00 61 22 0100')).toBe('aaaaaaaaaa')
  expect(uncompress('09 04 6162 1a 0200')).toBe('ababababa')
})

test('an offset of eleven bits has its upper three in the tag', () => {
  const literal = `f4 2b01 ${'61'.repeat(299)}62`
  expect(uncompress(`b002 ${literal} 21 2c`)).toBe(`${'a'.repeat(299)}b${'aaaa'}`)
})

test.each([
  ['nothing at all', ''],
  ['a length without an end', '80'],
  ['less than the length says', '04 08 616263'],
  ['more than the length says', '02 08 616263'],
  ['a literal that is cut', '03 08 6162'],
  ['a length of a literal that is cut', '3d f0'],
  ['a copy from before the beginning', '08 0c 61626364 01 05'],
  ['a copy from nowhere', '08 0c 61626364 01 00'],
  ['a copy that is cut', '08 0c 61626364 0e 04'],
  ['a copy beyond the length', '07 0c 61626364 01 04'],
])('refuses %s', (_, hex) => {
  expect(uncompress(hex)).toBeUndefined()
})

test('refuses a length past the bound, before it takes the memory', () => {
  expect(uncompress('03 08 616263', 3)).toBe('abc')
  expect(uncompress('03 08 616263', 2)).toBeUndefined()
})
