/**
 * The reads that are going on in the thread pool.
 * Why: LevelDB stops the process when it is closed while one of its iterators is being read.
 */

export class ReadsInFlight {
  #count = 0
  #none: PromiseWithResolvers<void> | undefined

  async add<T>(read: () => Promise<T>): Promise<T> {
    this.#count += 1
    try {
      return await read()
    } finally {
      this.#count -= 1
      if (this.#count === 0) {
        this.#none?.resolve()
        this.#none = undefined
      }
    }
  }

  /** Resolves when none is going on. Who calls it sees to it that none begins meanwhile. */
  async end(): Promise<void> {
    if (this.#count === 0) return
    this.#none ??= Promise.withResolvers()
    await this.#none.promise
  }
}
