/**
 * Text → tokens, one at a time as the parser asks for them.
 * Why by hand: an error must say what is wrong inside a string or a number, and a token costs a fraction of a
 * microsecond. Every call moves forward, so the whole text is read in linear time.
 * Comments run from `--`, `//` or `#` to the end of the line, or stand between slash-star and star-slash;
 * they count as white space.
 */

import type { DbError } from '@dendrodb/protocol'
import { keywordOf } from './keywords.ts'
import { unescapeName, unescapeString } from './lexer-escapes.ts'
import { syntaxError } from './syntax-error.ts'
import { type SymbolType, symbols, type Token, type TokenType } from './token.ts'

const space = 1
const digit = 2
const lower = 4
const upper = 8
const underscore = 16
const wordStart = lower | upper | underscore
const wordPart = wordStart | digit

/** Class of each ASCII character; 0 for symbols. */
const classes = new Uint8Array(128)
for (const code of [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]) classes[code] = space
for (let code = 0x30; code <= 0x39; code += 1) classes[code] = digit
for (let code = 0x41; code <= 0x5a; code += 1) classes[code] = upper
for (let code = 0x61; code <= 0x7a; code += 1) classes[code] = lower
classes[0x5f] = underscore

const symbolsByCode: ReadonlyMap<number, readonly SymbolType[]> = Map.groupBy(symbols, (symbol) =>
  symbol.charCodeAt(0),
)

const stringPrefixes: ReadonlyMap<string, TokenType> = new Map([
  ['b', 'bytes'],
  ['d', 'datetime'],
  ['r', 'record'],
  ['s', 'string'],
  ['u', 'uuid'],
])

const otherSpace = /\s/
const otherLetter = /[\p{L}\p{Nl}\p{M}\p{Nd}]/u

const quoteCode = 0x27
const doubleQuoteCode = 0x22
const backtickCode = 0x60
const angleCode = 0x27e8
const backslashCode = 0x5c
const dollarCode = 0x24
const dotCode = 0x2e

export class Lexer {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The next token; at the end of the text `end`, again and again. @throws DQL_SYNTAX */
  next(): Token {
    this.#skipSpace()
    const start = this.#at
    if (start >= this.#text.length) return { type: 'end', start, end: start, text: '', keyword: '' }
    const code = this.#text.charCodeAt(start)
    const kind = this.#classAt(start)
    if ((kind & wordStart) !== 0) return this.#word(start)
    if (kind === digit) return this.#number(start)
    if (code === quoteCode || code === doubleQuoteCode) return this.#string(start, 'string')
    if (code === backtickCode || code === angleCode) return this.#escapedName(start, 'escaped')
    if (code === dollarCode) return this.#param(start)
    return this.#symbol(start, code)
  }

  /** Class of the character at `at`; letters and digits beyond ASCII are `lower`. */
  #classAt(at: number): number {
    const code = this.#text.charCodeAt(at)
    if (code < 128) return classes[code] ?? 0
    if (at >= this.#text.length) return 0
    const char = String.fromCodePoint(this.#text.codePointAt(at) ?? 0)
    if (otherSpace.test(char)) return space
    return otherLetter.test(char) ? lower : 0
  }

  #skipSpace(): void {
    const text = this.#text
    for (;;) {
      while (this.#classAt(this.#at) === space) this.#at += 1
      const code = text.charCodeAt(this.#at)
      if (code === 0x23) this.#skipLine()
      else if (code === 0x2d && text.charCodeAt(this.#at + 1) === 0x2d) this.#skipLine()
      else if (code !== 0x2f) return
      else if (text.charCodeAt(this.#at + 1) === 0x2f) this.#skipLine()
      else if (text.charCodeAt(this.#at + 1) === 0x2a) this.#skipBlock()
      else return
    }
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end === -1 ? this.#text.length : end + 1
  }

  #skipBlock(): void {
    const start = this.#at
    const end = this.#text.indexOf('*/', start + 2)
    if (end === -1) throw this.#error(start, start + 2, 'comment that is not closed', '*/')
    this.#at = end + 2
  }

  /** End of the run of letters, digits and underscores from `at`. */
  #wordEnd(at: number): number {
    let end = at
    for (;;) {
      if ((this.#classAt(end) & wordPart) === 0) return end
      end += this.#text.charCodeAt(end) >= 0xd800 && this.#text.charCodeAt(end) < 0xdc00 ? 2 : 1
    }
  }

  #word(start: number): Token {
    const end = this.#wordEnd(start)
    const text = this.#text.slice(start, end)
    const following = this.#text.charCodeAt(end)
    if (text.length === 1 && (following === quoteCode || following === doubleQuoteCode)) {
      const type = stringPrefixes.get(text)
      if (type !== undefined) return this.#string(start, type)
    }
    this.#at = end
    return { type: 'word', start, end, text, keyword: keywordOf(text, hasBothCases(text)) }
  }

  /** A word that begins with a digit, with a fraction and a signed exponent if they are there. */
  #number(start: number): Token {
    const text = this.#text
    let end = this.#wordEnd(start)
    if (text.charCodeAt(end) === dotCode && this.#classAt(end + 1) === digit) end = this.#wordEnd(end + 1)
    const sign = text.charCodeAt(end)
    const isExponent = (sign === 0x2b || sign === 0x2d) && (text.charCodeAt(end - 1) | 0x20) === 0x65
    if (isExponent && this.#classAt(end + 1) === digit && /^[\d_.]+e$/i.test(text.slice(start, end))) {
      end = this.#wordEnd(end + 1)
    }
    this.#at = end
    return { type: 'number', start, end, text: text.slice(start, end), keyword: '' }
  }

  /** `start` is at the prefix, if there is one. */
  #string(start: number, type: TokenType): Token {
    const open =
      this.#text.charCodeAt(start) === quoteCode || this.#text.charCodeAt(start) === doubleQuoteCode
        ? start
        : start + 1
    const close = this.#closing(start, open, this.#text.charAt(open), 'string')
    const raw = this.#text.slice(open + 1, close)
    const text = raw.includes('\\') ? unescapeString(this.#text, open + 1, close) : raw
    return { type, start, end: this.#at, text, keyword: '' }
  }

  #escapedName(start: number, type: 'escaped' | 'param'): Token {
    const open = type === 'param' ? start + 1 : start
    const quote = this.#text.charAt(open) === '⟨' ? '⟩' : '`'
    const close = this.#closing(start, open, quote, 'name')
    const raw = this.#text.slice(open + 1, close)
    if (raw === '') throw this.#error(start, this.#at, 'empty name', 'a name')
    const text = raw.includes('\\') ? unescapeName(this.#text, open + 1, close, quote) : raw
    return { type, start, end: this.#at, text, keyword: '' }
  }

  /** Offset of the closing quote; moves past it. */
  #closing(start: number, open: number, quote: string, what: string): number {
    const text = this.#text
    const quoteCodeWanted = quote.charCodeAt(0)
    for (let at = open + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code === backslashCode) at += 1
      else if (code === quoteCodeWanted) {
        this.#at = at + 1
        return at
      }
    }
    throw this.#error(start, open + 1, `${what} that is not closed`, quote)
  }

  #param(start: number): Token {
    const following = this.#text.charCodeAt(start + 1)
    if (following === backtickCode || following === angleCode) return this.#escapedName(start, 'param')
    const end = this.#wordEnd(start + 1)
    if (end === start + 1) {
      this.#at = end
      return { type: '$', start, end, text: '$', keyword: '' }
    }
    this.#at = end
    return { type: 'param', start, end, text: this.#text.slice(start + 1, end), keyword: '' }
  }

  #symbol(start: number, code: number): Token {
    for (const symbol of symbolsByCode.get(code) ?? []) {
      if (!this.#text.startsWith(symbol, start)) continue
      if (symbol === '<-' && this.#isMinusOperand(start + 2)) continue
      this.#at = start + symbol.length
      return { type: symbol, start, end: this.#at, text: symbol, keyword: '' }
    }
    const char = String.fromCodePoint(this.#text.codePointAt(start) ?? 0)
    throw this.#error(start, start + char.length, `unexpected character ${printChar(char)}`)
  }

  /** `a<-1` and `a<-$b` compare with a negative value; no edge can have such a name. */
  #isMinusOperand(at: number): boolean {
    return this.#classAt(at) === digit || this.#text.charCodeAt(at) === dollarCode
  }

  #error(start: number, end: number, problem: string, expected?: string): DbError {
    return syntaxError(this.#text, {
      problem,
      start,
      end,
      ...(expected === undefined ? {} : { expected: [expected] }),
    })
  }
}

function hasBothCases(word: string): boolean {
  let seen = 0
  for (let at = 0; at < word.length; at += 1) seen |= classes[word.charCodeAt(at)] ?? 0
  return (seen & lower) !== 0 && (seen & upper) !== 0
}

/** Characters that would not show are named by their code point. */
function printChar(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return /[\p{C}\p{Z}]/u.test(char) ? `U+${code}` : `'${char}'`
}
