/**
 * Proofs with what must be said of each, for every implementation: vectors/proofs.json holds exactly these.
 */

import { encodeBase64 } from '../../base64.ts'
import { hashNames } from '../hash-name.ts'
import type { ProofFile } from '../proof-file.ts'
import { changed, NaiveLedger } from './naive-ledger.ts'

interface ProofVector {
  readonly name: string
  readonly file: ProofFile
  readonly key: string
  /** Some fields of the answer; record ids and times as text. */
  readonly says?: Readonly<Record<string, unknown>>
  readonly code?: string
}

export function proofVectors(): readonly ProofVector[] {
  return hashNames.flatMap((hash) => {
    const ledger = new NaiveLedger(hash)
    for (let at = 1; at <= 21; at += 1) {
      ledger.append([
        { table: 'user', key: `u${at}`, fields: { name: `User ${at}`, age: at } },
        { table: 'user', key: 'last', fields: at % 2 === 0 ? undefined : { at } },
      ])
    }
    const other = new NaiveLedger(hash, '00000000-0000-4000-8000-000000000000')
    other.append([{ table: 'user', key: 'u1', fields: { name: 'User 1' } }])
    const { key } = ledger
    const [commit, record, growth] = [ledger.commitProof(9), ledger.recordProof(17), ledger.growthProof(6)]
    const flipped = record.payload.map((byte, at) => (at === 20 ? byte ^ 1 : byte))
    const vector = (name: string, file: ProofFile, rest: Pick<ProofVector, 'says' | 'code'>): ProofVector => {
      return { name: `${hash}: ${name}`, file, key, ...rest }
    }
    return [
      vector('a commit with its metadata', changed(commit), {
        says: { type: 'commit', seq: 9, versions: 2, meta: { actor: 'test' } },
      }),
      vector('a commit without its metadata', changed(commit, { meta: undefined }), { says: { seq: 9 } }),
      vector('the only commit of a tree', changed(ledger.commitProof(1, 1)), { says: { seq: 1 } }),
      vector('a record', changed(record), {
        says: { type: 'record', seq: 17, record: { id: 'user:u17', fields: { name: 'User 17', age: 17 } } },
      }),
      vector('a record that was deleted', changed(ledger.recordProof(18, 1)), {
        says: { seq: 18, record: { id: 'user:last' } },
      }),
      vector('a tree that grew', changed(growth), { says: { type: 'consistency', fromSize: 6 } }),
      vector('a tree that grew from nothing', changed(ledger.growthProof(0)), { says: { fromSize: 0 } }),
      vector('a changed record', changed(record, { payload: encodeBase64(flipped) }), {
        code: 'PROOF_COMMITMENT_MISMATCH',
      }),
      vector('the payload of another version', changed(record, { n: 1 }), {
        code: 'PROOF_COMMITMENT_MISMATCH',
      }),
      vector('a version that the commit does not hold', changed(record, { n: 2 }), {
        code: 'PROOF_MALFORMED',
      }),
      vector('the path of another commit', changed(record, { path: changed(ledger.commitProof(18)).path }), {
        code: 'PROOF_ROOT_MISMATCH',
      }),
      vector('a path that is too short', changed(growth, { path: [] }), { code: 'PROOF_MALFORMED' }),
      vector('another database', changed(other.commitProof(1)), { code: 'PROOF_OTHER_DATABASE' }),
      vector('another key', changed(new NaiveLedger(hash, ledger.databaseId, 2).growthProof(0, 0)), {
        code: 'PROOF_SIGNATURE',
      }),
    ]
  })
}
