/**
 * Paths: what may follow a name or a value. `a.b[0]->knows[WHERE since > 2020]->person.{ name, age }`.
 * A path is a flat list of parts, so its length costs no depth.
 */

import type {
  DestructureField,
  Expression,
  GraphPart,
  IdiomExpression,
  PathPart,
  RecurseMode,
  RecursePart,
} from './ast.ts'
import type { Parser } from './parser.ts'
import { parseGraphPart } from './parser-graph.ts'

type Direction = GraphPart['direction']

const directions: ReadonlyMap<string, Direction> = new Map([
  ['->', 'out'],
  ['<-', 'in'],
  ['<->', 'both'],
])

/** The expression with the parts that follow it, if any do. `start`: where the whole begins. */
export function parsePathAfter(p: Parser, value: Expression, start: number): Expression {
  if (!continuesPath(p)) return value
  // In `(a.*)[0]` the element is taken of the list, in `a.*[0]` of each of its elements.
  if (value.kind === 'idiom' && p.closed !== value) {
    const parts = parseParts(p, [...value.parts])
    return { ...value, parts, span: p.span(start) }
  }
  return { kind: 'idiom', start: value, parts: parseParts(p, []), span: p.span(start) }
}

/** A path that begins at the current record: with a field or an edge. */
export function parsePath(p: Parser): IdiomExpression {
  const { start } = p.token
  const outer = p.enter()
  const parts = parseParts(p, startsWithEdge(p) ? [] : [parseField(p)])
  p.leave(outer)
  return { kind: 'idiom', parts, span: p.span(start) }
}

function parseField(p: Parser): PathPart {
  const { start } = p.token
  const name = p.name('a field')
  return { kind: 'field', name, span: p.span(start) }
}

function startsWithEdge(p: Parser): boolean {
  return directions.has(p.token.type)
}

/** A path that begins with an edge, where an expression may stand. */
export function parseEdgePath(p: Parser): IdiomExpression {
  const { start } = p.token
  return { kind: 'idiom', parts: parseParts(p, []), span: p.span(start) }
}

function continuesPath(p: Parser): boolean {
  switch (p.token.type) {
    case '.':
    case '[':
    case '->':
    case '<-':
    case '<->':
    case '...':
    case '…':
    case '?':
      return true
    case '(':
      return p.touchesLast
    default:
      p.wanted('.')
      return false
  }
}

/** Adds to `parts` whatever continues the path. */
function parseParts(p: Parser, parts: PathPart[]): PathPart[] {
  while (continuesPath(p)) {
    parts.push(parsePart(p))
    p.checkPathLength(parts.length)
  }
  return parts
}

function parsePart(p: Parser): PathPart {
  const { token } = p
  const direction = directions.get(token.type)
  if (direction !== undefined) return parseGraphPart(p, direction)
  switch (token.type) {
    case '.':
      return parseDotPart(p)
    case '[':
      return parseBracketPart(p)
    case '(':
      return { kind: 'call', args: parseArguments(p), span: p.span(token.start) }
    case '?':
      p.advance()
      return { kind: 'optional', span: p.span(token.start) }
    default:
      p.advance()
      return { kind: 'flatten', span: p.span(token.start) }
  }
}

function parseDotPart(p: Parser): PathPart {
  const { start } = p.expect('.')
  switch (p.token.type) {
    case '*':
      p.advance()
      return { kind: 'all', span: p.span(start) }
    case '?':
      p.advance()
      return { kind: 'optional', span: p.span(start) }
    case '@':
      p.advance()
      return { kind: 'repeat', span: p.span(start) }
    case '{':
      return parseBracePart(p, start)
  }
  const name = p.name('a field, a method, * or {')
  if (p.token.type !== '(' || !p.touchesLast) return { kind: 'field', name, span: p.span(start) }
  return { kind: 'method', name, args: parseArguments(p), span: p.span(start) }
}

/** `(a, b)` after a function, method or closure. */
export function parseArguments(p: Parser): readonly Expression[] {
  p.expect('(')
  const args: Expression[] = []
  while (!p.eat(')')) {
    args.push(p.grammar.expression(p))
    if (!p.eat(',') && !p.at(')')) throw p.unexpected()
  }
  return args
}

function parseBracketPart(p: Parser): PathPart {
  const { start } = p.expect('[')
  const part = parseBracketContent(p, start)
  p.expect(']')
  return { ...part, span: p.span(start) }
}

function parseBracketContent(p: Parser, start: number): PathPart {
  switch (p.token.type) {
    case '*':
      p.advance()
      return { kind: 'all', span: p.span(start) }
    case '$':
      p.advance()
      return { kind: 'last', span: p.span(start) }
    case '?':
      p.advance()
      return { kind: 'where', condition: p.grammar.expression(p), span: p.span(start) }
  }
  // A field of that name would stand in quotes: a['where'].
  if (p.token.keyword === 'WHERE') {
    p.advance()
    return { kind: 'where', condition: p.grammar.expression(p), span: p.span(start) }
  }
  return { kind: 'index', index: p.grammar.expression(p), span: p.span(start) }
}

// `.{ … }`

function parseBracePart(p: Parser, start: number): PathPart {
  p.expect('{')
  const { type } = p.token
  if (type === 'number' || type === '..') return parseRecursePart(p, start)
  return parseDestructurePart(p, start)
}

function parseDestructurePart(p: Parser, start: number): PathPart {
  const outer = p.enter()
  const fields: DestructureField[] = []
  while (!p.eat('}')) {
    fields.push(parseDestructureField(p))
    if (!p.eat(',') && !p.at('}')) throw p.unexpected()
  }
  p.leave(outer)
  return { kind: 'destructure', fields, span: p.span(start) }
}

/** `a`, `a.*`, `a.{ b }`, `alias: any.path`. */
function parseDestructureField(p: Parser): DestructureField {
  const { start } = p.token
  const name = p.name('a field')
  const nameSpan = p.span(start)
  if (p.eat(':')) return { name, path: parsePath(p).parts, span: p.span(start) }
  const path: PathPart[] = [{ kind: 'field', name, span: nameSpan }]
  while (p.token.type === '.') path.push(parseDotPart(p))
  return { name, path, span: p.span(start) }
}

/** `.{3}`, `.{1..3}`, `.{..+collect}`, with the path in parentheses or after it. */
function parseRecursePart(p: Parser, start: number): RecursePart {
  const min = p.token.type === 'number' ? p.integer('a depth') : undefined
  const isRange = p.eat('..')
  const max = isRange ? (p.token.type === 'number' ? p.integer('a depth') : undefined) : min
  const mode = parseRecurseMode(p)
  p.expect('}')
  const path = p.token.type === '(' ? parseRecursedPath(p) : undefined
  return {
    kind: 'recurse',
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(mode === undefined ? {} : { mode }),
    ...(path === undefined ? {} : { path }),
    span: p.span(start),
  }
}

function parseRecursedPath(p: Parser): readonly PathPart[] {
  const outer = p.enter()
  p.expect('(')
  const parts = parseParts(p, [])
  if (parts.length === 0) throw p.unexpected('a path such as ->knows->person')
  p.expect(')')
  p.leave(outer)
  return parts
}

function parseRecurseMode(p: Parser): RecurseMode | undefined {
  if (!p.eat('+')) return undefined
  const word = p.token.text.toLowerCase()
  const isMode = word === 'collect' || word === 'path' || word === 'shortest'
  if (p.token.type !== 'word' || !isMode) throw p.unexpected('collect, path or shortest')
  p.advance()
  if (word !== 'shortest') return { type: word, inclusive: parseInclusive(p) }
  p.expect('=')
  const to = p.grammar.primary(p)
  return { type: word, to, inclusive: parseInclusive(p) }
}

function parseInclusive(p: Parser): boolean {
  if (!p.eat('+')) return false
  if (p.token.type !== 'word' || p.token.text.toLowerCase() !== 'inclusive') throw p.unexpected('inclusive')
  p.advance()
  return true
}
