/**
 * Commit times: microseconds since 1970, strictly increasing per database whatever the system's clock does.
 * Why: AS OF an instant must name one commit, and order by time must be order by seq.
 */

/** Follows the system's clock to the millisecond and the monotonic one within it. */
export class WallClock {
  #offsetMs = 0

  nowMicros(): number {
    const wallMs = Date.now()
    const steadyMs = performance.now()
    const estimateMs = steadyMs + this.#offsetMs
    const isOnTime = estimateMs >= wallMs && estimateMs < wallMs + 1
    if (!isOnTime) this.#offsetMs = wallMs - steadyMs
    return Math.floor((isOnTime ? estimateMs : wallMs) * 1_000)
  }
}
