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

/** Code points as numbers, for algorithms that compare characters by the million. */
export function codePointsOf(text: string): Uint32Array {
  const points = new Uint32Array(text.length)
  let count = 0
  for (let i = 0; i < text.length; i += 1) {
    const point = text.codePointAt(i) as number
    points[count] = point
    count += 1
    if (point > 0xffff) i += 1
  }
  return points.subarray(0, count)
}
