/**
 * Tokens of DQL literals: names, quoted strings and the place of an error.
 */

import { type DbError, defineErrors } from './errors.ts'

export const literalErrors = defineErrors('LITERAL', {
  SYNTAX: { status: 'invalid_argument', message: 'expected {expected} at line {line}, column {column}' },
})

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["'", "'"],
  ['"', '"'],
  ['`', '`'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

const escapePattern = /\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|([^u]))/y
const plainPatterns = { "'": /[^'\\]*/y, '"': /[^"\\]*/y }
const spacePattern = /\s*/y
const bareNamePattern = /[A-Za-z_][A-Za-z0-9_]*/y

export class LiteralScanner {
  readonly text: string
  offset = 0

  constructor(text: string) {
    this.text = text
  }

  get atEnd(): boolean {
    return this.offset >= this.text.length
  }

  skipSpace(): void {
    this.match(spacePattern)
  }

  peek(): string {
    return this.text.charAt(this.offset)
  }

  startsWith(token: string): boolean {
    return this.text.startsWith(token, this.offset)
  }

  /** Moves past `token` if it is next. */
  accept(token: string): boolean {
    if (!this.startsWith(token)) return false
    this.offset += token.length
    return true
  }

  expect(token: string): void {
    if (!this.accept(token)) throw this.error(token)
  }

  /** Moves past a match of a sticky pattern. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.offset
    const match = pattern.exec(this.text)
    if (match === null) return undefined
    this.offset = pattern.lastIndex
    return match
  }

  error(expected: string, offset: number = this.offset): DbError {
    const before = this.text.slice(0, offset).split('\n')
    const column = [...(before[before.length - 1] ?? '')].length + 1
    return literalErrors.SYNTAX({ expected, line: before.length, column, offset })
  }

  /** A name, bare or between ⟨ and ⟩ or backticks; `undefined` if none is next. */
  name(): string | undefined {
    return this.escapedName() ?? this.match(bareNamePattern)?.[0]
  }

  escapedName(): string | undefined {
    if (this.accept('⟨')) return this.#nameUntil('⟩')
    return this.accept('`') ? this.#nameUntil('`') : undefined
  }

  #nameUntil(close: string): string {
    const start = this.offset
    let name = ''
    while (!this.atEnd) {
      if (this.accept(close)) return this.#wellFormed(name, start)
      if (this.accept('\\') && this.peek() !== close && this.peek() !== '\\')
        throw this.error(`${close} or \\`)
      name += this.peek()
      this.offset += 1
    }
    throw this.error(close)
  }

  /** A string in single or double quotes; `undefined` if none is next. */
  quoted(): string | undefined {
    const quote = this.peek()
    if (quote !== "'" && quote !== '"') return undefined
    const start = this.offset
    this.offset += 1
    let text = ''
    for (;;) {
      text += this.match(plainPatterns[quote])?.[0] ?? ''
      if (this.accept(quote)) return this.#wellFormed(text, start)
      if (this.atEnd) throw this.error(quote)
      text += this.#escape()
    }
  }

  #escape(): string {
    const start = this.offset
    const match = this.match(escapePattern)
    const [, braced, four, simple] = match ?? []
    const point = Number.parseInt(braced ?? four ?? '', 16)
    if (point <= 0x10ffff) return String.fromCodePoint(point)
    const char = simpleEscapes.get(simple ?? '')
    if (char === undefined) throw this.error('an escape such as \\n or \\u{1F333}', start)
    return char
  }

  /** Pairs of `\u` escapes may form one character; what is left alone is not text. */
  #wellFormed(text: string, start: number): string {
    if (!text.isWellFormed()) throw this.error('valid Unicode', start)
    return text
  }
}
