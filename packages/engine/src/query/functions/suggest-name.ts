/**
 * "Did you mean …?" for names that do not exist.
 */

import { functionLimits } from './limits.ts'
import { codePointsOf } from './string/characters.ts'
import { optimalAlignment } from './string/edit-distance.ts'

export interface NameSuggestion {
  readonly suggestion?: string
  /** The end of an error message; empty without a suggestion. */
  readonly hint: string
}

/** Names longer than this are no typing errors. */
const nameCharsMax = 64

/** The nearest name by edits, or one with the same last part; `name::` in front of it is easily forgotten. */
export function suggestName(name: string, names: Iterable<string>): NameSuggestion {
  if (name.length > nameCharsMax) return { hint: '' }
  const wanted = name.toLowerCase()
  const points = codePointsOf(wanted)
  let suggestion: string | undefined
  // A third of the name may be wrong, more is guessing.
  let fewest = Math.min(functionLimits.suggestionEditsMax, Math.floor(points.length / 3)) + 1
  for (const candidate of names) {
    const edits = candidate.endsWith(`::${wanted}`) ? 0 : optimalAlignment(points, codePointsOf(candidate))
    if (edits < fewest) {
      fewest = edits
      suggestion = candidate
    }
  }
  return suggestion === undefined ? { hint: '' } : { suggestion, hint: `; did you mean ${suggestion}?` }
}
