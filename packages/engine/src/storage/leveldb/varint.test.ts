import { expect, test } from 'vitest'
import { readVarint } from './varint.ts'

test.each([
  [[0x00], 0],
  [[0x7f], 127],
  [[0x80, 0x01], 128],
  [[0xff, 0xff, 0x7f], 2_097_151],
  [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 53 - 1],
])('%j is %i', (bytes, value) => {
  expect(readVarint(Uint8Array.of(0xff, ...bytes, 0xff), 1)).toEqual({ value, end: bytes.length + 1 })
})

test.each([
  ['nothing', []],
  ['without an end', [0x80]],
  ['longer than eight bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
  ['longer than it need be', [0x86, 0x00]],
  ['longer than zero need be', [0x80, 0x80, 0x00]],
])('what is %s is no number', (_, bytes) => {
  expect(readVarint(Uint8Array.from(bytes), 0).value).toBeNaN()
})
