/**
 * Keeps the store below from hoarding what was deleted in it. An ordered store gives space back when it
 * rewrites the neighbourhood of what is gone; ours comes in long runs, records of the log and pages of
 * segments that were written one after the other, so that asking for exactly these is cheap.
 */

import type { KeyRange, KvStore } from '../kv-store.ts'
import { deadBytesMin, deadShareMax } from './limits.ts'
import { logKey, overflowKey, pageKey } from './page-keys.ts'

type Kind = 'log' | 'page' | 'overflow'

/** Numbers `first` ≤ n < `end`. */
interface Run {
  first: number
  end: number
}

const keysOf = { log: logKey, page: pageKey, overflow: overflowKey } as const

export class DeadSpace {
  readonly #base: KvStore
  readonly #runs: Readonly<Record<Kind, Run[]>> = { log: [], page: [], overflow: [] }
  #bytes = 0
  #purging: Promise<void> | undefined

  constructor(base: KvStore) {
    this.#base = base
  }

  /** Deleted, for good. */
  note(kind: Kind, first: number, count: number, bytes: number): void {
    this.#bytes += bytes
    const runs = this.#runs[kind]
    const end = first + count
    const before = runs.find((run) => run.end === first)
    const after = runs.find((run) => run.first === end)
    if (before === undefined && after === undefined) runs.push({ first, end })
    else if (before === undefined) (after as Run).first = first
    else before.end = after?.end ?? end
    if (before !== undefined && after !== undefined) runs.splice(runs.indexOf(after), 1)
  }

  /** Begins to give space back if much of it is dead; goes on behind the caller. */
  purge(liveBytes: number): void {
    if (this.#purging !== undefined || this.#bytes < Math.max(deadBytesMin, liveBytes * deadShareMax)) return
    // The space is not lost: the store below comes across it sooner or later.
    this.#purging = this.#compactRuns()
      .catch(() => undefined)
      .finally(() => {
        this.#purging = undefined
      })
  }

  /** Resolves when nothing is going on any more. */
  async idle(): Promise<void> {
    await this.#purging
  }

  async #compactRuns(): Promise<void> {
    this.#bytes = 0
    for (const range of this.#takeRanges()) await this.#base.compact(range)
  }

  #takeRanges(): KeyRange[] {
    const ranges: KeyRange[] = []
    for (const [kind, runs] of Object.entries(this.#runs)) {
      const keyOf = keysOf[kind as Kind]
      for (const { first, end } of runs.splice(0)) ranges.push({ gte: keyOf(first), lt: keyOf(end) })
    }
    return ranges
  }
}
