/**
 * "Did you mean …?" for names that do not exist.
 */

import { nearestName } from '@dendrodb/protocol'
import { functionLimits } from './limits.ts'

export interface NameSuggestion {
  readonly suggestion?: string
  /** The end of an error message; empty without a suggestion. */
  readonly hint: string
}

/** The nearest name by edits, or one with the same last part; `name::` in front of it is easily forgotten. */
export function suggestName(name: string, names: Iterable<string>): NameSuggestion {
  const wanted = name.toLowerCase()
  const candidates = [...names]
  // A third of the name may be wrong, more is guessing.
  const slipsMax = Math.min(functionLimits.suggestionEditsMax, Math.floor(wanted.length / 3))
  const suggestion =
    candidates.find((each) => each.endsWith(`::${wanted}`)) ?? nearestName(wanted, candidates, slipsMax)
  return suggestion === undefined ? { hint: '' } : { suggestion, hint: `; did you mean ${suggestion}?` }
}
