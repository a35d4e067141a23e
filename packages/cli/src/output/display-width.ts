/**
 * Columns that a text takes on a terminal, and cutting it to a number of them.
 * Widths follow Unicode UAX #11 (East Asian Width) for whole graphemes: wide ones and emoji take two columns,
 * marks that sit on another character none.
 */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

const isNarrow = /^[\x20-\x7e]*$/

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u

const without = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

export function displayWidth(text: string): number {
  if (isNarrow.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

/** The text itself, or as much of it as fits with an ellipsis behind it. */
export function cutToWidth(text: string, width: number): string {
  // No text takes less than half a column per UTF-16 unit in practice; what is far too long is not measured
  // whole.
  if (text.length <= width * 8 && displayWidth(text) <= width) return text
  let kept = ''
  let columns = 0
  for (const { segment } of graphemes.segment(text.slice(0, width * 8))) {
    columns += graphemeWidth(segment)
    if (columns > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

function graphemeWidth(grapheme: string): number {
  if (wide.test(grapheme)) return 2
  return without.test(grapheme) ? 0 : 1
}
