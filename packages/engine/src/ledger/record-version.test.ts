import { encodeCanonical } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { decodeCommit, encodeCommit, headOf } from './commit.ts'
import { formatHead, ledgerHashes } from './hash.ts'
import { commitmentOf, openVersion, type RecordVersion, sealVersion } from './record-version.ts'

const hash = ledgerHashes.blake2b
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
    const { payload, commitment } = sealVersion(hash, version, salt)
    const opened = openVersion(payload)
    expect(commitmentOf(hash, payload, opened.bytes)).toEqual(commitment)
    expect(opened).toEqual({ ...version, bytes: expect.anything(), validFrom: null, validTo: null })
    expect(Buffer.from(opened.bytes ?? [])).toEqual(Buffer.from(version.bytes ?? []))
  })

  test('the commitment depends on each part, and on the salt', () => {
    const { commitment } = sealVersion(hash, version, salt)
    const others: RecordVersion[] = [
      { ...version, tableId: 17 },
      { ...version, table: 'users' },
      { ...version, key: 1 },
      { ...version, validFrom: 1 },
      { ...version, validTo: 1 },
      { ...version, bytes: undefined },
      { ...version, bytes: encodeCanonical({ name: 'Bob' }) },
    ]
    for (const other of others) expect(sealVersion(hash, other, salt).commitment).not.toEqual(commitment)
    expect(sealVersion(hash, version, Buffer.alloc(16)).commitment).not.toEqual(commitment)
  })

  test.each([0, 1, 23, 24, 255, 256, 65_535, 65_536])(
    'the commitment over a record of %i bytes is that over its parts',
    (length) => {
      const bytes = new Uint8Array(length).fill(7)
      const { payload, commitment } = sealVersion(hash, { ...version, bytes }, salt)
      const versionId = hash.of(Buffer.concat([salt, bytes]))
      const fields = [16, 'user', 'alice', 1, null, null, versionId]
      expect(commitment).toEqual(hash.of(Buffer.concat([salt, encodeCanonical(fields)])))
      expect(commitmentOf(hash, payload, openVersion(payload).bytes)).toEqual(commitment)
    },
  )

  test('a deletion is committed to as well', () => {
    const { payload, commitment } = sealVersion(hash, { ...version, bytes: undefined }, salt)
    const fields = [16, 'user', 'alice', 0, null, null, null]
    expect(commitment).toEqual(hash.of(Buffer.concat([salt, encodeCanonical(fields)])))
    expect(openVersion(payload).bytes).toBeUndefined()
  })

  test('payload and commitment are what format 1 says', () => {
    const { payload, commitment } = sealVersion(hash, version, salt)
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
    const head = headOf(hash, encodeCommit(commit))
    const others = [
      { ...commit, seq: 2 },
      { ...commit, prevHead: Buffer.alloc(32, 9) },
      { ...commit, branch: 1 },
      { ...commit, timeMicros: 1 },
      { ...commit, metaCommitment: Buffer.alloc(32) },
      { ...commit, versionCommitments: [] },
    ]
    for (const other of others) expect(headOf(hash, encodeCommit(other))).not.toEqual(head)
  })

  test('the head is what format 1 says', () => {
    expect(formatHead(hash, headOf(hash, encodeCommit(commit)))).toBe(
      'b2:cda320fbef0b49e6d7be747fb2e145a904919d434568b81f2f8a4a24de453296',
    )
  })

  test('bytes of another shape are refused with a code', () => {
    const other = Buffer.concat([Buffer.alloc(32), encodeCanonical([1, 2])])
    expect(() => decodeCommit(other)).toThrow(expect.objectContaining({ code: 'LEDGER_CORRUPT' }))
  })
})
