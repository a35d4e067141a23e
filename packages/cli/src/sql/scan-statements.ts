/**
 * Cuts a text into statements, without understanding them: strings, names, comments and brackets are as the
 * lexer of DQL has them (docs/dql-grammar.md), and a `;` outside of them ends a statement. What is between
 * BEGIN and COMMIT or CANCEL stays together, as a transaction is one request.
 * Invariant: the pieces and what lies between them are the text; nothing is changed.
 */

export interface ScannedStatement {
  /** Without its `;` and the white space and comments around it. */
  readonly text: string
  /** Line of its first character, from 1. */
  readonly line: number
  /** Column of its first character, from 1, in code points. */
  readonly column: number
  /** Keyword it begins with, in capitals. */
  readonly keyword: string
  /** Names of the parameters in it, each once. */
  readonly params: readonly string[]
  /** What LET sets. */
  readonly variable: string | undefined
  /** Fields that SELECT lists, in order, as far as they have a plain name. */
  readonly fields: readonly string[]
}

export interface Scan {
  readonly statements: readonly ScannedStatement[]
  /** The last one, when no `;` ends it. */
  readonly rest: ScannedStatement | undefined
  /** What the text still waits for; `undefined` when nothing has begun. */
  readonly open: OpenPart | undefined
}

export type OpenPart = 'statement' | 'string' | 'name' | 'comment' | 'bracket' | 'transaction'

export function scanStatements(text: string): Scan {
  return new Scanner(text).scan()
}

interface Token {
  readonly type: 'word' | 'param' | 'symbol' | 'other'
  readonly text: string
  readonly start: number
  readonly depth: number
}

// One alternative per kind of token that matters; anything else is passed over a character at a time.
const token =
  /(?<space>\s+)|(?<line>(?:--|\/\/|#)[^\n]*)|(?<block>\/\*)|(?<edge><-(?![\d$]))|(?<quote>['"`⟨])|(?<param>\$[\p{L}\p{Nl}\p{M}\p{Nd}_]+)|(?<word>[\p{L}\p{Nl}\p{M}\p{Nd}_]+)/uy

const closings: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '⟨': '⟩' }

class Scanner {
  readonly #text: string
  readonly #statements: ScannedStatement[] = []
  #at = 0
  /** Tokens of the statement, or of the transaction, that is being read. */
  #tokens: Token[] = []
  /** Index among the tokens of the one that begins the statement. */
  #statementStart = 0
  #isTransaction = false
  #contentEnd = 0
  /** Of the comment that has no end. */
  #commentStart = 0
  #depth = 0
  #open: OpenPart | undefined
  readonly #lines: LineCounter

  constructor(text: string) {
    this.#text = text
    this.#lines = new LineCounter(text)
  }

  scan(): Scan {
    while (this.#at < this.#text.length && this.#open === undefined) this.#step()
    return { statements: this.#statements, rest: this.#rest(), open: this.#open ?? this.#openPart() }
  }

  /** A comment without an end is part of it, for the parser to complain about. */
  #rest(): ScannedStatement | undefined {
    if (this.#open === 'comment') return this.#statement(this.#text.length)
    return this.#tokens.length === 0 ? undefined : this.#statement(this.#contentEnd)
  }

  #openPart(): OpenPart | undefined {
    if (this.#tokens.length === 0) return undefined
    if (this.#depth > 0) return 'bracket'
    return this.#isTransaction ? 'transaction' : 'statement'
  }

  #step(): void {
    token.lastIndex = this.#at
    const match = token.exec(this.#text)
    const { space, line, block, quote, param, word, edge } = match?.groups ?? {}
    if (space !== undefined || line !== undefined) this.#at = token.lastIndex
    else if (block !== undefined) this.#blockComment()
    else if (quote !== undefined) this.#quoted(quote)
    else if (param !== undefined) this.#take('param', param)
    else if (word !== undefined) this.#take('word', word)
    else if (edge !== undefined) this.#take('other', edge)
    else this.#symbol(this.#text.charAt(this.#at))
  }

  #take(type: Token['type'], text: string): void {
    this.#tokens.push({ type, text, start: this.#at, depth: this.#depth })
    this.#at += text.length
    this.#contentEnd = this.#at
  }

  #blockComment(): void {
    const end = this.#text.indexOf('*/', this.#at + 2)
    if (end < 0) {
      this.#open = 'comment'
      this.#commentStart = this.#at
    }
    this.#at = end < 0 ? this.#text.length : end + 2
  }

  #quoted(quote: string): void {
    const isName = quote === '`' || quote === '⟨'
    let end = this.#at + 1
    while (end < this.#text.length && this.#text.charAt(end) !== closings[quote]) {
      end += this.#text.charAt(end) === '\\' ? 2 : 1
    }
    const isClosed = end < this.#text.length
    if (!isClosed) this.#open = isName ? 'name' : 'string'
    const previous = this.#tokens.at(-1)
    const isParam = isName && previous?.text === '$' && previous.start === this.#at - 1
    if (isParam) this.#tokens.pop()
    const inner = this.#text.slice(this.#at + 1, end)
    const start = isParam ? this.#at - 1 : this.#at
    this.#tokens.push({
      type: isParam ? 'param' : isName ? 'word' : 'other',
      text: inner,
      start,
      depth: this.#depth,
    })
    this.#at = isClosed ? end + 1 : this.#text.length
    this.#contentEnd = this.#at
  }

  #symbol(char: string): void {
    if (char === ';' && this.#depth === 0) {
      this.#endStatement()
      return
    }
    if ('([{'.includes(char)) this.#depth += 1
    // One that nothing opened is left for the parser to complain about.
    if (')]}'.includes(char)) this.#depth = Math.max(0, this.#depth - 1)
    this.#take('symbol', char)
  }

  #endStatement(): void {
    const keyword = keywordOf(this.#tokens.slice(this.#statementStart))
    const hasContent = this.#tokens.length > this.#statementStart
    this.#at += 1
    if (keyword === 'BEGIN') this.#isTransaction = true
    if (this.#isTransaction && keyword !== 'COMMIT' && keyword !== 'CANCEL') {
      this.#statementStart = this.#tokens.length
      this.#contentEnd = this.#at
      return
    }
    if (hasContent) this.#statements.push(this.#statement(this.#contentEnd))
    this.#tokens = []
    this.#statementStart = 0
    this.#isTransaction = false
  }

  #statement(end: number): ScannedStatement {
    const [first, second] = this.#tokens
    const start = first?.start ?? this.#commentStart
    const keyword = first === undefined ? '' : first.type === 'word' ? first.text.toUpperCase() : ''
    const params = this.#tokens.filter(({ type }) => type === 'param').map(paramName)
    return {
      text: this.#text.slice(start, end),
      ...this.#lines.positionAt(start),
      keyword,
      params: [...new Set(params)],
      variable: keyword === 'LET' && second?.type === 'param' ? paramName(second) : undefined,
      fields: keyword === 'SELECT' ? selectedFields(this.#tokens) : [],
    }
  }
}

function paramName({ text }: Token): string {
  return text.replace(/^\$/, '').replace(/\\(.)/gs, '$1')
}

/** The keyword of a statement that controls a transaction, which nothing but TRANSACTION follows. */
function keywordOf([first, second, third]: readonly Token[]): string | undefined {
  if (first?.type !== 'word' || third !== undefined) return undefined
  if (second !== undefined && second.text.toUpperCase() !== 'TRANSACTION') return undefined
  return first.text.toUpperCase()
}

/** The last word of each item between SELECT and FROM: its alias, or the field that a path ends with. */
function selectedFields(tokens: readonly Token[]): string[] {
  const fields: string[] = []
  let last: string | undefined
  for (const { type, text, depth } of tokens.slice(1)) {
    if (depth > 0 || (type === 'symbol' && ')]}'.includes(text))) continue
    if (type === 'word' && text.toUpperCase() === 'FROM') break
    if (text === ',' && last !== undefined) fields.push(last)
    last = type === 'word' ? text : text === ',' ? undefined : last
  }
  return last === undefined ? fields : [...fields, last]
}

/** Positions of growing offsets, without counting from the start each time. */
class LineCounter {
  readonly #text: string
  #line = 1
  #lineStart = 0

  constructor(text: string) {
    this.#text = text
  }

  positionAt(offset: number): { readonly line: number; readonly column: number } {
    for (;;) {
      const end = this.#text.indexOf('\n', this.#lineStart)
      if (end < 0 || end >= offset) break
      this.#line += 1
      this.#lineStart = end + 1
    }
    return { line: this.#line, column: [...this.#text.slice(this.#lineStart, offset)].length + 1 }
  }
}
