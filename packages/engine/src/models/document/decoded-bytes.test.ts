import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Datetime, decodeCanonical, encodeCanonical, type Value, type ValueObject } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { decodedBytes } from './decoded-bytes.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const heldBytes = 12 * 1024 * 1024

const many = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at))
const nested = (levels: number): Value => (levels === 0 ? 1 : [nested(levels - 1)])
const named = (count: number, at: number, value: Value) =>
  Object.fromEntries(many(count, (field) => [`f${at}x${field}`, value]))

const records: Record<string, (at: number) => ValueObject> = {
  'six fields': (at) => ({
    name: `Person number ${at}`,
    email: `person${at}@example.org`,
    age: at,
    score: at / 7,
    section: `section-${at % 90}`,
    about: `one of many who live here, for ${at} years`,
  }),
  'a long text': (at) => ({ text: `${at}`.repeat(1_000).slice(0, 1_000) }),
  'nested arrays': (at) => ({ at, lists: many(50, () => nested(20)) }),
  'empty objects': (at) => ({ at, list: many(1_000, () => ({})) }),
  'empty arrays': (at) => ({ at, list: many(1_000, () => []) }),
  'short byte strings': (at) => ({ at, list: many(100, () => new Uint8Array(8)) }),
  'small objects': (at) => ({ at, list: many(250, () => ({ a: 1 })) }),
  'short texts': (at) => ({ at, list: many(333, () => 'ab') }),
  'small ints': (at) => ({ at, list: many(1_000, () => 1) }),
  floats: (at) => ({ at, list: many(100, (index) => index + 0.5) }),
  datetimes: (at) => ({ at, list: many(100, (index) => new Datetime(index, 0)) }),
  'many fields of their own': (at) => named(100, at, 1),
}

// What somebody else lets go of between the two measurements would count.
test.each(Object.entries(records))('%s', { retry: 3 }, (_, make) => {
  const encoded = encodeCanonical(make(0))
  const counted = decodedBytes(decodeCanonical(encoded) as ValueObject, encoded.length)
  const count = Math.ceil(heldBytes / counted)
  const stored = many(count, (at) => encodeCanonical(make(at)))
  for (let round = 0; round < 2; round += 1) collectGarbage()
  const before = process.memoryUsage()
  const held = stored.map((bytes) => decodeCanonical(bytes))
  collectGarbage()
  const after = process.memoryUsage()
  expect(held).toHaveLength(count)
  const real = (after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers) / count
  // What is around the value is counted, and not there.
  expect(real).toBeLessThan(1.5 * counted)
  expect(real).toBeGreaterThan((counted - 440) / 3)
})
