/**
 * A text of several lines as one line of the same meaning, for the history.
 */

import { scanStatements } from '../scan-statements.ts'

/** `undefined` where a line break means something: it ends a comment, or stands in a string. */
export function singleLine(text: string): string | undefined {
  const lines = text.split('\n')
  for (let end = 1; end < lines.length; end += 1) {
    const { open } = scanStatements(lines.slice(0, end).join('\n'))
    if (open === 'string' || open === 'name' || open === 'comment') return undefined
  }
  // Rather one too many: whether these begin a comment would take a lexer to tell.
  if (lines.length > 1 && /--|\/\/|#/.test(text)) return undefined
  return lines
    .map((line) => line.trim())
    .join(' ')
    .trim()
}
