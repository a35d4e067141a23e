import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareBytes, type EntryType, SortedPage, SortedPageBuilder } from './sorted-page.ts'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
const entry = fc.record({ key: bytes(200), type: fc.constantFrom<EntryType>(0, 1, 2), value: bytes(300) })
const entries = fc
  .uniqueArray(entry, { minLength: 1, maxLength: 60, selector: ({ key }) => key.toString('hex') })
  .map((all) => all.sort((a, b) => Buffer.compare(a.key, b.key)))

test('a page gives back its entries, and finds the first one not below any key', () => {
  fc.assert(
    fc.property(entries, bytes(200), (all, sought) => {
      const builder = new SortedPageBuilder()
      for (const { key, type, value } of all) builder.add(key, type, value)
      expect([builder.count, builder.firstKey(), builder.lastKey()]).toEqual([
        all.length,
        all[0]?.key,
        all.at(-1)?.key,
      ])
      const { pageBytes } = builder
      const page = new SortedPage(builder.finish())
      expect([page.bytes.length, builder.count]).toEqual([pageBytes, 0])
      for (const [at, { key, type, value }] of all.entries()) {
        page.load(at)
        expect([page.key(), page.type, page.value()]).toEqual([key, type, value])
        expect(page.lowerBound(key)).toBe(at)
        expect(page.isKey(key)).toBe(true)
      }
      const from = page.lowerBound(sought)
      expect(from).toBe(all.filter(({ key }) => Buffer.compare(key, sought) < 0).length)
      expect(from < page.count && page.isKey(sought)).toBe(all.some(({ key }) => key.equals(sought)))
    }),
  )
})

test('keys and values of the longest sizes', () => {
  const builder = new SortedPageBuilder()
  const [key, value] = [Buffer.alloc(4 * 1024, 'k'), Buffer.alloc(4 * 1024, 'v')]
  builder.add(Buffer.alloc(0), 0, Buffer.alloc(0))
  builder.add(key, 0, value)
  const page = new SortedPage(builder.finish())
  page.load(1)
  expect(page.key().equals(key) && page.value().equals(value)).toBe(true)
  page.load(0)
  expect([page.key().length, page.value().length]).toEqual([0, 0])
})

test('bytes are compared as Buffer.compare does, inside larger arrays', () => {
  fc.assert(
    fc.property(bytes(12), bytes(12), fc.nat(5), (a, b, offset) => {
      const [left, right] = [a, b].map((part) => Buffer.concat([Buffer.alloc(offset, 0xff), part, part]))
      const order = compareBytes(
        left as Buffer,
        offset,
        offset + a.length,
        right as Buffer,
        offset,
        offset + b.length,
      )
      expect(Math.sign(order)).toBe(Buffer.compare(a, b))
    }),
  )
})
