/**
 * The index entries of one record over its whole history, derived from its versions in order.
 * Why here: verification compares a store with them and a replay writes them; both must derive the same ones,
 * which are those that writes and index builds leave behind.
 * An entry counts as in force since the definition of its index at the earliest, as an index build has it.
 */

import type { ValueObject } from '@dendrodb/protocol'
import type { IndexDefinition } from '../../catalog/definitions.ts'
import type { LedgerHash } from '../../ledger/hash.ts'
import type { HistoryItem } from '../../ledger/history-entry.ts'
import { encodeLiveEntry, encodePastEntry } from '../../ledger/index-entry.ts'
import { indexKey, mainBranch, pastIndexKey } from '../../ledger/key-space.ts'
import { uvarintBytes } from '../../ledger/uvarint.ts'
import { entriesOf, type RecordEntry } from './index-entries.ts'

/** Gets the keys and values of entries, in no particular order. */
export interface EntrySink {
  live(key: Buffer, value: Buffer): void
  past(key: Buffer, value: Buffer): void
}

/** An entry in force, and since which commit. */
interface Run {
  readonly entry: RecordEntry
  readonly from: number
}

/** A version of the record, as its history entry has it. */
export type RunStep = Pick<HistoryItem, 'idKey' | 'seq' | 'prevSeq' | 'prevN'>

export class EntryRuns {
  readonly #hash: LedgerHash
  readonly #sink: EntrySink
  readonly #runs = new Map<IndexDefinition, Map<string, Run>>()

  constructor(hash: LedgerHash, sink: EntrySink) {
    this.#hash = hash
    this.#sink = sink
  }

  /** What the commit made of the record; `undefined`: deleted it. */
  step(indexes: readonly IndexDefinition[], item: RunStep, record: ValueObject | undefined): void {
    for (const index of indexes) {
      const now = record === undefined ? [] : entriesOf(this.#hash, index, record)
      const runs = this.#runs.get(index) ?? new Map<string, Run>()
      this.#runs.set(index, runs)
      for (const [text, run] of runs) {
        if (now.some((entry) => entry.text === text)) continue
        this.#endRun(index, run, item)
        runs.delete(text)
      }
      for (const entry of now) {
        if (!runs.has(entry.text)) runs.set(entry.text, { entry, from: item.seq })
      }
    }
  }

  /** The record has no further version; the next one may be another record's. */
  finish(idKey: Uint8Array): void {
    for (const [index, runs] of this.#runs) {
      for (const { entry, from } of runs.values()) {
        const key = indexKey(mainBranch, index.id, entry.entry, entry.isUnique ? undefined : idKey)
        const since = Math.max(from, index.sinceSeq)
        this.#sink.live(key, encodeLiveEntry(since, entry.isCut, entry.isUnique, idKey))
      }
    }
    this.#runs.clear()
  }

  #endRun(index: IndexDefinition, { entry, from: start }: Run, step: RunStep): void {
    const { idKey, seq: to, prevSeq: lastSeq, prevN: lastN } = step
    const from = Math.max(start, index.sinceSeq)
    if (from >= to) return
    const key = pastIndexKey(mainBranch, index.id, { entry: entry.entry, idKey, from, to })
    const fromBytes = uvarintBytes(from)
    const { isCut } = entry
    const past = { isCut, to, idBytes: idKey.length, fromBytes, lastSeq, lastN }
    this.#sink.past(key, encodePastEntry(past))
  }
}
