/**
 * Types: `int | string`, `option<record<user>>`, `array<float, 3>`, `'draft' | 'done'`, `{ name: string }`.
 * Names of types are no keywords; they are known here alone, in any case.
 */

import type { GeometryShape, ScalarTypeName, TypeNode } from './ast-type.ts'
import type { Parser } from './parser.ts'
import { numberLiteral, stringLiteral, takesSign } from './parser-literal.ts'
import { objectKey } from './parser-name.ts'

const scalarNames: ReadonlySet<string> = new Set<ScalarTypeName>([
  'any',
  'none',
  'null',
  'bool',
  'int',
  'float',
  'decimal',
  'number',
  'string',
  'bytes',
  'datetime',
  'duration',
  'uuid',
  'object',
  'range',
  'function',
  'point',
])

const shapeNames: ReadonlySet<string> = new Set<GeometryShape>([
  'feature',
  'point',
  'line',
  'polygon',
  'multipoint',
  'multiline',
  'multipolygon',
  'collection',
])

const aType = 'a type'

/** A type, possibly a union. */
export function parseType(p: Parser): TypeNode {
  const { start } = p.token
  const first = parseMember(p)
  if (!p.at('|')) return first
  const members = flatten(first)
  while (p.eat('|')) members.push(...flatten(parseMember(p)))
  return { kind: 'union_type', members, span: p.span(start) }
}

/** A type that is no union, unless in `<…>`: a closure's parameter, where `|` ends the list. */
export function parseParamType(p: Parser): TypeNode {
  if (!p.eat('<')) return parseMember(p)
  const type = parseType(p)
  closeAngle(p)
  return type
}

function flatten(type: TypeNode): TypeNode[] {
  return type.kind === 'union_type' ? [...type.members] : [type]
}

function parseMember(p: Parser): TypeNode {
  const outer = p.enter()
  const type = parseOneType(p)
  p.leave(outer)
  return type
}

function parseOneType(p: Parser): TypeNode {
  const { token } = p
  const { start } = token
  switch (token.type) {
    case 'word':
      return parseNamedType(p)
    case 'string':
    case 'datetime':
    case 'uuid':
      return { kind: 'literal_type', value: stringLiteral(p).value, span: p.span(start) }
    case 'number':
      return { kind: 'literal_type', value: numberLiteral(p).value, span: p.span(start) }
    case '-':
    case '+': {
      const sign = token.type
      p.advance()
      if (!takesSign(p.token)) throw p.unexpected('a number')
      return { kind: 'literal_type', value: numberLiteral(p, sign).value, span: p.span(start) }
    }
    case '{':
      return parseObjectType(p)
    case '[':
      return parseTupleType(p)
    default:
      throw p.unexpected(aType)
  }
}

function parseNamedType(p: Parser): TypeNode {
  const { start } = p.token
  const name = p.token.text.toLowerCase()
  switch (name) {
    case 'true':
    case 'false':
      p.advance()
      return { kind: 'literal_type', value: name === 'true', span: p.span(start) }
    case 'option':
      return parseOption(p)
    case 'record':
      return parseRecordType(p)
    case 'array':
    case 'set':
      return parseListType(p, name)
    case 'geometry':
      return parseGeometryType(p)
    case 'vector':
      return parseVectorType(p)
  }
  if (!scalarNames.has(name)) throw p.unexpected(aType)
  p.advance()
  return { kind: 'scalar_type', name: name as ScalarTypeName, span: p.span(start) }
}

function parseOption(p: Parser): TypeNode {
  const { start } = p.advance()
  p.expect('<')
  const inner = parseType(p)
  closeAngle(p)
  return { kind: 'option_type', inner, span: p.span(start) }
}

function parseRecordType(p: Parser): TypeNode {
  const { start } = p.advance()
  if (!p.eat('<')) return { kind: 'record_type', span: p.span(start) }
  const tables = [p.name('a table name')]
  while (p.eat('|')) tables.push(p.name('a table name'))
  closeAngle(p)
  return { kind: 'record_type', tables, span: p.span(start) }
}

function parseListType(p: Parser, name: 'array' | 'set'): TypeNode {
  const kind = name === 'array' ? 'array_type' : 'set_type'
  const { start } = p.advance()
  if (!p.eat('<')) return { kind, span: p.span(start) }
  const item = parseType(p)
  const length = p.eat(',') ? p.integer('a whole number') : undefined
  closeAngle(p)
  return { kind, item, ...(length === undefined ? {} : { length }), span: p.span(start) }
}

function parseGeometryType(p: Parser): TypeNode {
  const { start } = p.advance()
  if (!p.eat('<')) return { kind: 'geometry_type', span: p.span(start) }
  const shapes = [parseShape(p)]
  while (p.eat('|')) shapes.push(parseShape(p))
  closeAngle(p)
  return { kind: 'geometry_type', shapes, span: p.span(start) }
}

function parseShape(p: Parser): GeometryShape {
  const name = p.token.text.toLowerCase()
  if (p.token.type !== 'word' || !shapeNames.has(name)) throw p.unexpected('a kind of geometry')
  p.advance()
  return name as GeometryShape
}

/** `vector`, `vector<3>`, `vector(3)`. */
function parseVectorType(p: Parser): TypeNode {
  const { start } = p.advance()
  const isRound = p.eat('(')
  if (!isRound && !p.eat('<')) return { kind: 'vector_type', span: p.span(start) }
  const dimension = p.integer('a number of dimensions')
  if (isRound) p.expect(')')
  else closeAngle(p)
  return { kind: 'vector_type', dimension, span: p.span(start) }
}

function parseObjectType(p: Parser): TypeNode {
  const { start } = p.expect('{')
  const fields: { readonly key: string; readonly type: TypeNode }[] = []
  while (!p.eat('}')) {
    const key = objectKey(p)
    p.expect(':')
    fields.push({ key, type: parseType(p) })
    if (!p.eat(',') && !p.at('}')) throw p.unexpected()
  }
  return { kind: 'object_type', fields, span: p.span(start) }
}

function parseTupleType(p: Parser): TypeNode {
  const { start } = p.expect('[')
  const items: TypeNode[] = []
  while (!p.eat(']')) {
    items.push(parseType(p))
    if (!p.eat(',') && !p.at(']')) throw p.unexpected()
  }
  return { kind: 'tuple_type', items, span: p.span(start) }
}

/** The `>` that closes a type, also where it runs into the next symbol: `array<int>= …`. */
export function closeAngle(p: Parser): void {
  const { type } = p.token
  if (type === '>=' || type === '>..' || type === '>..=') p.splitSymbol(1)
  else p.expect('>')
}
