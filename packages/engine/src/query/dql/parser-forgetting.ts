/** ERASE and COMPACT. */

import type { CompactStatement, EraseOf, Expression } from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'

export function parseErase(p: Parser): EraseOf<Expression> {
  const { start } = p.advance()
  const targets = [p.grammar.expression(p)]
  while (p.eat(',')) targets.push(p.grammar.expression(p))
  const node: Mutable<Omit<EraseOf<Expression>, 'kind' | 'span'>> = { targets }
  if (p.eatKeyword('REASON')) node.reason = p.grammar.expression(p)
  return { kind: 'erase', ...node, span: p.span(start) }
}

export function parseCompact(p: Parser): CompactStatement {
  const { start } = p.advance()
  return { kind: 'compact', span: p.span(start) }
}
