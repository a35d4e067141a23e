/**
 * Lengths of time with nanoseconds, never negative.
 * Why: `7d` is a value of its own, so that dates and lengths do not mix by accident.
 * Units are fixed lengths: a day is 24 hours, a week 7 days, a year 365 days. Months are not a unit.
 * Invariant: seconds is an integer from 0 to 2^53 - 1, nanos one from 0 to 999,999,999.
 */

import { limits } from './limits.ts'
import { tags, typeTag } from './type-tag.ts'
import { valueErrors } from './value-errors.ts'

export type DurationUnit = 'y' | 'w' | 'd' | 'h' | 'm' | 's' | 'ms' | 'us' | 'ns'

const nanosPerUnit: ReadonlyMap<string, bigint> = new Map([
  ['y', 31_536_000_000_000_000n],
  ['w', 604_800_000_000_000n],
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ns', 1n],
])

const secondUnits = [
  ['y', 31_536_000],
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const

const nanosPerSecond = 1_000_000_000n
const nanosMax = BigInt(limits.durationSecondsMax) * nanosPerSecond + (nanosPerSecond - 1n)

/** `µ` exists twice in Unicode, as the micro sign and as the Greek letter. */
const partPattern = /(\d{1,30})(ns|us|µs|μs|ms|s|m|h|d|w|y)/y

export class Duration {
  readonly seconds: number
  readonly nanos: number

  /** @throws VALUE_DURATION_RANGE */
  constructor(seconds: number, nanos = 0) {
    const secondsFit = Number.isInteger(seconds) && seconds >= 0 && seconds <= limits.durationSecondsMax
    if (!secondsFit || !Number.isInteger(nanos) || nanos < 0 || nanos > 999_999_999) {
      throw valueErrors.DURATION_RANGE()
    }
    this.seconds = seconds + 0
    this.nanos = nanos + 0
  }

  static readonly zero: Duration = new Duration(0)

  /**
   * From text such as `1y2w3d4h5m6s7ms8us9ns`: counts with units, in any order, without spaces; they add up.
   * @throws VALUE_DURATION_SYNTAX, VALUE_DURATION_RANGE
   */
  static parse(text: string): Duration {
    let total = 0n
    let end = 0
    while (end < text.length) {
      partPattern.lastIndex = end
      const match = text.length <= limits.numberTextCharsMax ? partPattern.exec(text) : null
      const unit = nanosPerUnit.get(match?.[2] ?? '')
      if (match === null || unit === undefined) throw valueErrors.DURATION_SYNTAX({ text })
      total += BigInt(match[1] ?? '') * unit
      end = partPattern.lastIndex
    }
    if (end === 0) throw valueErrors.DURATION_SYNTAX({ text })
    return Duration.fromNanos(total)
  }

  /** @throws VALUE_DURATION_RANGE */
  static fromNanos(nanos: bigint): Duration {
    if (nanos < 0n || nanos > nanosMax) throw valueErrors.DURATION_RANGE()
    return new Duration(Number(nanos / nanosPerSecond), Number(nanos % nanosPerSecond))
  }

  /** `count` whole units. @throws VALUE_DURATION_RANGE */
  static fromUnits(count: number | bigint, unit: DurationUnit): Duration {
    if (typeof count === 'number' && !Number.isInteger(count))
      throw valueErrors.INT_EXPECTED({ value: count })
    return Duration.fromNanos(BigInt(count) * (nanosPerUnit.get(unit) ?? 1n))
  }

  get [typeTag](): typeof tags.duration {
    return tags.duration
  }

  totalNanos(): bigint {
    return BigInt(this.seconds) * nanosPerSecond + BigInt(this.nanos)
  }

  /** How many whole units fit; the rest is dropped. */
  wholeUnits(unit: DurationUnit): bigint {
    return this.totalNanos() / (nanosPerUnit.get(unit) ?? 1n)
  }

  add(other: Duration): Duration {
    const nanos = this.nanos + other.nanos
    const carry = nanos > 999_999_999 ? 1 : 0
    return new Duration(this.seconds + other.seconds + carry, nanos - carry * 1_000_000_000)
  }

  /** @throws VALUE_DURATION_RANGE when `other` is longer */
  subtract(other: Duration): Duration {
    const nanos = this.nanos - other.nanos
    const borrow = nanos < 0 ? 1 : 0
    return new Duration(this.seconds - other.seconds - borrow, nanos + borrow * 1_000_000_000)
  }

  /** @throws VALUE_DURATION_RANGE, VALUE_INT_EXPECTED */
  multiply(factor: number | bigint): Duration {
    if (typeof factor === 'number' && !Number.isInteger(factor))
      throw valueErrors.INT_EXPECTED({ value: factor })
    return Duration.fromNanos(this.totalNanos() * BigInt(factor))
  }

  /** Cut to whole nanoseconds. @throws VALUE_DIVISION_BY_ZERO, VALUE_DURATION_RANGE, VALUE_INT_EXPECTED */
  divide(divisor: number | bigint): Duration {
    if (typeof divisor === 'number' && !Number.isInteger(divisor)) {
      throw valueErrors.INT_EXPECTED({ value: divisor })
    }
    if (BigInt(divisor) === 0n) throw valueErrors.DIVISION_BY_ZERO()
    return Duration.fromNanos(this.totalNanos() / BigInt(divisor))
  }

  compare(other: Duration): number {
    return this.seconds - other.seconds || this.nanos - other.nanos
  }

  equals(other: Duration): boolean {
    return this.compare(other) === 0
  }

  /** Largest units first, none that is zero: `1h30m`. Nothing at all is `0ns`. */
  toString(): string {
    let text = ''
    let rest = this.seconds
    for (const [unit, seconds] of secondUnits) {
      const count = Math.floor(rest / seconds)
      if (count > 0) text += `${count}${unit}`
      rest -= count * seconds
    }
    const millis = Math.floor(this.nanos / 1_000_000)
    const micros = Math.floor(this.nanos / 1_000) % 1_000
    const nanos = this.nanos % 1_000
    if (millis > 0) text += `${millis}ms`
    if (micros > 0) text += `${micros}us`
    if (nanos > 0 || text === '') text += `${nanos}ns`
    return text
  }

  /** The same text, for `JSON.stringify`. */
  toJSON(): string {
    return this.toString()
  }
}
