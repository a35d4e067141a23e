import { expect, test } from 'vitest'
import { formatHead, hashBytes, ledgerHashes } from './hash.ts'

/** RFC 7693 appendix A and FIPS 180-4's example: the hash of "abc", of which the first half counts. */
test.each([
  ['blake2b', 'b2:ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1'],
  ['sha512', 's2:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a'],
] as const)('%s of "abc" is the first half of the published one, and says which it is', (name, head) => {
  const hash = ledgerHashes[name]
  expect(hash.name).toBe(name)
  expect(hash.of(Buffer.from('abc'))).toHaveLength(hashBytes)
  expect(formatHead(hash, hash.of(Buffer.from('abc')))).toBe(head)
})
