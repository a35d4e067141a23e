import { expect, test } from 'vitest'
import { copyStart } from './byte-block.ts'

test('copies of every length keep what they were made of', () => {
  const source = new Uint8Array(1_100)
  const copies = Array.from({ length: 3_000 }, (_, n) => {
    const length = n % (source.length + 1)
    source.fill(n % 251, 0, length)
    return { length, byte: n % 251, copy: copyStart(source, length) }
  })
  source.fill(255)
  for (const { length, byte, copy } of copies) {
    expect(copy.length).toBe(length)
    expect(copy.every((each) => each === byte)).toBe(true)
  }
})
