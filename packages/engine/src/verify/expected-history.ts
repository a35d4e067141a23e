/**
 * What the log says that history and current records hold.
 * How: the pass over the chain expects an entry for each version, under its key in the history; the pass over
 * the records meets one for each entry of the history, with the contents where they are now: of the newest
 * version those of the current record, whose own version thus need not be read again.
 */

import { encodeExact } from '@dendrodb/protocol'
import { type CurrentRecord, encodeCurrentRecord } from '../ledger/current-record.ts'
import { historyKey, keyOf } from '../ledger/key-space.ts'
import { type RecordVersion, storedInterval } from '../ledger/record-version.ts'
import { FingerprintSet } from './fingerprint-set.ts'

/** Which versions are in the history of the snapshot whose records are verified. */
export interface HistoryScope {
  readonly seqMax: number
  /** Of the fingerprints. */
  readonly seed: Uint32Array
}

/** Of a version: its commit, the branch that this is on, and its place in it. */
export interface LoggedPlace {
  readonly branch: number
  readonly seq: number
  readonly n: number
}

export class ExpectedHistory {
  readonly #scope: HistoryScope
  readonly #set: FingerprintSet

  constructor(scope: HistoryScope, set = new FingerprintSet(scope.seed)) {
    this.#scope = scope
    this.#set = set
  }

  get sums(): Uint32Array {
    return this.#set.expectedSums
  }

  add({ branch, seq, n }: LoggedPlace, version: RecordVersion): void {
    if (seq > this.#scope.seqMax) return
    const { tableId, key } = version
    this.#set.expect(historyKey(branch, tableId, encodeExact(key), seq), contentsOf(seq, n, version))
  }
}

/** A version with its place, in bytes; of one that is no delete, the current record that it once was. */
export function contentsOf(seq: number, n: number, version: RecordVersion): Buffer {
  const { bytes } = version
  if (bytes === undefined) return contentsOfDelete(seq, n)
  return encodeCurrentRecord({ seq, n, periodBefore: 0, ...storedInterval(version), bytes })
}

export function contentsOfDelete(seq: number, n: number): Buffer {
  return keyOf('version', seq, n)
}

/** The same of a current record; its `periodBefore` follows from others and is left out. */
export function contentsOfCurrent(record: CurrentRecord): Buffer {
  return encodeCurrentRecord({ ...record, periodBefore: 0 })
}
