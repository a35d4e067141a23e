/**
 * Operators, by precedence climbing; their powers are in operator-power.ts.
 * A bare `NOT` binds looser than comparisons (`NOT a = b` is `!(a = b)`), which SurrealQL does not know.
 */

import { must } from '@dendrodb/protocol'
import type {
  BinaryOperator,
  Distance,
  Expression,
  KnnExpression,
  MatchesExpression,
  RangeExpression,
  UnaryOperator,
} from './ast.ts'
import { isUnchained, operatorPower, powers, unchained } from './operator-power.ts'
import type { Parser } from './parser.ts'
import { parseDistance } from './parser-distance.ts'
import { numberLiteral, takesSign } from './parser-literal.ts'
import { beginsRangeEnd } from './parser-lookahead.ts'
import { parsePathAfter } from './parser-path.ts'
import { parsePrimary } from './parser-primary.ts'
import { closeAngle, parseType } from './parser-type.ts'
import type { TokenType } from './token.ts'

interface BinaryRule {
  readonly form: 'binary'
  readonly power: number
  readonly operator: BinaryOperator
}

interface OtherRule {
  readonly form: 'is' | 'not' | 'between' | 'matches' | 'knn' | 'range'
  readonly power: number
}

type InfixRule = BinaryRule | OtherRule

function binary(operator: BinaryOperator): BinaryRule {
  return { form: 'binary', power: operatorPower(operator), operator }
}

const symbolRules: ReadonlyMap<TokenType, InfixRule> = new Map<TokenType, InfixRule>([
  ['??', binary('??')],
  ['?:', binary('?:')],
  ['||', binary('||')],
  ['&&', binary('&&')],
  ['=', binary('=')],
  ['==', binary('==')],
  ['!=', binary('!=')],
  ['?=', binary('?=')],
  ['*=', binary('*=')],
  ['~', binary('~')],
  ['!~', binary('!~')],
  ['?~', binary('?~')],
  ['*~', binary('*~')],
  ['@', { form: 'matches', power: powers.equality }],
  ['<', binary('<')],
  ['<=', binary('<=')],
  ['>', binary('>')],
  ['>=', binary('>=')],
  ['<|', { form: 'knn', power: powers.relation }],
  ['∈', binary('IN')],
  ['∉', binary('NOT IN')],
  ['∋', binary('CONTAINS')],
  ['∌', binary('CONTAINSNOT')],
  ['⊇', binary('CONTAINSALL')],
  ['⊃', binary('CONTAINSANY')],
  ['⊅', binary('CONTAINSNONE')],
  ['⊆', binary('ALLINSIDE')],
  ['⊂', binary('ANYINSIDE')],
  ['⊄', binary('NONEINSIDE')],
  ['+', binary('+')],
  ['-', binary('-')],
  ['*', binary('*')],
  ['×', binary('*')],
  ['/', binary('/')],
  ['÷', binary('/')],
  ['%', binary('%')],
  ['**', binary('**')],
  ['..', { form: 'range', power: powers.range }],
  ['..=', { form: 'range', power: powers.range }],
  ['>..', { form: 'range', power: powers.range }],
  ['>..=', { form: 'range', power: powers.range }],
])

const wordRules: ReadonlyMap<string, InfixRule> = new Map<string, InfixRule>([
  ['OR', binary('||')],
  ['AND', binary('&&')],
  ['IS', { form: 'is', power: powers.equality }],
  ['NOT', { form: 'not', power: powers.relation }],
  ['BETWEEN', { form: 'between', power: powers.relation }],
  ['IN', binary('IN')],
  ['INSIDE', binary('IN')],
  ['NOTINSIDE', binary('NOT IN')],
  ['CONTAINS', binary('CONTAINS')],
  ['CONTAINSNOT', binary('CONTAINSNOT')],
  ['CONTAINSALL', binary('CONTAINSALL')],
  ['CONTAINSANY', binary('CONTAINSANY')],
  ['CONTAINSNONE', binary('CONTAINSNONE')],
  ['ALLINSIDE', binary('ALLINSIDE')],
  ['ANYINSIDE', binary('ANYINSIDE')],
  ['NONEINSIDE', binary('NONEINSIDE')],
  ['OUTSIDE', binary('OUTSIDE')],
  ['INTERSECTS', binary('INTERSECTS')],
  ['LIKE', binary('LIKE')],
])

/** A whole expression. */
export function parseOperators(p: Parser, minPower: number = powers.lowest): Expression {
  const { start } = p.token
  const outer = p.enterOperand()
  let left = parsePrefix(p)
  for (;;) {
    const rule = infixRule(p)
    if (rule === undefined || rule.power <= minPower) break
    const isClosed = p.closed === left
    left = parseInfix(p, left, isClosed, rule, start)
    p.grow()
  }
  p.leaveOperand(outer)
  return left
}

function infixRule(p: Parser): InfixRule | undefined {
  const { type, keyword } = p.token
  const rule = type === 'word' ? wordRules.get(keyword) : symbolRules.get(type)
  if (rule === undefined || (rule.form === 'not' && negatedOperator(p) === undefined)) {
    p.wanted('an operator')
    return undefined
  }
  return rule
}

function negatedOperator(p: Parser): 'IN' | 'LIKE' | 'BETWEEN' | undefined {
  switch (p.peek().keyword) {
    case 'IN':
    case 'INSIDE':
      return 'IN'
    case 'LIKE':
      return 'LIKE'
    case 'BETWEEN':
      return 'BETWEEN'
    default:
      return undefined
  }
}

function parseInfix(
  p: Parser,
  left: Expression,
  isClosed: boolean,
  rule: InfixRule,
  start: number,
): Expression {
  switch (rule.form) {
    case 'binary':
      p.advance()
      return parseBinary(p, left, isClosed, rule, start)
    case 'is':
      p.advance()
      return parseBinary(p, left, isClosed, binary(p.eatKeyword('NOT') ? '!=' : '='), start)
    case 'not':
      return parseNegated(p, left, isClosed, start)
    case 'between':
      p.advance()
      return parseBetween(p, left, false, start)
    case 'matches':
      return parseMatches(p, left, start)
    case 'knn':
      return parseKnn(p, left, start)
    case 'range':
      return parseRangeAfter(p, left, isClosed, start)
  }
}

function parseBinary(
  p: Parser,
  left: Expression,
  isClosed: boolean,
  rule: BinaryRule,
  start: number,
): Expression {
  const right = parseOperators(p, rule.power)
  const { operator } = rule
  if (unchained.has(operator)) {
    if (!isClosed && isUnchained(left)) throw chained(p, left, right)
    if (p.closed !== right && isUnchained(right)) throw chained(p, left, right)
  }
  return { kind: 'binary', operator, left, right, span: p.span(start) }
}

const unchaining = 'parentheses around the one that comes first'

function chained(p: Parser, left: Expression, right: Expression): Error {
  const span = { start: left.span.start, end: right.span.end }
  return p.invalid(span, 'chained comparison', [unchaining])
}

function parseNegated(p: Parser, left: Expression, isClosed: boolean, start: number): Expression {
  const operator = must(negatedOperator(p), 'infixRule looked for it')
  p.advance()
  p.advance()
  if (operator === 'BETWEEN') return parseBetween(p, left, true, start)
  return parseBinary(p, left, isClosed, binary(`NOT ${operator}`), start)
}

function parseBetween(p: Parser, value: Expression, negated: boolean, start: number): Expression {
  const lower = parseOperators(p, powers.relation)
  p.expectKeyword('AND')
  const upper = parseOperators(p, powers.relation)
  return { kind: 'between', value, lower, upper, negated, span: p.span(start) }
}

/** `@@`, `@1@`, `@OR@`, `@1,OR@`. */
function parseMatches(p: Parser, left: Expression, start: number): MatchesExpression {
  p.expect('@')
  const reference = p.token.type === 'number' ? p.integer('a whole number') : undefined
  const hasTerms = reference === undefined ? p.token.type === 'word' : p.eat(',')
  const terms = hasTerms ? p.expectOneOf(['AND', 'OR']) : undefined
  if (reference === undefined && terms === undefined && p.token.type !== '@')
    throw p.unexpected('a whole number')
  p.expect('@')
  const right = parseOperators(p, powers.equality)
  return {
    kind: 'matches',
    left,
    right,
    ...(reference === undefined ? {} : { reference }),
    ...(terms === undefined ? {} : { terms }),
    span: p.span(start),
  }
}

/** `<|10|>`, `<|10,40|>`, `<|10,COSINE|>`. */
function parseKnn(p: Parser, left: Expression, start: number): KnnExpression {
  p.expect('<|')
  const k = p.integer('a number of neighbours')
  let ef: number | undefined
  let distance: Distance | undefined
  if (p.eat(',')) {
    if (p.token.type === 'number') ef = p.integer('a beam width')
    else distance = parseDistance(p)
  }
  p.expect('|>')
  const right = parseOperators(p, powers.relation)
  return {
    kind: 'knn',
    left,
    right,
    k,
    ...(ef === undefined ? {} : { ef }),
    ...(distance === undefined ? {} : { distance }),
    span: p.span(start),
  }
}

function parseRangeAfter(p: Parser, lower: Expression, isClosed: boolean, start: number): RangeExpression {
  if (lower.kind === 'range' && !isClosed) throw p.invalid(p.token, 'chained range', [unchaining])
  const symbol = p.advance().type
  const lowerInclusive = symbol === '..' || symbol === '..='
  return {
    lower,
    ...parseRangeEnd(p, symbol === '..=' || symbol === '>..='),
    kind: 'range',
    lowerInclusive,
    span: p.span(start),
  }
}

/** After the dots. */
function parseRangeEnd(p: Parser, upperInclusive: boolean): { upper?: Expression; upperInclusive: boolean } {
  if (!upperInclusive && !beginsRangeEnd(p)) return { upperInclusive }
  const upper = parseOperators(p, powers.range)
  return { upper, upperInclusive }
}

// Before a value

function parsePrefix(p: Parser): Expression {
  const { type, start } = p.token
  switch (type) {
    case '-':
    case '+':
      if (p.isAdjacent() && takesSign(p.peek())) {
        p.advance()
        return parsePathAfter(p, numberLiteral(p, type, start), start)
      }
      return parseUnary(p, type)
    case '!':
      return parseUnary(p, '!')
    case '<':
      return parseCast(p)
    case '..':
    case '..=': {
      p.advance()
      const end = parseRangeEnd(p, type === '..=')
      return { kind: 'range', ...end, lowerInclusive: true, span: p.span(start) }
    }
    case 'word':
      if (p.token.keyword === 'NOT' && !endsName(p.peek().type)) return parseNot(p)
  }
  return parsePathAfter(p, parsePrimary(p), start)
}

/** What shows that a word is a name and nothing to be applied to a value. */
function endsName(type: TokenType): boolean {
  return ['=', '==', '!=', '.', ',', ';', ')', ']', '}', ':', 'end'].includes(type)
}

function parseUnary(p: Parser, operator: UnaryOperator): Expression {
  const { start } = p.token
  const outer = p.enter()
  p.advance()
  const operand = parseOperators(p, powers.prefix)
  p.leave(outer)
  return { kind: 'unary', operator, operand, span: p.span(start) }
}

/** `NOT a = b` is `!(a = b)`. */
function parseNot(p: Parser): Expression {
  const { start } = p.token
  const outer = p.enter()
  p.advance()
  const operand = parseOperators(p, powers.not)
  p.leave(outer)
  return { kind: 'unary', operator: '!', operand, span: p.span(start) }
}

function parseCast(p: Parser): Expression {
  const { start } = p.token
  const outer = p.enter()
  p.advance()
  const type = parseType(p)
  closeAngle(p)
  const operand = parseOperators(p, powers.prefix)
  p.leave(outer)
  return { kind: 'cast', type, operand, span: p.span(start) }
}
