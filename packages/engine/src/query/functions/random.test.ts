import { Datetime, Duration, isUlid, Uuid, ulidTime, type Value } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import type { FunctionContext } from './function-definition.ts'
import { functionLimits } from './limits.ts'
import { randomBigInt } from './random-ids.ts'
import { functions, requireFunction } from './registry.ts'
import { createTestContext } from './testing/function-cases.ts'

const rounds = 200

/** Many results of one call, from one source of chance. */
function draw(name: string, ...args: readonly Value[]): Value[] {
  const context = createTestContext()
  return Array.from({ length: rounds }, () => requireFunction(name).call(args, context) as Value)
}

function contextAt(random: number): FunctionContext {
  return { ...createTestContext(), random: () => random }
}

describe('rand', () => {
  test('floats lie between 0 and 1, or between the two numbers', () => {
    for (const n of draw('rand')) expect(n as number).toBeGreaterThanOrEqual(0)
    for (const n of draw('rand')) expect(n as number).toBeLessThan(1)
    for (const n of draw('rand::float', 15, 10)) {
      expect(n as number).toBeGreaterThanOrEqual(10)
      expect(n as number).toBeLessThan(15)
    }
  })

  test('ints reach both ends and no further', () => {
    expect(new Set(draw('rand::int', 10, 13))).toEqual(new Set([10, 11, 12, 13]))
    expect(new Set(draw('rand::int', 13, 10))).toEqual(new Set([10, 11, 12, 13]))
    expect(requireFunction('rand::int').call([1, 6], contextAt(0))).toBe(1)
    expect(requireFunction('rand::int').call([1, 6], contextAt(1 - 2 ** -53))).toBe(6)
    for (const n of draw('rand::int')) {
      expect(BigInt(n as number) >= -(2n ** 63n) && BigInt(n as number) < 2n ** 63n).toBe(true)
    }
  })

  test('large bounds are drawn evenly', () => {
    const context = createTestContext()
    const bound = 3n * 2n ** 62n
    let upper = 0
    for (let i = 0; i < 1_000; i += 1) {
      const n = randomBigInt(bound, context.random)
      expect(n >= 0n && n < bound).toBe(true)
      if (n >= bound / 2n) upper += 1
    }
    expect(upper).toBeGreaterThan(400)
    expect(upper).toBeLessThan(600)
  })

  test('both truths and every choice come up', () => {
    expect(new Set(draw('rand::bool'))).toEqual(new Set([true, false]))
    expect(new Set(draw('rand::enum', 'a', 'b', 'c'))).toEqual(new Set(['a', 'b', 'c']))
    expect(new Set(draw('rand::enum', ['a', 'b']))).toEqual(new Set(['a', 'b']))
  })

  test('texts have the length asked for', () => {
    for (const text of draw('rand::string')) expect(text).toMatch(/^[A-Za-z0-9]{32}$/)
    for (const text of draw('rand::string', 15)) expect(text).toMatch(/^[A-Za-z0-9]{15}$/)
    expect(new Set(draw('rand::string', 2, 4).map((text) => (text as string).length))).toEqual(
      new Set([2, 3, 4]),
    )
    for (const text of draw('rand::id')) expect(text).toMatch(/^[a-z0-9]{20}$/)
    for (const text of draw('rand::guid', 5)) expect(text).toMatch(/^[a-z0-9]{5}$/)
    const longest = requireFunction('rand::string').call(
      [functionLimits.randomTextCharsMax],
      createTestContext(),
    )
    expect((longest as string).length).toBe(functionLimits.randomTextCharsMax)
  })

  test('datetimes and durations lie between the two', () => {
    const from = Datetime.parse('2020-01-01')
    const to = Datetime.parse('2020-01-02')
    for (const at of draw('rand::time', to, from) as Datetime[]) {
      expect(at.compare(from)).toBeGreaterThanOrEqual(0)
      expect(at.compare(to)).toBeLessThanOrEqual(0)
    }
    for (const at of draw('rand::time') as Datetime[]) expect(at.parts().year).toBeGreaterThanOrEqual(0)
    for (const length of draw('rand::duration', Duration.parse('20s'), Duration.parse('10s')) as Duration[]) {
      expect(length.seconds).toBeGreaterThanOrEqual(10)
      expect(length.compare(Duration.parse('20s'))).toBeLessThanOrEqual(0)
    }
    expect(draw('rand::duration').every((length) => length instanceof Duration)).toBe(true)
  })

  test('ULIDs and UUIDs of version 7 carry the time, version 4 does not', () => {
    const at = Datetime.parse('2021-09-07T04:27:53Z')
    for (const id of draw('rand::ulid', at) as string[]) {
      expect(isUlid(id)).toBe(true)
      expect(ulidTime(id)).toBe(at.seconds * 1000)
    }
    const now = createTestContext().now()
    expect(ulidTime(draw('rand::ulid')[0] as string)).toBe(now.seconds * 1000 + 123)
    for (const name of ['rand::uuid', 'rand::uuid::v7']) {
      for (const id of draw(name, at) as Uuid[]) {
        expect(id.version).toBe(7)
        expect(Number.parseInt(id.text.replace('-', '').slice(0, 12), 16)).toBe(at.seconds * 1000)
        expect(id.text.charAt(19)).toMatch(/[89ab]/)
      }
    }
    for (const id of draw('rand::uuid::v4') as Uuid[]) {
      expect(id.version).toBe(4)
      expect(Uuid.parse(id.text).equals(id)).toBe(true)
    }
    expect(new Set(draw('rand::uuid::v4').map(String)).size).toBe(rounds)
  })

  test('shuffling keeps the elements and can give every order', () => {
    const orders = new Set(draw('array::shuffle', [1, 2, 3]).map((order) => (order as Value[]).join('')))
    expect([...orders].sort()).toEqual(['123', '132', '213', '231', '312', '321'])
  })
})

test('a function is impure exactly when its result depends on more than its arguments', () => {
  const impure = functions.filter((f) => !f.isPure).map((f) => f.name)
  const clock = [
    'now',
    'year',
    'month',
    'day',
    'hour',
    'minute',
    'second',
    'wday',
    'yday',
    'week',
    'unix',
    'millis',
    'micros',
    'nano',
    'is_leap_year',
  ]
  const chance = functions.filter((f) => f.name === 'rand' || f.name.startsWith('rand::')).map((f) => f.name)
  const salted = ['argon2', 'scrypt', 'pbkdf2'].map((scheme) => `crypto::${scheme}::generate`)
  expect(impure.sort()).toEqual(
    [...clock.map((name) => `time::${name}`), ...chance, ...salted, 'array::shuffle'].sort(),
  )
})
