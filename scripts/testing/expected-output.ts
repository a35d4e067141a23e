/**
 * Output as a page shows it, compared with what a program printed.
 *
 * | on the page | matches |
 * |---|---|
 * | `…` | anything within the line, nothing included |
 * | a line with `…` alone | any number of lines |
 * | blanks | any blanks, as columns are as wide as what is in them |
 * | a run of `─` or `-` | such a run of any length |
 * | with `sample`: a number | any number |
 * | all else | itself |
 *
 * Lines match in order and as a whole; output may have further lines before the first and behind the last.
 */

export interface ExpectedOutput {
  readonly text: string
  /** The numbers are examples: other machines have others. */
  readonly isSample?: boolean
}

/** The first line on the page that the output does not have in its place; `undefined` when all match. */
export function missingLine({ text, isSample = false }: ExpectedOutput, output: string): string | undefined {
  const actual = output.split('\n')
  let at = 0
  let mayLeap = true
  for (const line of text.split('\n')) {
    if (line.trim() === '…') {
      mayLeap = true
      continue
    }
    const pattern = linePattern(line, isSample)
    const found = actual.findIndex((candidate, index) => index >= at && pattern.test(candidate))
    if (found < 0 || (!mayLeap && found > at)) return line
    at = found + 1
    mayLeap = false
  }
  return undefined
}

const piece = /…|[ \t]+|─+|-{3,}|\d+(?:[.,]\d+)*|[^…\s─\-\d]+|-{1,2}/g

function linePattern(line: string, isSample: boolean): RegExp {
  const pieces = line.trim().match(piece) ?? []
  return new RegExp(`^\\s*${pieces.map((each) => piecePattern(each, isSample)).join('')}\\s*$`)
}

function piecePattern(text: string, isSample: boolean): string {
  if (text === '…') return '.*'
  if (/^[ \t]/.test(text)) return '\\s+'
  if (/^─|^---/.test(text)) return `${text.charAt(0)}+`
  if (isSample && /^\d/.test(text)) return '\\d+(?:[.,]\\d+)*'
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
