import { describe, expect, test } from 'vitest'
import { codeOf } from './testing/code-of.ts'
import { createUlidGenerator, isUlid, ulid, ulidTime } from './ulid.ts'

describe('ulid', () => {
  test('has 26 Crockford characters and the current time', () => {
    const before = Date.now()
    const id = ulid()
    expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    expect(ulidTime(id)).toBeGreaterThanOrEqual(before)
    expect(ulidTime(id)).toBeLessThanOrEqual(Date.now())
  })

  test('rises from id to id within a millisecond', () => {
    let last = ''
    for (let i = 0; i < 100_000; i += 1) {
      const id = ulid()
      expect(id > last).toBe(true)
      last = id
    }
  })

  test('two generators do not make the same ids', () => {
    const [a, b] = [createUlidGenerator(() => 5), createUlidGenerator(() => 5)]
    expect(a().slice(0, 10)).toBe(b().slice(0, 10))
    expect(a()).not.toBe(b())
  })
})

describe('createUlidGenerator', () => {
  test('rises when the clock goes back, and takes up the clock when that has caught up', () => {
    const times = [1000, 900, 1000, 1001]
    const next = createUlidGenerator(() => times.shift() ?? 0)
    const ids = [next(), next(), next(), next()]
    expect([...ids].sort()).toEqual(ids)
    expect(ids.map(ulidTime)).toEqual([1000, 1000, 1000, 1001])
  })

  test('counts over every carry of the random part', () => {
    // From the all-ones random part on, which a stubbed source gives, the time must move.
    const ones = (into: Uint8Array) => into.fill(255)
    // Uses up the block at hand, so that the next is fetched from the source that there is now.
    const useUp = () => {
      for (let millis = 2; millis < 2000; millis += 1) createUlidGenerator(() => millis)()
    }
    Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: ones, configurable: true })
    try {
      const drain = createUlidGenerator(() => 1)
      useUp()
      expect(drain()).toBe('0000000001ZZZZZZZZZZZZZZZZ')
      expect(drain().slice(0, 10)).toBe('0000000002')
    } finally {
      Reflect.deleteProperty(globalThis.crypto, 'getRandomValues')
      useUp()
    }
  })

  test('the first and the last millisecond of the format', () => {
    expect(createUlidGenerator(() => 0)().slice(0, 10)).toBe('0000000000')
    expect(createUlidGenerator(() => 2 ** 48 - 1)().slice(0, 10)).toBe('7ZZZZZZZZZ')
    expect(codeOf(createUlidGenerator(() => 2 ** 48))).toBe('VALUE_ULID_SYNTAX')
  })
})

test('isUlid and ulidTime refuse what is none', () => {
  const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
  expect(ulidTime(id)).toBe(1469922850259)
  for (const text of ['', id.slice(1), `${id}0`, id.toLowerCase(), `8${id.slice(1)}`, id.replace('A', 'U')]) {
    expect(isUlid(text), text).toBe(false)
    expect(codeOf(() => ulidTime(text))).toBe('VALUE_ULID_SYNTAX')
  }
})
