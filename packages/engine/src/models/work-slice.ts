/**
 * Work on many records in slices, between which everybody else has a turn: with a store whose reads are sync,
 * promises alone let nobody in.
 */

/** Time at work before others have their turn. */
const sliceMs = 10

export class WorkSlice {
  #endsAt = performance.now() + sliceMs

  /** To be called after every step; a promise when the slice is over. */
  step(): Promise<void> | undefined {
    if (performance.now() < this.#endsAt) return undefined
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#endsAt = performance.now() + sliceMs
    })
  }
}
