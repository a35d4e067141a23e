/**
 * What a word means where a value may stand, told from the one token after it.
 * Why: no word of DQL is reserved, so that `SELECT from, to, value, order FROM email` is what it looks like;
 * a word opens a statement or a clause only when something follows that cannot follow a name.
 */

import {
  followsValue,
  isClauseKeyword,
  isOperatorKeyword,
  isStatementKeyword,
  type Keyword,
} from './keywords.ts'
import type { Parser } from './parser.ts'

/** Statements that may be values without parentheses: `LET $x = SELECT …`. */
const valueStatements: ReadonlySet<string> = new Set<Keyword>([
  'CREATE',
  'DEFINE',
  'DELETE',
  'IF',
  'INFO',
  'INSERT',
  'REBUILD',
  'RELATE',
  'REMOVE',
  'RESTORE',
  'RETURN',
  'SELECT',
  'THROW',
  'UNDELETE',
  'UNDO',
  'UPDATE',
  'UPSERT',
])

/** Statements that are complete as one word. */
const wordStatements: ReadonlySet<string> = new Set<Keyword>([
  'BEGIN',
  'BREAK',
  'CANCEL',
  'COMMIT',
  'COMPACT',
  'CONTINUE',
  'RETURN',
])

/** Statements that go on with an expression, which may begin with a sign. */
const expressionStatements: ReadonlySet<string> = new Set<Keyword>(['IF', 'RETURN', 'SELECT', 'THROW'])

/** Words that are also functions, when the parenthesis touches them. */
const functionStatements: ReadonlySet<string> = new Set<Keyword>(['COUNT', 'SLEEP'])

/** DIFF opens a statement in front of these words alone. */
export function opensDiff(p: Parser): boolean {
  if (p.token.keyword !== 'DIFF') return false
  const { keyword } = p.peek()
  return keyword === 'FROM' || keyword === 'BRANCH'
}

/** Whether the current word opens a statement where one is due: at its beginning or after `(`. */
export function opensStatement(p: Parser): boolean {
  const { keyword } = p.token
  if (opensDiff(p)) return true
  if (!isStatementKeyword(keyword)) return false
  const next = p.peek()
  if (next.type === '(') return !functionStatements.has(keyword) || !p.isAdjacent()
  if (next.type === 'word') return true
  if (wordStatements.has(keyword) && endsStatement(next.type)) return true
  // Alone it is rather a statement that lacks the rest than a field; in braces it is a field.
  if (next.type === ';' || next.type === 'end') return true
  if (keyword === 'SELECT' && next.type === '*') return true
  if (expressionStatements.has(keyword) && isSign(next.type)) return true
  return valueFollows(p)
}

/** Whether the current word opens a statement where any value may stand. */
export function opensValueStatement(p: Parser): boolean {
  const { keyword } = p.token
  if (!valueStatements.has(keyword)) return false
  const next = p.peek()
  if (keyword === 'SELECT' && next.type === '*') return true
  if (next.type === 'word' && keyword === 'SELECT' && !p.namesAreTables)
    return !endsSelectName.has(next.keyword)
  return valueFollows(p)
}

/**
 * Whether VALUE, at the beginning of a projection, is the keyword, as it always is in SurrealQL; unless it
 * would have nothing to apply to: `SELECT value FROM t`.
 */
export function opensValue(p: Parser): boolean {
  if (p.token.keyword !== 'VALUE') return false
  const next = p.peek()
  return next.type === 'word' ? !endsSelectName.has(next.keyword) : valueFollows(p)
}

/** After `select` or `value`, what shows that it is a field. Any other word may be a field itself. */
const endsSelectName: ReadonlySet<string> = new Set<Keyword | ''>(['AND', 'AS', 'ASC', 'DESC', 'FROM', 'OR'])

/**
 * Whether the current word can be no name here: it opens a clause, joins two values or is no function to be
 * called.
 */
export function opensClause(p: Parser): boolean {
  const { keyword } = p.token
  if (isStatementKeyword(keyword)) return p.peek().type === '(' && !functionStatements.has(keyword)
  if (!isClauseKeyword(keyword) && !isOperatorKeyword(keyword)) return false
  const { type } = p.peek()
  return type !== '{' && type !== '[' && !isSign(type) && valueFollows(p)
}

/**
 * Whether a value begins with the token after the current one, so that the current word is a keyword and no
 * name.
 * A sign and a bracket count by how they are set: `VALUE -x` and `value - x`, `VALUE [1]` and `value[1]`.
 */
export function valueFollows(p: Parser): boolean {
  const next = p.peek()
  switch (next.type) {
    case 'word':
      return !followsValue(next.keyword)
    case 'escaped':
    case 'param':
    case 'number':
    case 'string':
    case 'datetime':
    case 'uuid':
    case 'record':
    case 'bytes':
    case '(':
    case '{':
      return true
    case '[':
    case '->':
    case '<-':
    case '<->':
    case '|':
    case '!':
      return !p.isAdjacent()
    // `@.a` and `@->a` are values, `content @@ 'x'` and `content @1@ 'x'` match a field.
    case '@':
      return /[.<[-]/.test(p.text.charAt(next.end))
    default:
      return isSign(next.type) && !p.isAdjacent() && !isSpace(p.text.charAt(next.end))
  }
}

/** Whether the current token begins a value, right after `..`. */
export function beginsRangeEnd(p: Parser): boolean {
  switch (p.token.type) {
    case 'number':
    case 'param':
    case 'string':
    case 'datetime':
      return true
    case 'word':
      return p.touchesLast && !followsValue(p.token.keyword)
    case 'escaped':
    case 'uuid':
    case 'record':
    case 'bytes':
    case '(':
    case '[':
    case '{':
    case '-':
    case '+':
    case '<':
      return p.touchesLast
    default:
      return false
  }
}

function isSign(type: string): boolean {
  return ['-', '+', '!', '<', '..', '..=', '||'].includes(type)
}

function endsStatement(type: string): boolean {
  return type === ';' || type === 'end' || type === '}' || type === ')'
}

function isSpace(char: string): boolean {
  return char === '' || /\s/.test(char)
}
