/**
 * Literals: numbers, durations, distances and prefixed strings. Each takes one token.
 * A token of digits is read here and not in the lexer, because what it means depends on its place: `1h` is a
 * duration, but in `t:1h` a key.
 */

import {
  Datetime,
  DbError,
  Decimal,
  Duration,
  float,
  int,
  limits,
  Uuid,
  type Value,
} from '@dendrodb/protocol'
import type { LiteralExpression } from './ast.ts'
import type { Parser } from './parser.ts'
import type { Token } from './token.ts'

/** The usual number: always a safe integer. */
const shortInt = /^\d{1,15}$/
const numberPattern = /^(\d[\d_]*)(\.[\d_]+)?(e[+-]?\d+)?(dec|f)?$/i
const durationPattern = /^(?:\d+(?:ns|us|µs|μs|ms|[smhdwy]))+$/
const distancePattern = /^(\d[\d_]*(?:\.[\d_]+)?)(mm|cm|km|ft|yd|mi|nmi)$/

/** Lengths of a unit in metres; a number without a unit is metres already. `m` is minutes. */
const metresPer: ReadonlyMap<string, string> = new Map([
  ['mm', '0.001'],
  ['cm', '0.01'],
  ['km', '1000'],
  ['ft', '0.3048'],
  ['yd', '0.9144'],
  ['mi', '1609.344'],
  ['nmi', '1852'],
])

const hexPattern = /^(?:[0-9A-Fa-f]{2})*$/

/** A number, duration or distance; `sign` is that of a minus or plus that touches it. */
export function numberLiteral(
  p: Parser,
  sign: '-' | '+' | '' = '',
  start: number = p.token.start,
): LiteralExpression {
  const token = p.advance()
  return { kind: 'literal', value: numberValue(p, token, sign), span: { start, end: token.end } }
}

function numberValue(p: Parser, token: Token, sign: '-' | '+' | ''): Value {
  const { text } = token
  if (sign === '' && shortInt.test(text)) return Number(text)
  if (text.length > limits.numberTextCharsMax) {
    throw p.invalid(token, `number of more than ${limits.numberTextCharsMax} characters`)
  }
  const number = numberPattern.exec(text)
  if (number !== null) return checked(p, token, () => plainNumber(p, token, number, sign))
  if (durationPattern.test(text) && sign === '') return checked(p, token, () => Duration.parse(text))
  const distance = distancePattern.exec(text)
  if (distance !== null) return checked(p, token, () => metres(distance, sign))
  throw p.invalid(token, `invalid number '${text}'`, [
    'a number',
    'a duration such as 1h30m',
    'a distance such as 5km',
  ])
}

/** Whether a number token is one that a sign may belong to; a negative duration is an operation. */
export function takesSign(token: Token): boolean {
  return token.type === 'number' && !durationPattern.test(token.text)
}

function plainNumber(p: Parser, token: Token, match: RegExpExecArray, sign: string): Value {
  const [, whole = '', fraction = '', exponent = '', suffix = ''] = match
  const text = sign + `${whole}${fraction}${exponent}`.replaceAll('_', '')
  if (suffix.toLowerCase() === 'dec') return Decimal.parse(text)
  // A sign that BigInt does not take.
  if (suffix === '' && fraction === '' && exponent === '') return int(BigInt(text.replace('+', '')))
  const n = Number(text)
  if (!Number.isFinite(n)) throw p.invalid(token, 'number beyond the largest float')
  return float(n)
}

function metres(match: RegExpExecArray, sign: string): Value {
  const [, amount = '', unit = ''] = match
  const product = Decimal.parse(sign + amount.replaceAll('_', '')).mul(
    Decimal.parse(metresPer.get(unit) ?? '1'),
  )
  const n = product.toNumber()
  return Number.isSafeInteger(n) ? int(n) : float(n)
}

/** A string with a prefix, or without one. */
export function stringLiteral(p: Parser): LiteralExpression {
  const token = p.advance()
  return { kind: 'literal', value: stringValue(p, token), span: { start: token.start, end: token.end } }
}

function stringValue(p: Parser, token: Token): Value {
  switch (token.type) {
    case 'datetime':
      return checked(p, token, () => Datetime.parse(token.text))
    case 'uuid':
      return checked(p, token, () => Uuid.parse(token.text))
    case 'bytes':
      if (!hexPattern.test(token.text))
        throw p.invalid(token, 'bytes that are not pairs of hexadecimal digits')
      return Uint8Array.from(token.text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    default:
      return token.text
  }
}

/** What a value class refuses is a syntax error at its token. */
function checked(p: Parser, token: Token, make: () => Value): Value {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof DbError) || error.code === 'DQL_SYNTAX') throw error
    throw p.invalid(token, error.message)
  }
}
