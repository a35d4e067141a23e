/**
 * Names in the places where any word may stand: object keys, paths of definitions, functions of the user.
 */

import type { FieldPathNode, FieldPathStep } from './ast.ts'
import type { Parser } from './parser.ts'

/** `name`, `'any text'`, `12`. */
export function objectKey(p: Parser): string {
  const { type } = p.token
  if (type !== 'word' && type !== 'escaped' && type !== 'string' && type !== 'number') {
    throw p.unexpected('an object key')
  }
  return p.advance().text
}

/** `address.city`, `tags.*`, `tags[*].name`. */
export function parseFieldPath(p: Parser): FieldPathNode {
  const { start } = p.token
  const steps: FieldPathStep[] = [p.name('a field name')]
  for (;;) {
    if (p.eat('.')) steps.push(p.eat('*') ? { each: true } : p.name('a field name'))
    else if (p.eat('[')) {
      p.expect('*')
      p.expect(']')
      steps.push({ each: true })
    } else return { kind: 'field_path', steps, span: p.span(start) }
    p.checkPathLength(steps.length)
  }
}

/** `fn::greet`, `fn::shop::total`; the name without `fn::`. */
export function functionName(p: Parser): string {
  if (p.token.type !== 'word' || p.token.text.toLowerCase() !== 'fn')
    throw p.unexpected('a function name such as fn::greet')
  p.advance()
  p.expect('::')
  const parts = [p.name('a function name')]
  while (p.eat('::')) {
    parts.push(p.name('a function name'))
    p.checkPathLength(parts.length)
  }
  return parts.join('::')
}
