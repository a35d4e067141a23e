/** How far a verification is, told as if its two phases came one after the other. */

/** The chain comes first, though on two cores both are verified at the same time. */
export interface VerifyProgress {
  readonly phase: 'chain' | 'records'
  readonly done: number
  readonly total: number
}

export class PhaseProgress {
  readonly #commits: number
  readonly #tell: (progress: VerifyProgress) => void
  /** Known when the chain is through. */
  #versions: number | undefined

  constructor(commits: number, tell: (progress: VerifyProgress) => void = () => undefined) {
    this.#commits = commits
    this.#tell = tell
  }

  chain(seq: number): void {
    // A younger snapshot may have more.
    const done = Math.min(seq, this.#commits)
    this.#tell({ phase: 'chain', done, total: this.#commits })
  }

  endChain(versions: number): void {
    this.#versions = versions
  }

  records(done: number): void {
    const total = this.#versions
    if (total !== undefined) this.#tell({ phase: 'records', done, total })
  }
}
