/**
 * Record ids: `user:alice`, `user:1`, `user:⟨any text⟩`, `user:u'…'`, `user:[…]`, `user:{…}`, `user:ulid()`,
 * and ranges of them: `user:1..5`. Table, colon and key touch, so that `{ a: b }` stays an object.
 */

import { DbError, int, type Value } from '@dendrodb/protocol'
import type {
  KeyGenerator,
  RecordIdExpression,
  RecordKeyBound,
  RecordKeyNode,
  SingleRecordKey,
} from './ast.ts'
import { Parser } from './parser.ts'
import { stringLiteral } from './parser-literal.ts'
import { parseItems, parseObjectEntries } from './parser-object.ts'

const aKey = 'a record key (for a parameter use type::record)'

/** Whether the current name is the table of a record id. */
export function startsRecordId(p: Parser): boolean {
  return p.peek().type === ':' && p.isAdjacent()
}

/** At the table's name. */
export function parseRecordId(p: Parser): RecordIdExpression {
  const { start } = p.token
  const table = p.name('a table name')
  p.expect(':')
  return { kind: 'record_id', table, key: parseKeyOrRange(p), span: p.span(start) }
}

/** `r'user:alice'`. Errors inside are told at the string, as its content may have escapes. */
export function parseRecordString(p: Parser): RecordIdExpression {
  const token = p.advance()
  try {
    const inner = new Parser(token.text, p.limits, p.grammar, p.depth + 1)
    if (!startsRecordId(inner)) throw inner.unexpected('a record id')
    const id = parseRecordId(inner)
    if (!inner.at('end')) throw inner.unexpected()
    p.raise(inner.height)
    return unplaced(id, { start: token.start, end: token.end })
  } catch (error) {
    if (!(error instanceof DbError) || error.code !== 'DQL_SYNTAX') throw error
    throw p.invalid(token, `invalid record id '${token.text}'`, ['a record id such as user:alice'])
  }
}

/** The tree with every span set to that of the string it came from. */
function unplaced<Tree>(tree: Tree, span: RecordIdExpression['span']): Tree {
  return mapTree(tree, span) as Tree
}

function mapTree(tree: unknown, span: RecordIdExpression['span']): unknown {
  if (Array.isArray(tree)) return tree.map((item) => mapTree(item, span))
  if (tree === null || typeof tree !== 'object' || Object.getPrototypeOf(tree) !== Object.prototype)
    return tree
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, key === 'span' ? span : mapTree(value, span)]),
  )
}

function parseKeyOrRange(p: Parser): RecordKeyNode {
  const { start } = p.token
  if (!p.touchesLast) throw p.unexpected(aKey)
  const first = isRangeSymbol(p.token.type) ? undefined : parseKey(p)
  if (first !== undefined && !(isRangeSymbol(p.token.type) && p.touchesLast)) return first
  const symbol = p.advance().type
  const isExclusive = symbol === '>..' || symbol === '>..='
  const isClosed = symbol === '..=' || symbol === '>..='
  if (first === undefined && isExclusive) throw p.unexpected(aKey)
  const lower: RecordKeyBound | undefined = first && { key: first, inclusive: !isExclusive }
  const hasUpper = isClosed || (p.touchesLast && beginsKey(p))
  const upper: RecordKeyBound | undefined = hasUpper ? { key: parseKey(p), inclusive: isClosed } : undefined
  return {
    kind: 'key_range',
    ...(lower === undefined ? {} : { lower }),
    ...(upper === undefined ? {} : { upper }),
    span: p.span(start),
  }
}

function isRangeSymbol(type: string): boolean {
  return type === '..' || type === '..=' || type === '>..' || type === '>..='
}

function beginsKey(p: Parser): boolean {
  return ['word', 'escaped', 'number', 'uuid', '-', '[', '{'].includes(p.token.type)
}

function parseKey(p: Parser): SingleRecordKey {
  const { token } = p
  const { start } = token
  switch (token.type) {
    case 'word':
      return parseWordKey(p)
    case 'escaped':
      p.advance()
      return { kind: 'key_literal', value: token.text, span: p.span(start) }
    case 'number':
      p.advance()
      return { kind: 'key_literal', value: numberKey(p, token.text, start), span: p.span(start) }
    case '-':
      p.advance()
      if (p.token.type !== 'number' || !p.touchesLast || !/^\d+$/.test(p.token.text))
        throw p.unexpected('a whole number')
      return { kind: 'key_literal', value: numberKey(p, `-${p.advance().text}`, start), span: p.span(start) }
    case 'uuid':
      return { kind: 'key_literal', value: stringLiteral(p).value, span: p.span(start) }
    case '[':
      return { kind: 'key_array', items: parseItems(p, p.grammar.expression), span: p.span(start) }
    case '{':
      return { kind: 'key_object', entries: parseObjectEntries(p), span: p.span(start) }
    default:
      throw p.unexpected(aKey)
  }
}

/** A word is a key as it stands; `ulid()` and its like make one. */
function parseWordKey(p: Parser): SingleRecordKey {
  const { start, text } = p.advance()
  const generator = text.toLowerCase()
  if (p.token.type === '(' && p.touchesLast && isGenerator(generator)) {
    p.expect('(')
    p.expect(')')
    return { kind: 'key_generator', generator, span: p.span(start) }
  }
  return { kind: 'key_literal', value: text, span: p.span(start) }
}

function isGenerator(name: string): name is KeyGenerator['generator'] {
  return name === 'ulid' || name === 'uuid' || name === 'rand'
}

/** Digits alone are an int; digits with letters, such as a ULID, are text. */
function numberKey(p: Parser, text: string, start: number): Value {
  const isNumber = /^-?\d{1,200}$/.test(text)
  try {
    if (isNumber) return int(BigInt(text))
  } catch (error) {
    if (!(error instanceof DbError)) throw error
    throw p.invalid(p.span(start), error.message)
  }
  if (/^[\p{L}\p{M}\p{N}_]*[^\d]/u.test(text) && !/[.+-]/.test(text)) return text
  throw p.invalid(p.span(start), `invalid record key '${text}'`, ['a whole number', 'a name'])
}
