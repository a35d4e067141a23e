/**
 * Errors of the text front. A syntax error says what was found and where (line and column, from 1, columns in
 * code points), what would have been right, the nearest word when it looks like a slip, and shows the line
 * with a caret.
 */

import { type DbError, defineErrors, nearestName } from '@dendrodb/protocol'
import { statementKeywords } from './keywords.ts'

export const dqlErrors = defineErrors('DQL', {
  SYNTAX: { status: 'invalid_query', message: '{problem} at line {line}, column {column}{hint}' },
  TOO_DEEP: {
    status: 'query_too_complex',
    message: '{what} at line {line}, column {column}; at most {limit} are allowed',
  },
  TOO_MANY_STATEMENTS: {
    status: 'query_too_complex',
    message: 'more than {limit} statements in one text; send them in several requests',
  },
  TOO_LONG: {
    status: 'payload_too_large',
    message: 'the query text is longer than {limit} bytes; pass large values as parameters',
  },
})

/** What a syntax error tells in its details. */
export interface SyntaxErrorDetails {
  readonly problem: string
  readonly line: number
  readonly column: number
  /** UTF-16 units from the start of the text. */
  readonly offset: number
  /** The offending piece of the text; empty at its end. */
  readonly found: string
  /** A set: keywords and symbols as they are written, or descriptions such as `an expression`. */
  readonly expected: readonly string[]
  readonly suggestion?: string
  /** The line and, below it, `^` under what was found. */
  readonly snippet: string
  readonly hint: string
}

export interface SyntaxProblem {
  /** Left out: `unexpected '…'`. */
  readonly problem?: string
  readonly start: number
  readonly end: number
  readonly expected?: readonly string[]
}

export interface TextPosition {
  readonly line: number
  readonly column: number
}

const snippetCharsMax = 100
const foundCharsMax = 40
const expectedPrintedMax = 8

export function syntaxError(text: string, problem: SyntaxProblem): DbError {
  return dqlErrors.SYNTAX({ ...syntaxDetails(text, problem) })
}

export function syntaxDetails(
  text: string,
  { problem, start, end, expected = [] }: SyntaxProblem,
): SyntaxErrorDetails {
  const found = text.slice(start, Math.min(end, start + foundCharsMax)).toWellFormed()
  const wanted = [...new Set(expected)]
  const suggestion = suggest(found, wanted)
  return {
    problem: problem ?? (start >= text.length ? 'unexpected end of the query' : `unexpected '${found}'`),
    ...positionOf(text, start),
    offset: start,
    found,
    expected: wanted,
    ...(suggestion === undefined ? {} : { suggestion }),
    snippet: snippetOf(text, start, end),
    hint: hintOf(wanted, suggestion),
  }
}

/** `\n`, `\r\n` and `\r` end a line. */
export function positionOf(text: string, offset: number): TextPosition {
  let line = 1
  let lineStart = 0
  for (let at = 0; at < offset; at += 1) {
    const code = text.charCodeAt(at)
    const endsLine = code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)
    if (!endsLine) continue
    line += 1
    lineStart = at + 1
  }
  return { line, column: codePoints(text.slice(lineStart, offset)) + 1 }
}

function snippetOf(text: string, start: number, end: number): string {
  let from = start
  while (from > 0 && !isLineBreak(text.charCodeAt(from - 1)) && start - from < snippetCharsMax / 2) from -= 1
  let to = start
  while (to < text.length && !isLineBreak(text.charCodeAt(to)) && to - from < snippetCharsMax) to += 1
  const line = text.slice(from, to).toWellFormed()
  // Tabs stay tabs, so that the caret stands below its place whatever a tab's width is.
  const indent = text.slice(from, start).replace(/[^\t]/gu, ' ')
  const width = Math.max(1, codePoints(text.slice(start, Math.min(end, to))))
  return `${line}\n${indent}${'^'.repeat(width)}`
}

function isLineBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

function hintOf(expected: readonly string[], suggestion: string | undefined): string {
  const slip = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
  if (expected.length === 0) return slip
  const printed = expected.slice(0, expectedPrintedMax).map(printExpected)
  const last = printed[printed.length - 1] ?? ''
  const list = printed.length === 1 ? last : `${printed.slice(0, -1).join(', ')} or ${last}`
  return `; expected ${expected.length > printed.length ? `${printed.join(', ')} …` : list}${slip}`
}

/** Symbols stand in quotes, as commas would get lost among commas. */
function printExpected(item: string): string {
  if (/^[A-Za-z]/.test(item)) return item
  return item === "'" ? `"'"` : `'${item}'`
}

/** The expected word that is a slip of the finger away from what was found. */
function suggest(found: string, expected: readonly string[]): string | undefined {
  if (!/^[A-Za-z_]{2,32}$/.test(found)) return undefined
  const word = found.toUpperCase()
  const others = wordsOf(expected).filter((candidate) => candidate !== word)
  return nearestName(word, others, word.length < 5 ? 1 : 2)
}

/** Nearest statement word to a name that begins a statement, if it looks like a slip. */
export function suggestStatement(word: string): string | undefined {
  return suggest(word, ['a statement'])
}

function wordsOf(expected: readonly string[]): readonly string[] {
  const words = expected.filter((item) => /^[A-Z_]+$/.test(item))
  return expected.includes('a statement') ? [...words, ...statementKeywords] : words
}
