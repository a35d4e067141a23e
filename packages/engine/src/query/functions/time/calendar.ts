/**
 * Parts of datetimes, and datetimes out of parts: `time::year`, `time::floor`, `time::from_unix` and so on.
 * Functions that take one datetime take the statement's instant when it is left out.
 */

import {
  Datetime,
  type DatetimeParts,
  int,
  isUlid,
  type Uuid,
  ulidTime,
  type Value,
} from '@dendrodb/protocol'
import { createAggregateFunctions } from '../aggregates/aggregate-function.ts'
import { timeAggregates } from '../aggregates/extremes.ts'
import * as kinds from '../argument-kinds.ts'
import { impureFunction, pureFunction, withOldSpelling } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { functionErrors } from '../function-errors.ts'
import { optional, overload, required } from '../overload.ts'
import { formatDatetime, parseFormat } from './datetime-format.ts'

const datetime = required('datetime', kinds.datetime)

export const timeFunctions: readonly FunctionDefinition[] = [
  impureFunction(
    'time::now',
    overload([], 'datetime', (_, context) => context.now()),
  ),
  part('time::year', (at) => at.parts().year),
  part('time::month', (at) => at.parts().month),
  part('time::day', (at) => at.parts().day),
  part('time::hour', (at) => at.parts().hour),
  part('time::minute', (at) => at.parts().minute),
  part('time::second', (at) => at.parts().second),
  part('time::wday', (at) => at.weekday),
  part('time::yday', (at) => at.yearday),
  part('time::week', (at) => at.isoWeek.week),
  part('time::unix', (at) => at.seconds),
  part('time::millis', (at) => int(floorDivide(at.epochNanos(), 1_000_000n))),
  part('time::micros', (at) => int(floorDivide(at.epochNanos(), 1_000n))),
  part('time::nano', (at) => int(at.epochNanos())),
  withOldSpelling(
    part('time::is_leap_year', (at) => isLeapYear(at.parts().year), 'bool'),
    'is',
  ),
  pureFunction(
    'time::timezone',
    overload([], 'string', () => '+00:00'),
  ),
  rounding('time::floor', (nanos, unit) => floorDivide(nanos, unit) * unit),
  rounding('time::ceil', (nanos, unit) => -floorDivide(-nanos, unit) * unit),
  rounding('time::round', (nanos, unit) => floorDivide(2n * nanos + unit, 2n * unit) * unit),
  pureFunction(
    'time::group',
    overload(
      [datetime, required('unit', kinds.oneOf('year', 'month', 'day', 'hour', 'minute', 'second'))],
      'datetime',
      ([at, unit]) => groupOf(at.parts(), unit),
    ),
  ),
  pureFunction(
    'time::format',
    overload([datetime, required('format', kinds.string)], 'string', ([at, format]) => {
      const items = parseFormat(format)
      if (items !== undefined) return formatDatetime(at, items)
      throw functionErrors.ARGUMENT_VALUE({
        name: 'time::format',
        problem: `'${format}' is not a valid format`,
      })
    }),
  ),
  pureFunction(
    'time::rfc3339',
    overload([datetime], 'string', ([at]) => at.toString()),
  ),
  ...createAggregateFunctions(timeAggregates),
  fromCount('time::from_nanos', 1n),
  fromCount('time::from_micros', 1_000n),
  fromCount('time::from_millis', 1_000_000n),
  fromCount('time::from_secs', 1_000_000_000n),
  fromCount('time::from_unix', 1_000_000_000n),
  withOldSpelling(
    pureFunction(
      'time::from_ulid',
      overload([required('ulid', kinds.string)], 'datetime', ([text]) => {
        if (isUlid(text)) return Datetime.fromEpochMillis(ulidTime(text))
        throw functionErrors.ARGUMENT_VALUE({ name: 'time::from_ulid', problem: `'${text}' is not a ULID` })
      }),
    ),
    'from',
  ),
  withOldSpelling(
    pureFunction(
      'time::from_uuid',
      overload([required('uuid', kinds.uuid)], 'datetime', ([uuid]) => timeOfUuid(uuid)),
    ),
    'from',
  ),
  ...(['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map((name) => setter(name, name)),
  setter('nanosecond', 'nanos'),
]

/** `time::epoch` and its like. */
export const timeConstants: Readonly<Record<string, Value>> = {
  'time::epoch': new Datetime(0),
  'time::minimum': Datetime.min,
  'time::maximum': Datetime.max,
}

function part(name: string, read: (at: Datetime) => Value, returns = 'int'): FunctionDefinition {
  // Without an argument the result depends on the clock.
  return impureFunction(
    name,
    overload([optional('datetime', kinds.datetime)], returns, ([at], context) => read(at ?? context.now())),
  )
}

/** To multiples of a duration since 1970. */
function rounding(name: string, round: (nanos: bigint, unit: bigint) => bigint): FunctionDefinition {
  return pureFunction(
    name,
    overload([datetime, required('unit', kinds.duration)], 'datetime', ([at, unit]) => {
      const unitNanos = unit.totalNanos()
      return unitNanos === 0n ? at : Datetime.fromEpochNanos(round(at.epochNanos(), unitNanos))
    }),
  )
}

function groupOf(
  parts: DatetimeParts,
  unit: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second',
): Datetime {
  const { year, month, day, hour, minute, second } = parts
  switch (unit) {
    case 'year':
      return Datetime.fromParts({ year })
    case 'month':
      return Datetime.fromParts({ year, month })
    case 'day':
      return Datetime.fromParts({ year, month, day })
    case 'hour':
      return Datetime.fromParts({ year, month, day, hour })
    case 'minute':
      return Datetime.fromParts({ year, month, day, hour, minute })
    case 'second':
      return Datetime.fromParts({ year, month, day, hour, minute, second })
    default:
      return unit satisfies never
  }
}

function fromCount(name: string, nanosPerUnit: bigint): FunctionDefinition {
  return withOldSpelling(
    pureFunction(
      name,
      overload([required('count', kinds.integer)], 'datetime', ([count]) => {
        return Datetime.fromEpochNanos(BigInt(count) * nanosPerUnit)
      }),
    ),
    'from',
  )
}

function setter(part: string, field: keyof DatetimeParts): FunctionDefinition {
  const name = `time::set_${part}`
  return pureFunction(
    name,
    overload([datetime, required(part, kinds.index)], 'datetime', ([at, value]) => {
      return Datetime.fromParts({ ...at.parts(), [field]: value })
    }),
  )
}

/** 100-nanosecond steps from the start of the Gregorian calendar, 1582-10-15, to 1970. */
const gregorianSteps = 122_192_928_000_000_000n

function timeOfUuid(uuid: Uuid): Datetime {
  const hex = uuid.text.replaceAll('-', '')
  switch (uuid.version) {
    case 1:
      return ofGregorianSteps(`${hex.slice(13, 16)}${hex.slice(8, 12)}${hex.slice(0, 8)}`)
    case 6:
      return ofGregorianSteps(`${hex.slice(0, 12)}${hex.slice(13, 16)}`)
    case 7:
      return Datetime.fromEpochMillis(Number.parseInt(hex.slice(0, 12), 16))
    default:
      throw functionErrors.ARGUMENT_VALUE({
        name: 'time::from_uuid',
        problem: `a UUID of version ${uuid.version} holds no time`,
      })
  }
}

function ofGregorianSteps(hex: string): Datetime {
  return Datetime.fromEpochNanos((BigInt(`0x${hex}`) - gregorianSteps) * 100n)
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** Rounds down also below zero, where BigInt's own division rounds up. */
function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  return value % divisor < 0n ? quotient - 1n : quotient
}
