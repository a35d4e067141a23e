import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { sealsPerKeyMax } from './limits.ts'
import { PageCipher, sealBytes, tagOf } from './page-cipher.ts'

const dataKey = randomBytes(32)
const cipher = new PageCipher(dataKey)
const parts = [Buffer.from('one part, '), Buffer.from('and another')]
const plain = Buffer.concat(parts)

test('what is sealed is opened as what it is, by whoever has the key', () => {
  const sealed = cipher.seal('page', 2 ** 40 + 7, parts)
  expect(sealed).toHaveLength(plain.length + sealBytes)
  expect(cipher.open('page', 2 ** 40 + 7, sealed)).toEqual(plain)
  expect(new PageCipher(dataKey).open('page', 2 ** 40 + 7, sealed)).toEqual(plain)
  expect(sealed.includes('part')).toBe(false)
  expect(tagOf(sealed)).toEqual(sealed.subarray(-16))
})

test('it is not opened under another id, as another kind, or with another key', () => {
  const sealed = cipher.seal('page', 7, parts)
  expect(cipher.open('page', 8, sealed)).toBeUndefined()
  expect(cipher.open('page', 7 + 2 ** 32, sealed)).toBeUndefined()
  expect(cipher.open('overflow', 7, sealed)).toBeUndefined()
  expect(new PageCipher(randomBytes(32)).open('page', 7, sealed)).toBeUndefined()
})

test('no bit of it can be changed, nor can it be cut', () => {
  const sealed = cipher.seal('log', 1, parts)
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed)
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
    expect(cipher.open('log', 1, changed)).toBeUndefined()
  }
  for (let length = 0; length < sealed.length; length += 1) {
    expect(cipher.open('log', 1, sealed.subarray(0, length))).toBeUndefined()
  }
})

test('the same page is sealed differently each time', () => {
  const all = new Set(Array.from({ length: 2_000 }, () => cipher.seal('page', 1, parts).toString('latin1')))
  expect(all.size).toBe(2_000)
})

test('every opening of a store, and every so many pages, have a key of their own', () => {
  const saltOf = (sealed: Buffer) => sealed.subarray(1, 17).toString('hex')
  const first = new PageCipher(dataKey)
  const salt = saltOf(first.seal('page', 1, []))
  expect(saltOf(new PageCipher(dataKey).seal('page', 1, []))).not.toBe(salt)
  const counted = new PageCipher(dataKey, sealsPerKeyMax - 2)
  const [last, next] = [1, 2, 3].map((id) => counted.seal('page', id, parts)).slice(1)
  expect(saltOf(last as Buffer)).not.toBe(saltOf(next as Buffer))
  expect(counted.open('page', 2, last as Buffer)).toEqual(plain)
  expect(counted.open('page', 3, next as Buffer)).toEqual(plain)
})
