/**
 * Escapes within quotes.
 *
 * | in | escapes |
 * |---|---|
 * | strings | `\'` `\"` `` \` `` `\\` `\/` `\b` `\f` `\n` `\r` `\t` `\0` `\uXXXX` `\u{X…}` (1 to 6 digits) |
 * | names   | `\\` and the closing quote |
 *
 * Two `\uXXXX` may form a surrogate pair, as in JSON; a lone surrogate is refused, as it is no text.
 */

import { syntaxError } from './syntax-error.ts'

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["'", "'"],
  ['"', '"'],
  ['`', '`'],
  ['\\', '\\'],
  ['/', '/'],
  ['0', '\0'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

const unicodeEscape = /\\u(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{4}))/y

/** The content of a string between `from` and `to`. @throws DQL_SYNTAX */
export function unescapeString(text: string, from: number, to: number): string {
  const pieces: string[] = []
  let at = from
  for (;;) {
    const slash = text.indexOf('\\', at)
    if (slash === -1 || slash >= to) break
    pieces.push(text.slice(at, slash))
    const simple = simpleEscapes.get(text.charAt(slash + 1))
    if (simple === undefined) {
      pieces.push(unicodeAt(text, slash))
      at = unicodeEscape.lastIndex
    } else {
      pieces.push(simple)
      at = slash + 2
    }
  }
  pieces.push(text.slice(at, to))
  const value = pieces.join('')
  if (value.isWellFormed()) return value
  throw syntaxError(text, {
    problem: 'escape of half a surrogate pair in a string',
    start: from - 1,
    end: to + 1,
  })
}

function unicodeAt(text: string, slash: number): string {
  unicodeEscape.lastIndex = slash
  const match = unicodeEscape.exec(text)
  const point = Number.parseInt(match?.[1] ?? match?.[2] ?? '', 16)
  if (point <= 0x10ffff) return String.fromCodePoint(point)
  const end = slash + 2
  throw syntaxError(text, {
    problem: `unknown escape '${text.slice(slash, end)}'`,
    start: slash,
    end,
    expected: ['an escape such as \\n, \\\\ or \\u{1F333}'],
  })
}

/** A name between `from` and `to` that `quote` closes. @throws DQL_SYNTAX */
export function unescapeName(text: string, from: number, to: number, quote: string): string {
  const pieces: string[] = []
  let at = from
  for (;;) {
    const slash = text.indexOf('\\', at)
    if (slash === -1 || slash >= to) break
    const char = text.charAt(slash + 1)
    if (char !== quote && char !== '\\') {
      throw syntaxError(text, {
        problem: `unknown escape '\\${char}' in a name`,
        start: slash,
        end: slash + 2,
        expected: [`\\${quote}`, '\\\\'],
      })
    }
    pieces.push(text.slice(at, slash), char)
    at = slash + 2
  }
  pieces.push(text.slice(at, to))
  return pieces.join('')
}
