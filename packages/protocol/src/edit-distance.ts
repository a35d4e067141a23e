/**
 * How many slips of the finger two texts are apart: insertions, deletions, replacements and swaps of
 * neighbours, none of which may be edited again (optimal string alignment).
 * Cost: the product of the lengths in time, three rows of memory. Callers bound the product.
 */

/** @param left, right code points */
export function editDistance(left: Uint32Array, right: Uint32Array): number {
  const width = right.length + 1
  let beforePrevious = new Uint32Array(width)
  let previous = Uint32Array.from({ length: width }, (_, j) => j)
  let current = new Uint32Array(width)
  for (let i = 1; i <= left.length; i += 1) {
    current[0] = i
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (previous[j - 1] as number) + (left[i - 1] === right[j - 1] ? 0 : 1)
      let best = Math.min(replaced, (previous[j] as number) + 1, (current[j - 1] as number) + 1)
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        best = Math.min(best, (beforePrevious[j - 2] as number) + 1)
      }
      current[j] = best
    }
    ;[beforePrevious, previous, current] = [previous, current, beforePrevious]
  }
  return previous[right.length] as number
}

/** A text as numbers, one per character, for algorithms that compare characters by the million. */
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
