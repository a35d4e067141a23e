/**
 * The text before the cursor: the database, or, when a statement goes on, what the next line has to close.
 */

import type { Paint } from '../../output/paint.ts'
import type { OpenPart } from '../scan-statements.ts'

const marks: Readonly<Record<OpenPart, string>> = {
  statement: '-',
  string: "'",
  name: '`',
  comment: '/*',
  bracket: '(',
  transaction: 'tx',
}

/** @param open `undefined` at the beginning of a statement */
export function promptText(database: string, open: OpenPart | undefined, paint: Paint): string {
  if (open === undefined) return `${paint.cyan(database)}> `
  return `${paint.dim(marks[open].padStart(database.length))}> `
}
