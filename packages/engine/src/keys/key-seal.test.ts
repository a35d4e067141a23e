import { expect, test } from 'vitest'
import { KeySeal } from './key-seal.ts'

const key = '11'.repeat(32)
const secret = Buffer.from('a secret of some length')

test('opens what it sealed, and never seals the same twice', () => {
  const seal = new KeySeal(key)
  const sealed = seal.seal(secret, 'test')
  expect(new KeySeal(key).open(sealed, 'test')).toEqual(secret)
  expect(seal.seal(secret, 'test')).not.toEqual(sealed)
  expect(sealed.includes(secret)).toBe(false)
})

test('opens nothing under another key or for another purpose', () => {
  const sealed = new KeySeal(key).seal(secret, 'test')
  expect(new KeySeal('22'.repeat(32)).open(sealed, 'test')).toBeUndefined()
  expect(new KeySeal(key).open(sealed, 'other')).toBeUndefined()
})

test('opens nothing of which a byte was changed or cut off', () => {
  const seal = new KeySeal(key)
  const sealed = seal.seal(secret, 'test')
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(seal.open(changed, 'test')).toBeUndefined()
  }
  for (let length = 0; length < sealed.length; length += 1) {
    expect(seal.open(sealed.subarray(0, length), 'test')).toBeUndefined()
  }
})
