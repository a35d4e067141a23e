import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FingerprintSet } from './fingerprint-set.ts'

type Entries = ReadonlyMap<string, string>

const entries = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 })), {
  selector: ([key]) => key,
  maxLength: 40,
})

function fill(set: FingerprintSet, expected: Entries, actual: Entries): void {
  for (const [key, value] of expected) set.expect(Buffer.from(key), Buffer.from(value))
  for (const [key, value] of [...actual].reverse()) set.meet(Buffer.from(key), Buffer.from(value))
}

/** By comparing all with all. */
function naiveDifferences(expected: Entries, actual: Entries): string[] {
  const problems: string[] = []
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    const hex = Buffer.from(key).toString('hex')
    if (!actual.has(key)) problems.push(`${hex} missing`)
    else if (!expected.has(key)) problems.push(`${hex} unexpected`)
    else if (expected.get(key) !== actual.get(key)) problems.push(`${hex} different`)
  }
  return problems.sort()
}

test('names exactly the entries that differ, sorted by key, whatever the order they come in', () => {
  fc.assert(
    fc.property(entries, entries, fc.boolean(), (some, others, isAlike) => {
      const expected: Entries = new Map(some)
      const actual: Entries = new Map(isAlike ? [...some, ...others.slice(0, 2)] : others)
      const first = new FingerprintSet()
      fill(first, expected, actual)
      const problems = naiveDifferences(expected, actual)
      expect(first.isEqual).toBe(problems.length === 0)
      const second = first.collector()
      fill(second, expected, actual)
      const named = second.differences().map(({ key, problem }) => `${key.toString('hex')} ${problem}`)
      expect(named).toEqual(problems)
    }),
  )
})
