/**
 * How many columns of a terminal a text takes.
 * Wide: East Asian Wide and Fullwidth (UAX #11) and emoji, by the blocks that hold them. A mark that combines with what
 * is before it takes none.
 */

const ascii = /^[\x20-\x7e]*$/
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|^\p{Regional_Indicator}|\ufe0f/u
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += segmentWidth(segment)
  return width
}

/** At most `width` columns of it, with `…` in place of what is cut off. */
export function cutToWidth(text: string, width: number): string {

  if (displayWidth(text) <= width) return text
  let kept = ''
  let columns = 0
  for (const { segment } of segmenter.segment(text)) {
    columns += segmentWidth(segment)
    if (columns > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

export function padToWidth(text: string, width: number, align: 'left' | 'right'): string {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return align === 'left' ? text + padding : padding + text
}

function segmentWidth(segment: string): number {
  if (invisible.test(segment)) return 0
  return wide.test(segment) ? 2 : 1
}
