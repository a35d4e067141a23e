/**
 * Date and time formats in the manner of strftime, with the specifiers that SurrealQL takes from Rust's
 * chrono.
 * A format is a text in which `%Y`, `%-d`, `%.3f` and so on stand for parts of a datetime; `-`, `_` and `0`
 * after the percent sign ask for no padding, spaces or zeros. Names are English; the zone is always UTC.
 */

import type { Datetime, DatetimeParts } from '@dendrodb/protocol'

export interface FormatItem {
  /** Text between specifiers; then there is no specifier. */
  readonly literal?: string
  /** Without the percent sign and padding, for example `Y`, `.3f`, `:z`. */
  readonly specifier?: string
  readonly padding?: '-' | '_' | '0'
}

/** Specifiers that stand for a whole format. */
const compounds: Readonly<Record<string, string>> = {
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  F: '%Y-%m-%d',
  v: '%e-%b-%Y',
  R: '%H:%M',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  '+': '%Y-%m-%dT%H:%M:%S%.f%:z',
}

export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** Sunday first, as `%w` counts. */
export const weekdayNames = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const

const itemPattern = /%(?:([-_0])?(\.[369]?f|[369]f|::?z|[A-Za-z+%]))|[^%]+|%/g

/** The items of a format, compounds taken apart; `undefined` when it has an unknown specifier. */
export function parseFormat(format: string): readonly FormatItem[] | undefined {
  const items: FormatItem[] = []
  for (const [text, padding, specifier] of format.matchAll(itemPattern)) {
    if (text === '%') return undefined
    if (specifier === undefined) {
      items.push({ literal: text })
      continue
    }
    const compound = compounds[specifier]
    if (compound !== undefined) {
      items.push(...(parseFormat(compound) ?? []))
    } else if (literals[specifier] !== undefined) {
      items.push({ literal: literals[specifier] as string })
    } else if (isKnown(specifier)) {
      items.push(padding === undefined ? { specifier } : { specifier, padding: padding as '-' | '_' | '0' })
    } else {
      return undefined
    }
  }
  return items
}

/** A datetime by the items of a format. */
export function formatDatetime(datetime: Datetime, items: readonly FormatItem[]): string {
  const parts = datetime.parts()
  let text = ''
  for (const item of items) {
    text += item.literal ?? formatItem(item.specifier as string, item.padding, datetime, parts)
  }
  return text
}

const literals: Readonly<Record<string, string>> = { t: '\t', n: '\n', '%': '%' }

interface NumberSpecifier {
  readonly digits: number
  readonly pad: '0' | ' '
  read(parts: DatetimeParts, datetime: Datetime): number
}

function digits(count: number, read: NumberSpecifier['read'], pad: '0' | ' ' = '0'): NumberSpecifier {
  return { digits: count, pad, read }
}

const hour12 = (parts: DatetimeParts): number => ((parts.hour + 11) % 12) + 1
const weekdayFromSunday = (datetime: Datetime): number => datetime.weekday % 7

const numberSpecifiers: Readonly<Record<string, NumberSpecifier>> = {
  Y: digits(4, (parts) => parts.year),
  C: digits(2, (parts) => Math.floor(parts.year / 100)),
  y: digits(2, (parts) => modulo(parts.year, 100)),
  m: digits(2, (parts) => parts.month),
  d: digits(2, (parts) => parts.day),
  e: digits(2, (parts) => parts.day, ' '),
  w: digits(1, (_, datetime) => weekdayFromSunday(datetime)),
  u: digits(1, (_, datetime) => datetime.weekday),
  // Days of the year so far, plus those of the week before 1 January, in whole weeks.
  U: digits(2, (_, datetime) => Math.floor((datetime.yearday + 6 - weekdayFromSunday(datetime)) / 7)),
  W: digits(2, (_, datetime) => Math.floor((datetime.yearday + 7 - datetime.weekday) / 7)),
  G: digits(4, (_, datetime) => datetime.isoWeek.year),
  g: digits(2, (_, datetime) => modulo(datetime.isoWeek.year, 100)),
  V: digits(2, (_, datetime) => datetime.isoWeek.week),
  j: digits(3, (_, datetime) => datetime.yearday),
  H: digits(2, (parts) => parts.hour),
  k: digits(2, (parts) => parts.hour, ' '),
  I: digits(2, hour12),
  l: digits(2, hour12, ' '),
  M: digits(2, (parts) => parts.minute),
  S: digits(2, (parts) => parts.second),
  s: digits(1, (_, datetime) => datetime.seconds),
}

const textSpecifiers: Readonly<Record<string, (parts: DatetimeParts, datetime: Datetime) => string>> = {
  b: (parts) => (monthNames[parts.month - 1] as string).slice(0, 3),
  h: (parts) => (monthNames[parts.month - 1] as string).slice(0, 3),
  B: (parts) => monthNames[parts.month - 1] as string,
  a: (_, datetime) => (weekdayNames[weekdayFromSunday(datetime)] as string).slice(0, 3),
  A: (_, datetime) => weekdayNames[weekdayFromSunday(datetime)] as string,
  P: (parts) => (parts.hour < 12 ? 'am' : 'pm'),
  p: (parts) => (parts.hour < 12 ? 'AM' : 'PM'),
  Z: () => 'UTC',
  z: () => '+0000',
  ':z': () => '+00:00',
  '::z': () => '+00:00:00',
  f: (parts) => nanosText(parts),
  '3f': (parts) => nanosText(parts).slice(0, 3),
  '6f': (parts) => nanosText(parts).slice(0, 6),
  '9f': (parts) => nanosText(parts),
  '.3f': (parts) => `.${nanosText(parts).slice(0, 3)}`,
  '.6f': (parts) => `.${nanosText(parts).slice(0, 6)}`,
  '.9f': (parts) => `.${nanosText(parts)}`,
  '.f': (parts) => shortFraction(parts),
}

function isKnown(specifier: string): boolean {
  return specifier in numberSpecifiers || specifier in textSpecifiers
}

function formatItem(
  specifier: string,
  padding: FormatItem['padding'],
  datetime: Datetime,
  parts: DatetimeParts,
): string {
  const text = textSpecifiers[specifier]
  if (text !== undefined) return text(parts, datetime)
  const number = numberSpecifiers[specifier] as NumberSpecifier
  const value = number.read(parts, datetime)
  const size = String(Math.abs(value))
  const sign = value < 0 ? '-' : ''
  if (padding === '-') return sign + size
  const pad = padding === '_' ? ' ' : padding === '0' ? '0' : number.pad
  return pad === '0' ? sign + size.padStart(number.digits, '0') : (sign + size).padStart(number.digits, ' ')
}

function nanosText(parts: DatetimeParts): string {
  return String(parts.nanos).padStart(9, '0')
}

/** As many digits as are needed, in groups of three; nothing for a whole second. */
function shortFraction(parts: DatetimeParts): string {
  if (parts.nanos === 0) return ''
  const text = nanosText(parts)
  const length = parts.nanos % 1_000_000 === 0 ? 3 : parts.nanos % 1_000 === 0 ? 6 : 9
  return `.${text.slice(0, length)}`
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}
