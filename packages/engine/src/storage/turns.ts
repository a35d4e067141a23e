/** One after another, in the order of the calls, whatever becomes of each. */

/** Runs something when everything handed over before has settled. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

export interface Turns {
  readonly inTurn: InTurn
  /** Settles when everything handed over so far has. */
  idle(): Promise<void>
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return {
    inTurn(work) {
      const done = last.then(work)
      last = done.catch(() => undefined)
      return done
    },
    async idle() {
      await last
    },
  }
}
