/**
 * The proleptic Gregorian calendar as arithmetic on day numbers (day 0 is 1970-01-01).
 * Why: JavaScript's `Date` treats years 0 to 99 as 19xx and stops at milliseconds.
 * Years are counted astronomically: 0 is 1 BC, -1 is 2 BC. The calculation runs on years that begin in March,
 * so that the leap day is the last day of a year, and on whole cycles of 400 years (146,097 days), so that it
 * has no loops.
 */

const daysPerCycle = 146_097
/** Days from 0000-03-01 to 1970-01-01. */
const epochDays = 719_468

export interface CalendarDate {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
}

export function dayNumberOf(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1
  const marchMonth = (month + 9) % 12
  const cycle = Math.floor(marchYear / 400)
  const yearOfCycle = marchYear - cycle * 400
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1
  const leapDays = Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100)
  return cycle * daysPerCycle + yearOfCycle * 365 + leapDays + dayOfYear - epochDays
}

export function dateOfDayNumber(dayNumber: number): CalendarDate {
  const days = dayNumber + epochDays
  const cycle = Math.floor(days / daysPerCycle)
  const dayOfCycle = days - cycle * daysPerCycle
  // Taking out the leap days that have passed leaves years of 365 days.
  const leapDays =
    Math.floor(dayOfCycle / 1460) - Math.floor(dayOfCycle / 36_524) + Math.floor(dayOfCycle / 146_096)
  const yearOfCycle = Math.floor((dayOfCycle - leapDays) / 365)
  const yearStart = yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100)
  const dayOfYear = dayOfCycle - yearStart
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return {
    year: cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  }
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** ISO weekday: Monday is 1, Sunday 7. */
export function weekdayOf(dayNumber: number): number {
  return ((((dayNumber + 3) % 7) + 7) % 7) + 1
}

/** ISO 8601 week: weeks begin on Monday and belong to the year of their Thursday. */
export function isoWeekOf(dayNumber: number): { readonly year: number; readonly week: number } {
  const thursday = dayNumber - weekdayOf(dayNumber) + 4
  const { year } = dateOfDayNumber(thursday)
  return { year, week: Math.floor((thursday - dayNumberOf(year, 1, 1)) / 7) + 1 }
}
