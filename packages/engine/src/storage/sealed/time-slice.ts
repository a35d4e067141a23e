/** Long work in small pieces: between two of them everybody else runs. */

import { sliceMs } from './limits.ts'

export class TimeSlice {
  readonly #check: () => void
  #started = performance.now()

  /** @param check throws when the work has become pointless */
  constructor(check: () => void = () => undefined) {
    this.#check = check
  }

  isOver(): boolean {
    return performance.now() - this.#started > sliceMs
  }

  /** Resolves when timers and finished reads and writes have been looked after. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    this.#check()
    this.#started = performance.now()
  }
}
