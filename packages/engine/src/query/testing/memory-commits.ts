/**
 * The naive host's commits: found by going back through its states.
 */

import { Datetime, type RecordId } from '@dendrodb/protocol'
import type {
  CommitChange,
  CommitInfo,
  CommitReader,
  RecordVersion,
  StoredRecord,
  VersionsOptions,
} from '../../models/model.ts'
import { keyTextOf, type MemoryState } from './memory-state.ts'

export class MemoryCommits implements CommitReader {
  readonly #newest: MemoryState

  constructor(newest: MemoryState) {
    this.#newest = newest
  }

  commits(seqs: readonly number[]): (CommitInfo | undefined)[] {
    return seqs.map((seq) => {
      const state = this.#states().find((each) => each.seq === seq && seq > 0)
      if (state === undefined) return undefined
      const { time, meta, written } = state
      return {
        seq,
        time: Datetime.fromEpochNanos(time),
        meta,
        versionHashes: written.map(() => new Uint8Array(32)),
      }
    })
  }

  async changes(seq: number, limit: number): Promise<readonly CommitChange[]> {
    const state = this.#states().find((each) => each.seq === seq)
    if (state === undefined) return []
    return state.written.slice(0, limit).map((id, n) => {
      return { id, n, record: recordIn(state, id), replaced: recordIn(state.previous, id) }
    })
  }

  async effects(seq: number, limit: number): Promise<readonly number[]> {
    const effects = this.#states().filter(({ meta }) => meta.causedBy?.includes(seq) === true)
    return effects
      .map((state) => state.seq)
      .toReversed()
      .slice(0, limit)
  }

  async versions(
    id: RecordId,
    { limit, before = Infinity }: VersionsOptions,
  ): Promise<readonly RecordVersion[]> {
    const writers = this.#states().filter(
      ({ seq, written }) => seq < before && written.some((each) => each.equals(id)),
    )
    return writers.slice(0, limit).map((state) => {
      return { seq: state.seq, record: recordIn(state, id), replaced: recordIn(state.previous, id) }
    })
  }

  /** Newest first. */
  #states(): MemoryState[] {
    const states: MemoryState[] = []
    for (let state: MemoryState | undefined = this.#newest; state !== undefined; state = state.previous) {
      states.push(state)
    }
    return states
  }
}

function recordIn(state: MemoryState | undefined, id: RecordId): StoredRecord | undefined {
  const table = state?.catalog.table(id.table)
  return table && state?.tables.get(table.id)?.get(keyTextOf(id))
}
