/**
 * Whether the commits that wait become one group, or two that take turns: one is built while the other is
 * written.
 * Why: two carry more commits a second, the more so the longer building takes, as when records are read from
 * files first; but everybody waits for two syncs then, and one in a hundred of those is late by what the
 * system gives another thread to run. So it depends on how long building has taken of late.
 */

import { undividedBuildMs } from './limits.ts'

/** Weight of the latest group in the moving average: one pause for garbage must not tell. */
const newestShare = 1 / 32

export class GroupPace {
  #msPerCommit = 0

  built(commits: number, ms: number): void {
    if (commits > 0) this.#msPerCommit += (ms / commits - this.#msPerCommit) * newestShare
  }

  /** Whether so many commits that wait are better built and written in two halves. */
  takesTurns(commits: number): boolean {
    return commits * this.#msPerCommit > undividedBuildMs
  }
}
