/**
 * Text → tokens. Keywords are words like any other: what a word means is told by its place.
 */

import { float, int, type Value } from '@dendrodb/protocol'
import { nqlLimits } from './limits.ts'
import { nqlErrors, nqlSyntaxError } from './nql-errors.ts'

export interface NqlToken {
  readonly type: 'word' | 'name' | 'string' | 'number' | 'symbol' | 'end'
  readonly start: number
  readonly end: number
  /** As written; of a string or a name in backticks what it stands for. */
  readonly text: string
  /** Of a number. */
  readonly value?: Value
}

const space = /\s*/y
const word = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy
const number = /-?\d+(\.\d+)?(e[+-]?\d+)?/iy
const symbol = /!=|<=|>=|[=<>.]/y
const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
])

/** All tokens, an `end` the last. @throws NQL_SYNTAX, NQL_TOO_LONG */
export function readTokens(text: string): readonly NqlToken[] {
  if (text.length > nqlLimits.textCharsMax) throw nqlErrors.TOO_LONG({ limit: nqlLimits.textCharsMax })
  const tokens: NqlToken[] = []
  for (;;) {
    const start = (tokens.at(-1)?.end ?? 0) + matchAt(space, text, tokens.at(-1)?.end ?? 0).length
    const token = start === text.length ? endAt(start) : readToken(text, start)
    tokens.push(token)
    if (token.type === 'end') return tokens
  }
}

function readToken(text: string, start: number): NqlToken {
  const first = text.charAt(start)
  if (first === "'" || first === '"') return readQuoted(text, start, 'string')
  if (first === '`') return readQuoted(text, start, 'name')
  const found = matchAt(word, text, start)
  if (found !== '') return tokenOf('word', start, found)
  const digits = matchAt(number, text, start)
  if (digits !== '') return readNumber(text, start, digits)
  const sign = matchAt(symbol, text, start)
  if (sign !== '') return tokenOf('symbol', start, sign)
  const char = String.fromCodePoint(text.codePointAt(start) ?? 0)
  throw nqlSyntaxError(text, { start, end: start + char.length })
}

/** A backslash takes the meaning of a quote away, or gives one to `n`, `r`, `t`, `b`, `f` and `uXXXX`. */
function readQuoted(text: string, start: number, type: 'string' | 'name'): NqlToken {
  const quote = text.charAt(start)
  let read = ''
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === quote) return { type, start, end: at + 1, text: read }
    if (char !== '\\') {
      read += char
      continue
    }
    at += 1
    const escaped = text.charAt(at)
    if (escaped === 'u') {
      const hex = text.slice(at + 1, at + 5)
      if (!/^[\da-f]{4}$/i.test(hex)) {
        const problem = 'escape without four hexadecimal digits'
        throw nqlSyntaxError(text, { problem, start: at - 1, end: at + 1 })
      }
      read += String.fromCharCode(Number.parseInt(hex, 16))
      at += 4
    } else {
      read += escapes.get(escaped) ?? escaped
    }
  }
  const problem = `${type} that is not closed`
  throw nqlSyntaxError(text, { problem, start, end: start + 1, expected: [quote] })
}

function readNumber(text: string, start: number, digits: string): NqlToken {
  const end = start + digits.length
  if (/^[\p{L}\p{N}_]/u.test(text.slice(end, end + 2))) {
    throw nqlSyntaxError(text, { problem: 'number with a letter in it', start, end: end + 1 })
  }
  if (digits.length > nqlLimits.digitsMax) {
    const problem = `number of more than ${nqlLimits.digitsMax} characters`
    throw nqlSyntaxError(text, { problem, start, end })
  }
  const isInt = /^-?\d+$/.test(digits)
  const amount = Number(digits)
  if (!Number.isFinite(amount)) {
    throw nqlSyntaxError(text, { problem: 'number beyond the largest float', start, end })
  }
  return { ...tokenOf('number', start, digits), value: isInt ? int(BigInt(digits)) : float(amount) }
}

function tokenOf(type: NqlToken['type'], start: number, text: string): NqlToken {
  return { type, start, end: start + text.length, text }
}

function endAt(start: number): NqlToken {
  return { type: 'end', start, end: start, text: '' }
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}
