/**
 * How long this thread has been at work without letting anybody else have a turn.
 * Why measured by the event loop and not from the last pause: a statement may have waited since then, for the
 * disk or for its turn.
 */

let since: number | undefined

/** Milliseconds at work, as far as it was asked for before within the same turn. */
export function stretchMs(now: number): number {
  if (since === undefined) {
    since = now
    setImmediate(() => {
      since = undefined
    })
  }
  return now - since
}
