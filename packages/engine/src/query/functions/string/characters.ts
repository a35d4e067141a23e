/**
 * Texts as sequences of characters, that is of Unicode code points.
 * Why: a position in JavaScript's strings counts UTF-16 units, by which an emoji is two. Texts without such
 * pairs, by far the most, keep the speed of plain strings.
 */

const pairPattern = /[\ud800-\udfff]/

export function hasPairs(text: string): boolean {
  return pairPattern.test(text)
}

export function countCharacters(text: string): number {
  if (!hasPairs(text)) return text.length
  let count = 0
  for (const _ of text) count += 1
  return count
}

export function charactersOf(text: string): string[] {
  return hasPairs(text) ? Array.from(text) : text.split('')
}
