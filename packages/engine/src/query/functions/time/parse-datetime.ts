/**
 * Whether a text is a datetime written by a format; the reverse of datetime-format.ts.
 * Each specifier takes as many characters as it can (`%Y` four digits, `%f` up to nine), names in any case,
 * white space in the format any white space. What was read must exist: no 30 February, no 25 o'clock.
 */

import { Datetime, DbError } from '@dendrodb/protocol'
import { type FormatItem, monthNames, parseFormat, weekdayNames } from './datetime-format.ts'

/** Without a format: RFC 3339. False for a format that makes no sense. */
export function matchesDatetimeFormat(text: string, format: string | undefined): boolean {
  if (format === undefined) return isValid(() => Datetime.parse(text))
  const items = parseFormat(format)
  const fields = items === undefined ? undefined : readItems(text, items)
  return fields !== undefined && fieldsExist(fields)
}

/** What a text told, by specifier. */
type Fields = Map<string, number>

function readItems(text: string, items: readonly FormatItem[]): Fields | undefined {
  const fields: Fields = new Map()
  let position = 0
  for (const item of items) {
    const end =
      item.literal === undefined
        ? readSpecifier(text, position, item.specifier as string, fields)
        : readLiteral(text, position, item.literal)
    if (end === undefined) return undefined
    position = end
  }
  return position === text.length ? fields : undefined
}

function readLiteral(text: string, begin: number, literal: string): number | undefined {
  let position = begin
  for (const char of literal) {
    if (/\s/u.test(char)) {
      while (position < text.length && /\s/u.test(text.charAt(position))) position += 1
    } else if (text.startsWith(char, position)) {
      position += char.length
    } else {
      return undefined
    }
  }
  return position
}

/** Most digits that a specifier takes, and what may stand before them. */
const numberForms: Readonly<Record<string, RegExp>> = {
  Y: /[+-]?\d{1,4}/y,
  G: /[+-]?\d{1,4}/y,
  C: /\d{1,2}/y,
  y: /\d{1,2}/y,
  g: /\d{1,2}/y,
  m: /\d{1,2}/y,
  d: /\d{1,2}/y,
  e: /\s?\d{1,2}/y,
  w: /\d/y,
  u: /\d/y,
  U: /\d{1,2}/y,
  W: /\d{1,2}/y,
  V: /\d{1,2}/y,
  j: /\d{1,3}/y,
  H: /\d{1,2}/y,
  k: /\s?\d{1,2}/y,
  I: /\d{1,2}/y,
  l: /\s?\d{1,2}/y,
  M: /\d{1,2}/y,
  S: /\d{1,2}/y,
  s: /[+-]?\d{1,15}/y,
}

const textForms: Readonly<Record<string, RegExp>> = {
  f: /\d{1,9}/y,
  '.f': /(?:\.\d{1,9})?/y,
  '3f': /\d{3}/y,
  '6f': /\d{6}/y,
  '9f': /\d{9}/y,
  '.3f': /\.\d{3}/y,
  '.6f': /\.\d{6}/y,
  '.9f': /\.\d{9}/y,
  Z: /[A-Za-z]{1,10}/y,
  z: /[+-]\d{2}:?\d{2}|Z/y,
  ':z': /[+-]\d{2}:?\d{2}|Z/y,
  '::z': /[+-]\d{2}:\d{2}:\d{2}|Z/y,
}

function readSpecifier(text: string, begin: number, specifier: string, fields: Fields): number | undefined {
  switch (specifier) {
    case 'b':
    case 'h':
    case 'B':
      return readName(text, begin, monthNames, (index) => fields.set('m', index + 1))
    case 'a':
    case 'A':
      return readName(text, begin, weekdayNames, (index) => fields.set('w', index))
    case 'p':
    case 'P':
      return readName(text, begin, ['am', 'pm'], (index) => fields.set('p', index))
    default: {
      const number = numberForms[specifier]
      const match = matchAt(number ?? (textForms[specifier] as RegExp), text, begin)
      if (match === undefined) return undefined
      if (number !== undefined) fields.set(specifier, Number(match))
      return begin + match.length
    }
  }
}

/** A name in full, or its first three letters. */
function readName(
  text: string,
  begin: number,
  names: readonly string[],
  found: (index: number) => void,
): number | undefined {
  const rest = text.slice(begin, begin + 16).toLowerCase()
  for (const length of [Number.POSITIVE_INFINITY, 3]) {
    const index = names.findIndex((name) => rest.startsWith(name.slice(0, length).toLowerCase()))
    if (index >= 0) {
      found(index)
      return begin + Math.min(length, (names[index] as string).length)
    }
  }
  return undefined
}

function matchAt(pattern: RegExp, text: string, begin: number): string | undefined {
  pattern.lastIndex = begin
  return pattern.exec(text)?.[0]
}

function fieldsExist(fields: Fields): boolean {
  const isWithin = (field: string, least: number, most: number): boolean => {
    const value = fields.get(field)
    return value === undefined || (value >= least && value <= most)
  }
  const timeExists =
    isWithin('I', 1, 12) && isWithin('l', 1, 12) && isWithin('k', 0, 23) && isWithin('j', 1, 366)
  const weekExists =
    isWithin('w', 0, 6) && isWithin('u', 1, 7) && isWithin('V', 1, 53) && isWithin('U', 0, 53)
  const day = fields.get('d') ?? fields.get('e')
  return (
    timeExists &&
    weekExists &&
    isWithin('W', 0, 53) &&
    isValid(() =>
      Datetime.fromParts({
        // A leap year, so that 29 February exists where no year is said.
        year: fields.get('Y') ?? fields.get('y') ?? 2000,
        month: fields.get('m') ?? 1,
        day: day ?? 1,
        hour: fields.get('H') ?? 0,
        minute: fields.get('M') ?? 0,
        // Chrono reads leap seconds.
        second: Math.min(fields.get('S') ?? 0, fields.get('S') === 60 ? 59 : 99),
      }),
    )
  )
}

function isValid(make: () => Datetime): boolean {
  try {
    make()
    return true
  } catch (error) {
    if (error instanceof DbError) return false
    throw error
  }
}
