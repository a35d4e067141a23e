/**
 * Edit distances between sequences of code points, besides the one of the protocol that names are compared
 * by.
 * Cost: the product of the lengths in time; memory for two rows, for Damerau–Levenshtein for the whole table.
 * Callers bound the product.
 */

type Characters = Uint32Array

/** Insertions, deletions and replacements (Levenshtein). */
export function levenshtein(left: Characters, right: Characters): number {
  let previous = Uint32Array.from({ length: right.length + 1 }, (_, j) => j)
  let current = new Uint32Array(right.length + 1)
  for (let i = 1; i <= left.length; i += 1) {
    current[0] = i
    const char = left[i - 1]
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (previous[j - 1] as number) + (char === right[j - 1] ? 0 : 1)
      current[j] = Math.min(replaced, (previous[j] as number) + 1, (current[j - 1] as number) + 1)
    }
    ;[previous, current] = [current, previous]
  }
  return previous[right.length] as number
}

/**
 * Also swaps of neighbours without restriction (Damerau–Levenshtein), after Lowrance and Wagner, 1975: a swap
 * reaches back to the last row that held this column's character and the last column that held this row's.
 */
export function damerauLevenshtein(left: Characters, right: Characters): number {
  const width = right.length + 2
  const far = left.length + right.length
  const table = new Uint32Array((left.length + 2) * width)
  table[0] = far
  for (let i = 0; i <= left.length; i += 1) {
    table[(i + 1) * width] = far
    table[(i + 1) * width + 1] = i
  }
  for (let j = 0; j <= right.length; j += 1) {
    table[j + 1] = far
    table[width + j + 1] = j
  }
  const lastRowOf = new Map<number, number>()
  for (let i = 1; i <= left.length; i += 1) {
    const char = left[i - 1] as number
    let lastColumn = 0
    for (let j = 1; j <= right.length; j += 1) {
      const other = right[j - 1] as number
      const swapRow = lastRowOf.get(other) ?? 0
      const swapColumn = lastColumn
      const cost = char === other ? 0 : 1
      if (cost === 0) lastColumn = j
      const swapped =
        (table[swapRow * width + swapColumn] as number) + (i - swapRow - 1) + 1 + (j - swapColumn - 1)
      table[(i + 1) * width + j + 1] = Math.min(
        (table[i * width + j] as number) + cost,
        (table[(i + 1) * width + j] as number) + 1,
        (table[i * width + j + 1] as number) + 1,
        swapped,
      )
    }
    lastRowOf.set(char, i)
  }
  return table[(left.length + 1) * width + right.length + 1] as number
}
