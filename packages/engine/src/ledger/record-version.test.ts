import { encodeCanonical } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { decodeCommit, encodeCommit, headOf } from './commit.ts'
import { formatHead } from './hash.ts'
import { commitmentOf, openVersion, type RecordVersion, sealVersion } from './record-version.ts'

/** Fixed for ever: stored histories depend on them. */
const salt = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const version: RecordVersion = {
  tableId: 16,
  table: 'user',
  key: 'alice',
  validFrom: undefined,
  validTo: undefined,
  bytes: encodeCanonical({ name: 'Alice' }),
}

describe('record versions', () => {
  test('a version comes back from its payload, and its commitment with it', () => {
    const { payload, commitment } = sealVersion(version, salt)
    const opened = openVersion(payload)
    expect(Buffer.from(opened.salt)).toEqual(salt)
    expect(commitmentOf(opened.version, opened.salt)).toEqual(commitment)
    expect(Buffer.from(opened.version.bytes ?? [])).toEqual(Buffer.from(version.bytes ?? []))
  })

  test('the commitment depends on each part, and on the salt', () => {
    const { commitment } = sealVersion(version, salt)
    const others: RecordVersion[] = [
      { ...version, tableId: 17 },
      { ...version, table: 'users' },
      { ...version, key: 1 },
      { ...version, validFrom: 1 },
      { ...version, validTo: 1 },
      { ...version, bytes: undefined },
      { ...version, bytes: encodeCanonical({ name: 'Bob' }) },
    ]
    for (const other of others) expect(commitmentOf(other, salt)).not.toEqual(commitment)
    expect(commitmentOf(version, Buffer.alloc(16))).not.toEqual(commitment)
  })

  test('payload and commitment are what format 1 says', () => {
    const { payload, commitment } = sealVersion(version, salt)
    expect(payload.toString('hex')).toBe(
      '000102030405060708090a0b0c0d0e0f8710647573657265616c69636501f6f64ca1646e616d6565416c696365',
    )
    expect(commitment.toString('hex')).toBe(
      '32047927cecb1fe2ced85a3677e05008066f4f8a6f569164af0dee460f3caefe',
    )
  })
})

describe('commits', () => {
  const commit = {
    seq: 1,
    prevHead: Buffer.alloc(32, 1),
    branch: 0,
    timeMicros: 1_700_000_000_000_000,
    metaCommitment: undefined,
    versionCommitments: [Buffer.alloc(32, 2), Buffer.alloc(32, 3)],
  }

  test('a commit comes back from its stored form', () => {
    const stored = encodeCommit(commit)
    expect(decodeCommit(stored)).toMatchObject({ seq: 1, branch: 0, timeMicros: commit.timeMicros })
    expect(encodeCommit(decodeCommit(stored))).toEqual(stored)
  })

  test('the head covers everything', () => {
    const head = headOf(encodeCommit(commit))
    const others = [
      { ...commit, seq: 2 },
      { ...commit, prevHead: Buffer.alloc(32, 9) },
      { ...commit, branch: 1 },
      { ...commit, timeMicros: 1 },
      { ...commit, metaCommitment: Buffer.alloc(32) },
      { ...commit, versionCommitments: [] },
    ]
    for (const other of others) expect(headOf(encodeCommit(other))).not.toEqual(head)
  })

  test('the head is what format 1 says', () => {
    expect(formatHead(headOf(encodeCommit(commit)))).toBe(
      'b2:cda320fbef0b49e6d7be747fb2e145a904919d434568b81f2f8a4a24de453296',
    )
  })

  test('bytes of another shape are refused with a code', () => {
    const other = Buffer.concat([Buffer.alloc(32), encodeCanonical([1, 2])])
    expect(() => decodeCommit(other)).toThrow(expect.objectContaining({ code: 'LEDGER_CORRUPT' }))
  })
})
