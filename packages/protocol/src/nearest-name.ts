/**
 * The known name that a misspelt one was probably meant to be: "did you mean …?" wherever names are given.
 */

import { codePointsOf, editDistance } from './edit-distance.ts'
import { limits } from './limits.ts'

/**
 * The nearest name, of several the first; `undefined` when none is near.
 * @param slipsMax edits that may lie between; when left out a third of the name, and at least one
 */
export function nearestName(name: string, known: Iterable<string>, slipsMax?: number): string | undefined {
  if (name.length > limits.nearestNameCharsMax) return undefined
  const wanted = codePointsOf(name)
  let nearest: string | undefined
  let nearestSlips = (slipsMax ?? Math.max(1, Math.floor(wanted.length / 3))) + 1
  for (const candidate of known) {
    const points = codePointsOf(candidate)
    if (Math.abs(points.length - wanted.length) >= nearestSlips) continue
    const slips = editDistance(wanted, points)
    if (slips >= nearestSlips) continue
    nearest = candidate
    nearestSlips = slips
  }
  return nearest
}
