import { expect, test } from 'vitest'
import { causesPerCommitMax, evidenceBytesMax, metaTextMax } from './limits.ts'
import { saltBytes } from './salt-source.ts'
import { checkWriteMeta, decodeMetaPayload, encodeMetaPayload, type WriteMeta } from './write-meta.ts'

const salt = () => Buffer.alloc(saltBytes, 7)

test('what is set comes back; what is not is not stored', () => {
  const meta: WriteMeta = {
    actor: 'user:1',
    causedBy: [1, 2],
    evidence: { page: 3 },
    confidence: 0.5,
    idempotencyKey: 'k',
    client: 'c',
    nonce: 9,
  }
  expect(decodeMetaPayload(encodeMetaPayload(meta, salt) as Buffer)).toEqual(meta)
  expect(encodeMetaPayload({}, salt)).toBeUndefined()
  expect(encodeMetaPayload(undefined, salt)).toBeUndefined()
})

const atTheBound: WriteMeta = {
  actor: 'x'.repeat(metaTextMax),
  causedBy: Array.from({ length: causesPerCommitMax }, (_, at) => at + 1),
  evidence: 'x'.repeat(evidenceBytesMax - 5),
  confidence: 1,
}

test('everything is accepted at its bound', () => {
  expect(() => checkWriteMeta(atTheBound)).not.toThrow()
})

test.each<[string, WriteMeta]>([
  ['actor', { actor: 'x'.repeat(metaTextMax + 1) }],
  ['client', { client: '' }],
  ['causedBy', { causedBy: Array.from({ length: causesPerCommitMax + 1 }, () => 1) }],
  ['causedBy', { causedBy: [0] }],
  ['causedBy', { causedBy: [1.5] }],
  ['evidence', { evidence: 'x'.repeat(evidenceBytesMax) }],
  ['confidence', { confidence: 1.01 }],
  ['confidence', { confidence: Number.NaN }],
  ['nonce', { nonce: -1 }],
])('%s is refused past its bound', (field, meta) => {
  expect(() => checkWriteMeta(meta)).toThrow(
    expect.objectContaining({ code: 'LEDGER_META_INVALID', details: expect.objectContaining({ field }) }),
  )
})
