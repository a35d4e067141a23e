/**
 * The text before the cursor: the database, and the branch if it is not main, or, when a statement goes on,
 * what the next line has to close.
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
export function promptText(
  { database, branch = 'main' }: { readonly database: string; readonly branch?: string | undefined },
  open: OpenPart | undefined,
  paint: Paint,
): string {
  const place = branch === 'main' ? database : `${database}@${branch}`
  if (open === undefined) return `${paint.cyan(place)}> `
  return `${paint.dim(marks[open].padStart(place.length))}> `
}
