/**
 * The time of now in microseconds since 1970: commits get it, and so does whoever asks for the present
 * instant.
 * Why one clock for both: what was written a moment ago is part of the database as of now.
 */

interface SteadyClock {
  now(): number
}

const steadyClock = (globalThis as { readonly performance?: SteadyClock }).performance

/** Milliseconds of the system's clock minus those of the steady one, when they were last set alike. */
let offsetMs = 0

/**
 * Follows the system's clock to the millisecond and the one that only runs forward within it. Two calls may
 * give the same instant; after the system's clock was set back, later calls give earlier instants.
 */
export function nowMicros(): number {
  const wallMs = Date.now()
  if (steadyClock === undefined) return wallMs * 1_000
  const steadyMs = steadyClock.now()
  const estimateMs = steadyMs + offsetMs
  const isOnTime = estimateMs >= wallMs && estimateMs < wallMs + 1
  if (!isOnTime) offsetMs = wallMs - steadyMs
  return Math.floor((isOnTime ? estimateMs : wallMs) * 1_000)
}
