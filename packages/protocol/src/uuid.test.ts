import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomBytes } from './random-bytes.ts'
import { codeOf } from './testing/code-of.ts'
import { Uuid } from './uuid.ts'

describe('Uuid', () => {
  test('parses any case and prints lower case', () => {
    const uuid = Uuid.parse('01234567-89AB-7DEF-8123-456789abcdef')
    expect(String(uuid)).toBe('01234567-89ab-7def-8123-456789abcdef')
    expect(uuid.version).toBe(7)
  })

  test.each([
    '',
    '0123456789ab7def8123456789abcdef',
    '{01234567-89ab-7def-8123-456789abcdef}',
    '01234567-89ab-7def-8123-456789abcdeg',
    '01234567-89ab-7def-8123-456789abcdef0',
    '0123456-789ab-7def-8123-456789abcdef',
  ])('refuses "%s"', (text) => {
    expect(codeOf(() => Uuid.parse(text))).toBe('VALUE_UUID_SYNTAX')
  })

  test('bytes come back, and order is that of the bytes', () => {
    const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 })
    fc.assert(
      fc.property(sixteen, sixteen, (a, b) => {
        expect(Uuid.fromBytes(a).toBytes()).toEqual(a)
        expect(Uuid.parse(Uuid.fromBytes(a).text).toBytes()).toEqual(a)
        expect(Uuid.fromBytes(a).compare(Uuid.fromBytes(b))).toBe(Buffer.compare(a, b))
      }),
    )
    expect(codeOf(() => Uuid.fromBytes(new Uint8Array(15)))).toBe('VALUE_UUID_SYNTAX')
  })

  test('v4 and v7 carry version and variant and do not repeat', () => {
    const made = new Set<string>()
    for (let i = 0; i < 2000; i += 1) {
      const [v4, v7] = [Uuid.v4(), Uuid.v7()]
      expect([v4.version, v7.version]).toEqual([4, 7])
      expect('89ab').toContain(v4.text.charAt(19))
      expect('89ab').toContain(v7.text.charAt(19))
      made.add(v4.text).add(v7.text)
    }
    expect(made.size).toBe(4000)
  })

  test('v7 begins with the time', () => {
    const millis = 0x0123_4567_89ab
    expect(Uuid.v7(millis).text.slice(0, 13)).toBe('01234567-89ab')
    expect(Uuid.v7(millis).compare(Uuid.v7(millis + 1))).toBeLessThan(0)
  })
})

test('random bytes are handed out once', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 3000; i += 1) seen.add(String(randomBytes(10)))
  expect(seen.size).toBe(3000)
})
