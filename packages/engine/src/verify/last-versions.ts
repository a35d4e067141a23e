/**
 * The last versions of a record that were gone through, for the list of the version behind them
 * (ledger/earlier-versions.ts).
 * Why a ring of numbers: of most versions nobody asks for the list, so that it is made only when asked for.
 */

import { earlierVersions, noEarlierVersions } from '../ledger/earlier-versions.ts'
import { earlierVersionsMax } from '../ledger/limits.ts'

export class LastVersions {
  readonly #seqs = new Float64Array(earlierVersionsMax)
  readonly #places = new Float64Array(earlierVersionsMax)
  /** Versions added since there was none. */
  #added = 0

  add(seq: number, n: number): void {
    const at = this.#added % earlierVersionsMax
    this.#seqs[at] = seq
    this.#places[at] = n
    this.#added += 1
  }

  /** The record is absent. */
  clear(): void {
    this.#added = 0
  }

  /** What a version of commit `seq` lists that comes next. */
  listedBy(seq: number): string {
    let earlier = noEarlierVersions
    for (let at = Math.max(0, this.#added - earlierVersionsMax); at < this.#added; at += 1) {
      const next = at + 1 === this.#added ? seq : this.#seqAt(at + 1)
      const replaced = { prevSeq: this.#seqAt(at), prevN: this.#places[at % earlierVersionsMax] as number }
      earlier = earlierVersions(next, replaced, earlier)
    }
    return earlier
  }

  #seqAt(at: number): number {
    return this.#seqs[at % earlierVersionsMax] as number
  }
}
