/**
 * Valid time: when a version of a record holds in the world, as its writer says.
 * A bound is an instant, or a date without a time (`'2026-01-31'`), which stands for that whole day in UTC.
 * Both ends belong to the interval, and an end that is left out is open; a version without bounds always
 * holds.
 * Periods: what is written later with the same beginning restates that period, whatever its end; what begins
 * at another time is another period of the record. So an end that is moved forward is honoured, and a rate
 * for the next year leaves the one for this year as it is. `periodBefore` links the periods, so that a read
 * passes over a million restatements of one period in a single step.
 */

import { Datetime, DbError, type Value } from '@dendrodb/protocol'
import { ledgerErrors } from './ledger-errors.ts'

/** As a version carries it; `undefined`: open. */
export interface ValidInterval {
  readonly validFrom?: Value
  readonly validTo?: Value
}

/** A version's place among the periods of its record. */
export interface Period extends ValidInterval {
  readonly seq: number
  /** Commit of the newest version of the period before; 0: none. */
  readonly periodBefore: number
}

const datePattern = /^-?\d{4}-\d\d-\d\d$/
const lastSecondOfDay = 86_399
const lastNano = 999_999_999

/** The bound as it is stored: a Datetime or the text of a date. @throws LEDGER_VALID_TIME_INVALID */
function toBound(value: Value, bound: string): Value {
  if (value === undefined || value === null) return undefined
  if (value instanceof Datetime) return value
  const instant = typeof value === 'string' ? parse(value) : undefined
  if (instant === undefined) {
    throw ledgerErrors.VALID_TIME_INVALID({
      bound,
      reason: 'takes a datetime, or a date or datetime as text',
    })
  }
  return datePattern.test(value as string) ? value : instant
}

/** The interval as it is stored. @throws LEDGER_VALID_TIME_INVALID */
export function toInterval({ validFrom, validTo }: ValidInterval): ValidInterval {
  const from = toBound(validFrom, 'from')
  const to = toBound(validTo, 'to')
  if (from !== undefined && to !== undefined && startOf(from).compare(endOf(to)) > 0) {
    throw ledgerErrors.VALID_TIME_INVALID({ bound: 'to', reason: 'is earlier than from' })
  }
  return { validFrom: from, validTo: to }
}

/** The instant that a read asks for: of a date without a time, its beginning. `undefined`: it is none. */
export function toInstant(value: Value): Datetime | undefined {
  if (value instanceof Datetime) return value
  return typeof value === 'string' ? parse(value) : undefined
}

export function holdsAt({ validFrom, validTo }: ValidInterval, instant: Datetime): boolean {
  if (validFrom !== undefined && startOf(validFrom).compare(instant) > 0) return false
  return validTo === undefined || endOf(validTo).compare(instant) >= 0
}

export function hasBounds({ validFrom, validTo }: ValidInterval): boolean {
  return validFrom !== undefined || validTo !== undefined
}

/** The same for two versions of a record if and only if they are of one period. */
export function periodName({ validFrom }: ValidInterval): string {
  return validFrom === undefined ? '' : startOf(validFrom).toString()
}

/** What `periodBefore` of a version is that follows `before`; `undefined`: that there was no record. */
export function periodBeforeOf(version: ValidInterval, before: Period | undefined): number {
  if (before === undefined) return 0
  return periodName(version) === periodName(before) ? before.periodBefore : before.seq
}

function startOf(bound: Value): Datetime {
  return bound instanceof Datetime ? bound : Datetime.parse(bound as string)
}

function endOf(bound: Value): Datetime {
  if (bound instanceof Datetime) return bound
  return new Datetime(Datetime.parse(bound as string).seconds + lastSecondOfDay, lastNano)
}

function parse(text: string): Datetime | undefined {
  try {
    return Datetime.parse(text)
  } catch (error) {
    if (error instanceof DbError) return undefined
    throw error
  }
}
