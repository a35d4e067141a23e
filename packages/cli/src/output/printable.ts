/**
 * Text that a terminal shows and does not obey.
 * Why: records hold what anybody wrote, and an escape sequence among it could hide lines or change the title.
 */

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

// C0, DEL and C1 controls, line separators, and the marks that turn the direction of what follows.
const unsafe = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** On one line. */
export function printableLine(text: string): string {
  return text.replace(unsafe, escapeCharacter).toWellFormed()
}

/** With its line breaks and tabs. */
export function printableText(text: string): string {
  return text
    .replace(unsafe, (char) => (char === '\n' || char === '\t' ? char : escapeCharacter(char)))
    .toWellFormed()
}

/** Text in JSON, which has another escape and stays the same value. */
export function printableJson(json: string): string {
  return json.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function escapeCharacter(char: string): string {
  return named[char] ?? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
}
