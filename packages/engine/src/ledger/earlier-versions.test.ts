/** The list of earlier versions in a current record, at its bound and one past it. */

import { expect, test } from 'vitest'
import { decodeCurrentRecord, earlierVersionsIn, encodeCurrentRecord } from './current-record.ts'
import { earlierVersions, listedVersion, noEarlierVersions } from './earlier-versions.ts'
import { earlierVersionsMax } from './limits.ts'

/** Versions with gaps and places of one byte and of many. */
const places = Array.from({ length: earlierVersionsMax + 2 }, (_, at) => ({
  seq: 7 + 300 * at ** 3,
  n: 240 * at,
}))

/** The list of the last of them. */
function listOf(versions: typeof places): string {
  let earlier = noEarlierVersions
  for (const [at, { seq }] of versions.entries()) {
    const { seq: prevSeq, n: prevN } = versions[at - 1] ?? { seq: 0, n: 0 }
    earlier = earlierVersions(seq, { prevSeq, prevN }, earlier)
  }
  return earlier
}

test.each([...places.keys()])('of %i versions before it a record lists the newest ones', (count) => {
  const versions = places.slice(0, count + 1)
  const { seq } = versions.at(-1) ?? { seq: 0 }
  const earlier = listOf(versions)
  const listed = versions.slice(Math.max(0, count - earlierVersionsMax), count)
  for (const [at, place] of listed.entries()) {
    const next = listed[at + 1]?.seq ?? seq
    expect([place.seq, next - 1].map((asOf) => listedVersion(earlier, seq, asOf))).toEqual([place, place])
  }
  const oldest = listed[0] ?? { seq, n: 0 }
  expect(listedVersion(earlier, seq, oldest.seq - 1)).toEqual(oldest)
})

test('a record that was absent before lists nothing, whatever was before that', () => {
  expect(earlierVersions(9, { prevSeq: 0, prevN: 0 }, listOf(places))).toBe(noEarlierVersions)
})

test('the longest list fits, and what lists nothing has no byte for it', () => {
  const record = { seq: 2 ** 52, n: 3, periodBefore: 5, validFrom: '2026-01-31', validTo: undefined }
  const bytes = Buffer.from('fields')
  let longest = noEarlierVersions
  for (let at = 0; at <= earlierVersionsMax; at += 1)
    longest = earlierVersions(2 ** 53 - 1, { prevSeq: 1, prevN: 2 ** 52 }, longest)
  expect(longest.length).toBe(16 * earlierVersionsMax)
  const stored = encodeCurrentRecord({ ...record, bytes }, longest)
  expect(earlierVersionsIn(stored)).toBe(longest)
  expect(decodeCurrentRecord(stored)).toEqual({ ...record, bytes })
  const bare = encodeCurrentRecord({ ...record, bytes })
  expect(stored.length).toBe(bare.length + 1 + longest.length)
  expect(earlierVersionsIn(bare)).toBe(noEarlierVersions)
})
