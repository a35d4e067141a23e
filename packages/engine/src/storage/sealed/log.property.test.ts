import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KvOperation } from '../kv-store.ts'
import { decodeOperations, encodeOperations, openRecord, sealRecords } from './log.ts'
import { PageCipher, tagBytes, tagOf } from './page-cipher.ts'

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const operation: fc.Arbitrary<KvOperation> = fc.oneof(
  fc.record({ type: fc.constant('put' as const), key: bytes, value: bytes }),
  fc.record({ type: fc.constant('delete' as const), key: bytes }),
)

test('a batch comes back from its records, however it was cut, each following the one before', () => {
  const cipher = new PageCipher(randomBytes(32))
  fc.assert(
    fc.property(
      fc.array(operation, { maxLength: 20 }),
      fc.integer({ min: 1, max: 900 }),
      (batch, partBytes) => {
        const start = { number: 41, tag: Buffer.alloc(tagBytes, 7) }
        const { records, end } = sealRecords(cipher, start, 5, encodeOperations(batch), partBytes)
        const parts: Buffer[] = []
        let tag: Buffer = start.tag
        for (const [at, { number, sealed }] of records.entries()) {
          const record = openRecord(cipher, number, sealed)
          expect(record).toMatchObject({
            previousTag: tag,
            rootVersion: 5,
            isLast: at === records.length - 1,
          })
          expect(number).toBe(42 + at)
          parts.push(record?.part ?? Buffer.alloc(0))
          tag = tagOf(sealed)
        }
        expect(end).toEqual({ number: 41 + records.length, tag })
        const found = decodeOperations(Buffer.concat(parts))
        expect(JSON.stringify(found)).toEqual(JSON.stringify(batch))
      },
    ),
  )
})

test('a batch of nothing is one record', () => {
  const cipher = new PageCipher(randomBytes(32))
  const { records } = sealRecords(cipher, { number: 0, tag: Buffer.alloc(tagBytes) }, 1, Buffer.alloc(0), 10)
  expect(records).toHaveLength(1)
})
