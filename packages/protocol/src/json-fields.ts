/**
 * Fields in JSON text that `JSON.parse` has accepted, where only the text tells that one is repeated.
 * Why counted first: that costs a fraction of the parsing, and the tree knows how many fields it kept.
 */

/** Fields of all objects, repeated ones as often as they stand there. */
export function countFields(text: string): number {
  let fields = 0
  for (let from = text.indexOf('"'); from >= 0; ) {
    const end = endOfString(text, from)
    if (isField(text, end)) fields += 1
    from = text.indexOf('"', end)
  }
  return fields
}

/** The first field that its object has already. */
export function repeatedField(text: string): string | undefined {
  /** Of the arrays and objects around the place that is read. */
  const around: Set<string>[] = []
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '{' || char === '[') around.push(new Set())
    else if (char === '}' || char === ']') around.pop()
    else if (char === '"') {
      const end = endOfString(text, at)
      if (isField(text, end)) {
        const field = JSON.parse(text.slice(at, end)) as string
        const known = around.at(-1)
        if (known?.has(field)) return field
        known?.add(field)
      }
      at = end - 1
    }
  }
  return undefined
}

/** Behind the quotation mark that ends the string which begins at `from`. */
function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end + 1
}

/** Whether an odd number of backslashes stands in front. */
function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}

/** Whether a string that ends there is followed by a colon. */
function isField(text: string, end: number): boolean {
  let at = end
  while (text.charCodeAt(at) <= 0x20) at += 1
  return text[at] === ':'
}
