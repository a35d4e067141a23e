/**
 * The known word that a misspelt one was probably meant to be, or that it begins.
 */

import { nearestName } from '@dendrodb/protocol'

/** `undefined` when none is near. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  return nearestName(word, known) ?? beginning(word, known)
}

function beginning(word: string, known: readonly string[]): string | undefined {
  return word.length < 2 ? undefined : known.find((candidate) => candidate.startsWith(word))
}

/** `; did you mean …?`, or nothing. */
export function hintFor(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known)
  return near === undefined ? '' : `; did you mean ${near}?`
}
