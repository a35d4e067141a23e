import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameBytes, frameValue, unframeValue } from './value-frame.ts'

const bytes = fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ minLength: 90, maxLength: 200 }))

test('gives the value back, and the frame is as documented', () => {
  fc.assert(
    fc.property(bytes, bytes, (key, value) => {
      const frame = frameValue(key, value)
      expect(frame.subarray(0, value.length)).toEqual(Buffer.from(value))
      expect(frame.readUInt32LE(value.length)).toBe(crc32(value, crc32(key, key.length)))
      expect(unframeValue(key, frame)).toEqual(Buffer.from(value))
    }),
  )
})

test('short and long texts are summed alike at the sizes where the way changes', () => {
  for (const keyBytes of [0, 95, 96, 97]) {
    for (const valueBytes of [0, 95, 96, 97]) {
      const [key, value] = [Buffer.alloc(keyBytes, 'key'), Buffer.alloc(valueBytes, 'value')]
      expect(frameValue(key, value).readUInt32LE(valueBytes)).toBe(crc32(value, crc32(key, keyBytes)))
    }
  }
})

test('a flipped bit anywhere in the key or the frame is noticed', () => {
  for (const [key, value] of [
    ['k', ''],
    ['key', 'a value'],
    ['key', 'a longer value, '.repeat(12)],
  ] as const) {
    const sound = [Buffer.from(key), frameValue(Buffer.from(key), Buffer.from(value))] as const
    for (const part of [0, 1] as const) {
      for (let bit = 0; bit < sound[part].length * 8; bit += 1) {
        const [damagedKey, damagedFrame] = [Buffer.from(sound[0]), Buffer.from(sound[1])]
        const damaged = [damagedKey, damagedFrame][part] as Buffer
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
        expect(unframeValue(damagedKey, damagedFrame)).toBeUndefined()
      }
    }
  }
})

test('a byte that moved between key and value is noticed', () => {
  const frame = frameValue(Buffer.from('ab'), Buffer.from('cd'))
  expect(unframeValue(Buffer.from('abc'), frame.subarray(1))).toBeUndefined()
})

test('what is shorter than a checksum is no frame', () => {
  for (let length = 0; length < frameBytes; length += 1) {
    expect(unframeValue(Buffer.alloc(0), Buffer.alloc(length))).toBeUndefined()
  }
})
