/**
 * The door of the text front: text → syntax tree.
 * Time and memory are linear in the length of the text; every bound is in limits.ts.
 */

import type { Expression, Statement } from './ast.ts'
import { type DqlLimits, dqlLimits } from './limits.ts'
import { type Grammar, Parser } from './parser.ts'
import { parseOperators } from './parser-expression.ts'
import { parseStatements } from './parser-object.ts'
import { parsePath } from './parser-path.ts'
import { parsePrimary } from './parser-primary.ts'
import { parseStatement } from './parser-statement.ts'
import { dqlErrors, syntaxError } from './syntax-error.ts'

/**
 * The statements of a text, in order; an empty text has none.
 *
 * @throws DQL_SYNTAX, DQL_TOO_DEEP, DQL_TOO_LONG, DQL_TOO_MANY_STATEMENTS
 * @example parseDql('LET $n = 3; SELECT * FROM user LIMIT $n')
 */
export function parseDql(text: string, limits: Partial<DqlLimits> = {}): readonly Statement[] {
  return parseStatements(openParser(text, limits), 'end')
}

/**
 * The expression that is the whole text, as definitions store it.
 *
 * @throws DQL_SYNTAX, DQL_TOO_DEEP, DQL_TOO_LONG, DQL_TOO_MANY_STATEMENTS
 */
export function parseExpression(text: string, limits: Partial<DqlLimits> = {}): Expression {
  const p = openParser(text, limits)
  const expression = grammar.expression(p)
  if (!p.at('end')) throw p.unexpected()
  return expression
}

const grammar: Grammar = {
  expression: (p) => parseWhole(p, false),
  target: (p) => parseWhole(p, true),
  primary: (p) => {
    const outer = p.namesAreTables
    p.namesAreTables = true
    const expression = parsePrimary(p)
    p.namesAreTables = outer
    return expression
  },
  statement: parseStatement,
  path: parsePath,
}

function parseWhole(p: Parser, namesAreTables: boolean): Expression {
  const outer = p.namesAreTables
  p.namesAreTables = namesAreTables
  const height = p.enter()
  const expression = parseOperators(p)
  p.leave(height)
  p.namesAreTables = outer
  return expression
}

function openParser(text: string, overrides: Partial<DqlLimits>): Parser {
  const limits = { ...dqlLimits, ...overrides }
  if (isLongerThan(text, limits.textBytesMax)) throw dqlErrors.TOO_LONG({ limit: limits.textBytesMax })
  if (!text.isWellFormed()) throw loneSurrogate(text)
  return new Parser(text, limits, grammar)
}

/** In UTF-8; a UTF-16 unit takes one to three bytes, so most texts need no counting. */
function isLongerThan(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return true
  return text.length * 3 > bytesMax && Buffer.byteLength(text) > bytesMax
}

function loneSurrogate(text: string): Error {
  // U+FFFD stands in both texts wherever it stood before, so the first difference is the surrogate.
  const sound = text.toWellFormed()
  let at = 0
  while (text.charCodeAt(at) === sound.charCodeAt(at)) at += 1
  return syntaxError(text, { problem: 'half a surrogate pair, which is no text,', start: at, end: at + 1 })
}
