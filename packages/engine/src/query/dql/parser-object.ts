/**
 * What stands in brackets and braces: arrays, objects, sets and blocks.
 * An opening brace is told apart by what follows it, without reading anything twice: `{}` and `{ key:` are
 * objects, `{,}` is the empty set; otherwise a statement follows, and a comma after an expression makes it
 * the first element of a set.
 */

import type { BlockExpression, Expression, ObjectEntry, Statement } from './ast.ts'
import type { Parser } from './parser.ts'
import { objectKey } from './parser-name.ts'

/** Within a target (`FROM [person, dog]`) bare names are tables. */
export function parseArray(p: Parser): Expression {
  const { start } = p.token
  const items = parseItems(p, p.namesAreTables ? p.grammar.target : p.grammar.expression)
  return { kind: 'array', items, span: p.span(start) }
}

/** `[a, b]`. */
export function parseItems(p: Parser, parseItem: (p: Parser) => Expression): readonly Expression[] {
  p.expect('[')
  const items: Expression[] = []
  while (!p.eat(']')) {
    items.push(parseItem(p))
    if (!p.eat(',') && !p.at(']')) throw p.unexpected()
  }
  return items
}

/** `{ a: 1, 'b c': 2 }`. */
export function parseObjectEntries(p: Parser): readonly ObjectEntry[] {
  p.expect('{')
  return finishObject(p)
}

/** An object, a set or a block. */
export function parseBrace(p: Parser): Expression {
  const { start } = p.expect('{')
  return parseBraceContent(p, start)
}

/** A block where nothing else may stand: after IF, in functions. */
export function parseBlock(p: Parser): BlockExpression {
  const { start } = p.token
  const outer = p.enter()
  p.expect('{')
  const statements = parseStatements(p, '}')
  p.expect('}')
  p.leave(outer)
  return { kind: 'block', statements, span: p.span(start) }
}

/** Statements separated by semicolons, up to `end`, which stays. */
export function parseStatements(p: Parser, end: '}' | 'end'): Statement[] {
  const statements: Statement[] = []
  for (;;) {
    while (p.token.type === ';') p.advance()
    if (p.at(end)) return statements
    const outer = suspectName(p)
    statements.push(p.grammar.statement(p))
    endStatement(p, end)
    p.trust(outer)
  }
}

function endStatement(p: Parser, end: '}' | 'end'): void {
  if (!p.eat(';') && !p.at(end)) throw p.unexpected()
}

/** A bare name with a value right after it is nothing, unless it was meant to be a keyword. */
function suspectName(p: Parser): ReturnType<Parser['suspect']> {
  const { token } = p
  if (token.type !== 'word' || token.keyword !== '') return p.suspect(undefined)
  const { type } = p.peek()
  const isLikely = ['word', 'escaped', 'param', 'number', 'string', '*'].includes(type)
  return p.suspect(isLikely ? token : undefined)
}

function parseBraceContent(p: Parser, start: number): Expression {
  const { type } = p.token
  if (type === '}') {
    p.advance()
    return { kind: 'object', entries: [], span: p.span(start) }
  }
  if (type === ',') {
    p.advance()
    p.expect('}')
    return { kind: 'set', items: [], span: p.span(start) }
  }
  const isKey = type === 'word' || type === 'escaped' || type === 'string' || type === 'number'
  if (isKey && p.peek().type === ':') return { kind: 'object', entries: finishObject(p), span: p.span(start) }
  return parseSetOrBlock(p, start)
}

function parseSetOrBlock(p: Parser, start: number): Expression {
  if (p.token.type === ';') return finishBlock(p, [], start)
  const outer = suspectName(p)
  const first = p.grammar.statement(p)
  if (first.kind === 'expression' && p.at(',')) {
    p.trust(outer)
    return finishSet(p, first.expression, start)
  }
  endStatement(p, '}')
  p.trust(outer)
  return finishBlock(p, [first], start)
}

function finishSet(p: Parser, first: Expression, start: number): Expression {
  const items = [first]
  while (p.eat(',')) {
    if (p.token.type === '}') break
    items.push(p.grammar.expression(p))
  }
  p.expect('}')
  return { kind: 'set', items, span: p.span(start) }
}

function finishBlock(p: Parser, first: readonly Statement[], start: number): BlockExpression {
  const statements = [...first, ...parseStatements(p, '}')]
  p.expect('}')
  return { kind: 'block', statements, span: p.span(start) }
}

/** Up to and with the closing brace. */
function finishObject(p: Parser): readonly ObjectEntry[] {
  const entries = new Map<string, ObjectEntry>()
  while (!p.eat('}')) {
    const { start } = p.token
    const key = objectKey(p)
    p.expect(':')
    entries.set(key, { key, value: p.grammar.expression(p), span: p.span(start) })
    if (!p.eat(',') && !p.at('}')) throw p.unexpected()
  }
  return [...entries.values()]
}
