import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { formatHead, hashBytes, ledgerHashes } from './hash.ts'

/** RFC 7693 appendix A and FIPS 180-4's example: the hash of "abc", of which the first half counts. */
test.each([
  ['blake2b', 'b2:ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1'],
  ['sha512', 's2:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a'],
] as const)('%s of "abc" is the first half of the published one, and says which it is', (name, head) => {
  const ledgerHash = ledgerHashes[name]
  expect(ledgerHash.name).toBe(name)
  expect(ledgerHash.of(Buffer.from('abc'))).toHaveLength(hashBytes)
  expect(formatHead(ledgerHash, ledgerHash.of(Buffer.from('abc')))).toBe(head)
})

test.each([
  ['blake2b', 'blake2b512'],
  ['sha512', 'sha512'],
] as const)(
  '%s is the one of OpenSSL for inputs of every length, in one piece and in two',
  (name, openssl) => {
    const { of } = ledgerHashes[name]
    for (let length = 0; length <= 1_100; length += length < 270 ? 1 : 83) {
      const bytes = Buffer.alloc(length, length)
      const rest = Buffer.alloc(length % 140, 1)
      const expected = (input: Uint8Array) => hash(openssl, input, 'buffer').subarray(0, hashBytes)
      expect(of(bytes)).toEqual(expected(bytes))
      expect(of(bytes, rest)).toEqual(expected(Buffer.concat([bytes, rest])))
    }
  },
)

test('a hash is not changed by the next one', () => {
  const { of } = ledgerHashes.blake2b
  const first = of(Buffer.from('first'))
  const text = first.toString('hex')
  of(Buffer.from('second'))
  expect(first.toString('hex')).toBe(text)
})
