/**
 * The known word that a misspelt one was probably meant to be.
 * Distance: insertions, deletions, replacements and swaps of neighbours, each counting one. A word is offered
 * when at most a third of it is wrong, or when the misspelt one begins it.
 */

/** `undefined` when none is near. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined
  let nearestSlips = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const slips = slipsBetween(word, candidate)
    if (slips >= nearestSlips) continue
    nearest = candidate
    nearestSlips = slips
  }
  return nearest ?? beginning(word, known)
}

function beginning(word: string, known: readonly string[]): string | undefined {
  if (word.length < 2) return undefined
  for (const candidate of known) if (candidate.startsWith(word)) return candidate
  return undefined
}

/** `rows[i][j]`: what turns the first i characters of `from` into the first j of `to`. */
function slipsBetween(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = cell(rows, i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1)
      const isSwap = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const swapped = isSwap ? cell(rows, i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min(cell(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped))
    }
    rows.push(row)
  }
  return cell(rows, from.length, to.length)
}

function cell(rows: readonly (readonly number[])[], i: number, j: number): number {
  return rows[i]?.[j] ?? Number.POSITIVE_INFINITY
}
