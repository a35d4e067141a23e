/**
 * One step along edges: `->knows`, `<-knows`, `<->knows`, `->?`, `->(knows, likes WHERE since > 2020 LIMIT
 * 3)`, `->(SELECT since FROM knows ORDER BY since)`, `->knows:1..5`.
 */

import type { GraphPart, GraphTarget } from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'
import { parseGroup, parseLimits, parseOrder, parseProjection, parseSplit } from './parser-clauses.ts'
import { parseRecordId, startsRecordId } from './parser-record-id.ts'

/** At the arrow. */
export function parseGraphPart(p: Parser, direction: GraphPart['direction']): GraphPart {
  const { start } = p.advance()
  if (p.token.type === '?') {
    p.advance()
    return { kind: 'graph', direction, span: p.span(start) }
  }
  if (p.token.type === '(') return parseFilteredStep(p, direction, start)
  return { kind: 'graph', direction, targets: [parseTarget(p)], span: p.span(start) }
}

function parseFilteredStep(p: Parser, direction: GraphPart['direction'], start: number): GraphPart {
  p.expect('(')
  const part: Mutable<GraphPart> = { kind: 'graph', direction, span: p.span(start) }
  if (p.token.keyword === 'SELECT') {
    p.advance()
    part.fields = parseProjection(p)
    p.expectKeyword('FROM')
  }
  if (p.token.type === '?') p.advance()
  else part.targets = p.list(parseTarget)
  if (p.eatKeyword('WHERE')) part.where = p.grammar.expression(p)
  parseSplit(p, part)
  parseGroup(p, part)
  parseOrder(p, part)
  parseLimits(p, part)
  if (p.eatKeyword('AS')) part.alias = p.grammar.path(p)
  p.expect(')')
  part.span = p.span(start)
  return part
}

function parseTarget(p: Parser): GraphTarget {
  const { start, type } = p.token
  if (type !== 'word' && type !== 'escaped') throw p.unexpected('an edge table or ?')
  if (startsRecordId(p)) return parseRecordId(p)
  return { kind: 'table', name: p.advance().text, span: p.span(start) }
}
