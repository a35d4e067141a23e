import { expect, test } from 'vitest'
import type { LogItem } from '../replay/log-item.ts'
import { ItemPacker, unpackItems } from './item-codec.ts'

function packed(items: readonly LogItem[]): Buffer {
  const packer = new ItemPacker(8)
  for (const item of items) packer.add(item)
  expect(packer.bytes).toBe(packer.content().length)
  return packer.content()
}

const items: readonly LogItem[] = [
  { type: 'commit', stored: Buffer.from('a commit') },
  { type: 'meta', payload: Buffer.alloc(0) },
  { type: 'meta', payload: undefined, mark: Buffer.from([3]) },
  { type: 'version', payload: Buffer.alloc(300, 7) },
  { type: 'version', payload: undefined, mark: Buffer.from([1, 9]) },
]

test('items of every kind come back, erased ones as such', () => {
  expect(unpackItems(packed(items))).toEqual(items)
  expect(unpackItems(packed([]))).toEqual([])
})

test('the bytes are what format 1 says', () => {
  expect(packed(items.slice(0, 3)).toString('hex')).toBe(
    `0108${Buffer.from('a commit').toString('hex')}0200040103`,
  )
  expect(packed(items.slice(3)).toString('hex')).toBe(`03f2012c${'07'.repeat(300)}05020109`)
})

test('a packer that begins anew holds only what comes then', () => {
  const packer = new ItemPacker(8)
  for (const item of items) packer.add(item)
  packer.reset()
  expect(packer.bytes).toBe(0)
  for (const item of items.slice(1)) packer.add(item)
  expect(unpackItems(packer.content())).toEqual(items.slice(1))
})

test('content that is cut or made up is refused wherever that is', () => {
  const content = packed(items)
  const ends = new Set([0])
  for (let count = 1; count <= items.length; count += 1) ends.add(packed(items.slice(0, count)).length)
  for (let end = 0; end < content.length; end += 1) {
    expect(unpackItems(content.subarray(0, end)) !== undefined, `${end}`).toBe(ends.has(end))
  }
  for (const code of [0, 6, 255]) expect(unpackItems(Buffer.from([code, 1, 0]))).toBeUndefined()
  expect(unpackItems(Buffer.from([1, 0xf7, 255, 255, 255, 255, 255, 255, 255]))).toBeUndefined()
})
