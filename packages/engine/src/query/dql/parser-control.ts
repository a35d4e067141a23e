/** Control: LET, RETURN, IF, FOR, THROW, SLEEP, BEGIN, COMMIT, CANCEL, BREAK, CONTINUE, EXPLAIN. */

import type {
  BlockExpression,
  ExplainStatement,
  ForStatement,
  IfBranch,
  IfStatement,
  LetStatement,
  ReturnStatement,
  SleepStatement,
  Statement,
  ThrowStatement,
} from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'
import { parseFetch } from './parser-clauses.ts'
import { parseBlock } from './parser-object.ts'
import { parseType } from './parser-type.ts'

export function parseLet(p: Parser): LetStatement {
  const { start } = p.advance()
  const name = p.param()
  const type = p.eat(':') ? parseType(p) : undefined
  p.expect('=')
  const value = p.grammar.expression(p)
  return { kind: 'let', name, ...(type === undefined ? {} : { type }), value, span: p.span(start) }
}

export function parseReturn(p: Parser): ReturnStatement {
  const { start } = p.advance()
  const node: Mutable<ReturnStatement> = { kind: 'return', span: p.span(start) }
  const isBare = [';', 'end', '}', ')'].includes(p.token.type)
  if (!isBare) node.value = p.grammar.expression(p)
  parseFetch(p, node)
  node.span = p.span(start)
  return node
}

/** `IF a { … } ELSE IF b { … } ELSE { … }` and `IF a THEN x ELSE IF b THEN y ELSE z END`. */
export function parseIf(p: Parser): IfStatement {
  const { start } = p.token
  const branches: IfBranch[] = []
  let otherwise: BlockExpression | undefined
  let hasThen = false
  do {
    const from = p.token.start
    p.expectKeyword('IF')
    const condition = p.grammar.expression(p)
    if (branches.length === 0) hasThen = p.atKeyword('THEN')
    const body = parseBranch(p, hasThen)
    branches.push({ condition, body, span: p.span(from) })
    if (!p.eatKeyword('ELSE')) break
    if (p.atKeyword('IF')) continue
    otherwise = hasThen ? parseBody(p) : parseBlock(p)
  } while (otherwise === undefined)
  if (hasThen) p.expectKeyword('END')
  return { kind: 'if', branches, ...(otherwise === undefined ? {} : { otherwise }), span: p.span(start) }
}

function parseBranch(p: Parser, hasThen: boolean): BlockExpression {
  if (!hasThen) return parseBlock(p)
  p.expectKeyword('THEN')
  return parseBody(p)
}

/** A block as it is; any other statement as a block of its own. */
function parseBody(p: Parser): BlockExpression {
  const { start } = p.token
  const outer = p.enter()
  const statement = p.grammar.statement(p)
  p.leave(outer)
  if (p.token.type === ';') p.advance()
  if (statement.kind === 'expression' && statement.expression.kind === 'block') return statement.expression
  return { kind: 'block', statements: [statement], span: p.span(start) }
}

export function parseFor(p: Parser): ForStatement {
  const { start } = p.advance()
  const variable = p.param()
  p.expectKeyword('IN')
  const source = p.grammar.expression(p)
  const body = parseBlock(p)
  return { kind: 'for', variable, source, body, span: p.span(start) }
}

export function parseThrow(p: Parser): ThrowStatement {
  const { start } = p.advance()
  return { kind: 'throw', error: p.grammar.expression(p), span: p.span(start) }
}

export function parseSleep(p: Parser): SleepStatement {
  const { start } = p.advance()
  return { kind: 'sleep', duration: p.grammar.expression(p), span: p.span(start) }
}

export function parseTransaction(p: Parser, kind: 'begin' | 'commit' | 'cancel'): Statement {
  const { start } = p.advance()
  p.eatKeyword('TRANSACTION')
  return { kind, span: p.span(start) }
}

export function parseJump(p: Parser, kind: 'break' | 'continue'): Statement {
  const { start } = p.advance()
  return { kind, span: p.span(start) }
}

export function parseExplainStatement(p: Parser): ExplainStatement {
  const { start } = p.advance()
  const analyze = p.eatKeyword('ANALYZE')
  const outer = p.enter()
  const statement = p.grammar.statement(p)
  p.leave(outer)
  return { kind: 'explain', analyze, statement, span: p.span(start) }
}
