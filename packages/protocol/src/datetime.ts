/**
 * Instants in UTC with nanoseconds, from the first of year -9999 to the last of year 9999.
 * Why: milliseconds are too coarse for events and ledgers; a zone belongs to the reader, not to the instant.
 * Invariant: seconds (since 1970-01-01T00:00:00Z, without leap seconds, may be negative) and nanos (0 to
 * 999,999,999, counted forward from seconds) are integers within the range.
 * Text: RFC 3339 section 5.6; years below 0 carry a sign (`-0044-03-15T00:00:00Z`).
 */

import { dateOfDayNumber, dayNumberOf, daysInMonth, isoWeekOf, weekdayOf } from './calendar.ts'
import { nowMicros } from './clock.ts'
import { Duration } from './duration.ts'
import { limits } from './limits.ts'
import { tags, typeTag } from './type-tag.ts'
import { valueErrors } from './value-errors.ts'

const secondsPerDay = 86_400
const secondsMin = dayNumberOf(limits.yearMin, 1, 1) * secondsPerDay
const secondsMax = dayNumberOf(limits.yearMax, 12, 31) * secondsPerDay + secondsPerDay - 1

const datetimePattern =
  /^(-?\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d)))?$/

export interface DatetimeParts {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nanos: number
}

export class Datetime {
  readonly seconds: number
  readonly nanos: number

  /** @throws VALUE_DATETIME_RANGE */
  constructor(seconds: number, nanos = 0) {
    const secondsFit = Number.isInteger(seconds) && seconds >= secondsMin && seconds <= secondsMax
    if (!secondsFit || !Number.isInteger(nanos) || nanos < 0 || nanos > 999_999_999) {
      throw valueErrors.DATETIME_RANGE()
    }
    this.seconds = seconds + 0
    this.nanos = nanos + 0
  }

  static readonly min: Datetime = new Datetime(secondsMin)
  static readonly max: Datetime = new Datetime(secondsMax, 999_999_999)

  /**
   * From RFC 3339 text with up to 9 fraction digits and an offset, or from a date alone (midnight UTC).
   * @throws VALUE_DATETIME_SYNTAX, VALUE_DATETIME_RANGE
   */
  static parse(text: string): Datetime {
    const match = datetimePattern.exec(text)
    if (match === null || match[1] === '-0000') throw valueErrors.DATETIME_SYNTAX({ text })
    const part = (group: number): number => Number(match[group] ?? 0)
    const offsetMinutes = part(9) * 60 + part(10)
    if (part(9) > 23 || part(10) > 59) throw valueErrors.DATETIME_SYNTAX({ text })
    const local = secondsOf(part(1), part(2), part(3), part(4), part(5), part(6))
    if (local === undefined) throw valueErrors.DATETIME_SYNTAX({ text })
    const nanos = Number((match[7] ?? '').padEnd(9, '0'))
    return new Datetime(match[8] === '-' ? local + offsetMinutes * 60 : local - offsetMinutes * 60, nanos)
  }

  /**
   * From parts in UTC; what is left out is the smallest. @throws VALUE_DATETIME_RANGE when a part is out of
   * bounds
   */
  static fromParts(parts: Partial<DatetimeParts> & { readonly year: number }): Datetime {
    const { year, month = 1, day = 1, hour = 0, minute = 0, second = 0, nanos = 0 } = parts
    const seconds = secondsOf(year, month, day, hour, minute, second)
    if (seconds === undefined) throw valueErrors.DATETIME_RANGE()
    return new Datetime(seconds, nanos)
  }

  /** @throws VALUE_DATETIME_RANGE also for an invalid Date */
  static fromDate(date: Date): Datetime {
    return Datetime.fromEpochMillis(date.getTime())
  }

  /** From milliseconds since 1970; fractions of a millisecond are dropped. @throws VALUE_DATETIME_RANGE */
  static fromEpochMillis(millis: number): Datetime {
    const whole = Math.floor(millis)
    const seconds = Math.floor(whole / 1000)
    return new Datetime(seconds, (whole - seconds * 1000) * 1_000_000)
  }

  /** @throws VALUE_DATETIME_RANGE */
  static fromEpochNanos(nanos: bigint): Datetime {
    const rest = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
    return new Datetime(Number((nanos - rest) / 1_000_000_000n), Number(rest))
  }

  /** To the microsecond where the platform has a clock for it: see `nowMicros`. */
  static now(): Datetime {
    return Datetime.fromEpochNanos(BigInt(nowMicros()) * 1_000n)
  }

  get [typeTag](): typeof tags.datetime {
    return tags.datetime
  }

  epochNanos(): bigint {
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanos)
  }

  /** Cut to milliseconds. */
  toDate(): Date {
    return new Date(this.seconds * 1000 + Math.floor(this.nanos / 1_000_000))
  }

  /** @throws VALUE_DATETIME_RANGE */
  add(duration: Duration): Datetime {
    const nanos = this.nanos + duration.nanos
    const carry = nanos > 999_999_999 ? 1 : 0
    return new Datetime(this.seconds + duration.seconds + carry, nanos - carry * 1_000_000_000)
  }

  /** @throws VALUE_DATETIME_RANGE */
  subtract(duration: Duration): Datetime {
    const nanos = this.nanos - duration.nanos
    const borrow = nanos < 0 ? 1 : 0
    return new Datetime(this.seconds - duration.seconds - borrow, nanos + borrow * 1_000_000_000)
  }

  /** The time from `earlier` to this. @throws VALUE_DURATION_RANGE when `earlier` is later */
  since(earlier: Datetime): Duration {
    return Duration.fromNanos(this.epochNanos() - earlier.epochNanos())
  }

  compare(other: Datetime): number {
    return this.seconds - other.seconds || this.nanos - other.nanos
  }

  equals(other: Datetime): boolean {
    return this.compare(other) === 0
  }

  /** Calendar and clock in UTC. */
  parts(): DatetimeParts {
    const date = dateOfDayNumber(this.#dayNumber)
    const secondOfDay = this.seconds - this.#dayNumber * secondsPerDay
    return {
      year: date.year,
      month: date.month,
      day: date.day,
      hour: Math.floor(secondOfDay / 3600),
      minute: Math.floor(secondOfDay / 60) % 60,
      second: secondOfDay % 60,
      nanos: this.nanos,
    }
  }

  /** ISO weekday: Monday is 1, Sunday 7. */
  get weekday(): number {
    return weekdayOf(this.#dayNumber)
  }

  /** Day of the year, from 1. */
  get yearday(): number {
    return this.#dayNumber - dayNumberOf(dateOfDayNumber(this.#dayNumber).year, 1, 1) + 1
  }

  /** ISO 8601 week and the year that it belongs to. */
  get isoWeek(): { readonly year: number; readonly week: number } {
    return isoWeekOf(this.#dayNumber)
  }

  /** RFC 3339 in UTC with as many fraction digits as needed. */
  toString(): string {
    const { year, month, day, hour, minute, second } = this.parts()
    const yearText = `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`
    const date = `${yearText}-${twoDigits(month)}-${twoDigits(day)}`
    return `${date}T${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}${fractionText(this.nanos)}Z`
  }

  /** The same text, for `JSON.stringify`. */
  toJSON(): string {
    return this.toString()
  }

  get #dayNumber(): number {
    return Math.floor(this.seconds / secondsPerDay)
  }
}

function secondsOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  const dateFits = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  const timeFits = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59
  if (!dateFits || !timeFits) return undefined
  return dayNumberOf(year, month, day) * secondsPerDay + hour * 3600 + minute * 60 + second
}

function twoDigits(n: number): string {
  return n < 10 ? `0${n}` : `${n}`
}

function fractionText(nanos: number): string {
  if (nanos === 0) return ''
  return `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`
}
