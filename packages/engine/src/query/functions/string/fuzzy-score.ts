/**
 * How well a pattern fits a text in which its characters must appear in order, as file finders rank names.
 * Scores, which agree with the published ones of SurrealQL: 16 for each character; more where it begins the
 * text (16), begins a word (8), is one separator after another (7), begins a hump of camelCase (6), or
 * follows the character before it directly (4, unless one of the others is more); less for another case (2),
 * for a gap (3, and 1 for each character left out), and 1 for the start. 0: the pattern does not fit.
 * The best of all ways to fit is found by dynamic programming in time text × pattern.
 */

const match = 16
const headBonus = 16
const wordBonus = 8
const separatorBonus = 7
const humpBonus = 6
const neighbourBonus = 4
const casePenalty = 2
const gapPenalty = 3
const skipPenalty = 1
const startPenalty = 1
const impossible = Number.NEGATIVE_INFINITY

export function fuzzyScore(text: string, pattern: string): number {
  const characters = Array.from(text)
  const wanted = Array.from(pattern)
  if (wanted.length === 0 || wanted.length > characters.length) return 0
  const bonuses = characters.map((char, i) => placeBonus(characters[i - 1], char))
  /** Best score of a fit whose latest character stands here. */
  let scores = new Float64Array(characters.length).fill(impossible)
  wanted.forEach((char, row) => {
    const before = scores
    scores = new Float64Array(characters.length).fill(impossible)
    /** Best score of a fit that ended before the character before this one, less the gap since. */
    let afterGap = impossible
    characters.forEach((candidate, i) => {
      if (i >= 2) {
        const opened = (before[i - 2] as number) - gapPenalty - skipPenalty
        afterGap = Math.max(afterGap - skipPenalty, opened)
      }
      const fit = characterScore(candidate, char)
      if (fit === impossible) return
      const bonus = bonuses[i] as number
      const start = row === 0 ? bonus - startPenalty : impossible
      const neighbour = (i > 0 ? (before[i - 1] as number) : impossible) + Math.max(bonus, neighbourBonus)
      scores[i] = fit + Math.max(start, neighbour, afterGap + bonus)
    })
  })
  return Math.max(0, ...topOf(scores))
}

/** The greatest score, as a list, so that an impossible one is no number in the result. */
function topOf(scores: Float64Array): readonly number[] {
  const top = scores.reduce((best, score) => Math.max(best, score), impossible)
  return top === impossible ? [] : [top]
}

function characterScore(candidate: string, wanted: string): number {
  if (candidate === wanted) return match
  return candidate.toLowerCase() === wanted.toLowerCase() ? match - casePenalty : impossible
}

function placeBonus(before: string | undefined, char: string): number {
  if (before === undefined) return headBonus
  if (!isWordCharacter(before)) return isWordCharacter(char) ? wordBonus : separatorBonus
  return /\p{Lu}/u.test(char) && /\p{Ll}/u.test(before) ? humpBonus : 0
}

function isWordCharacter(char: string): boolean {
  return /[\p{L}\p{N}]/u.test(char)
}
