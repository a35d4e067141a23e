/**
 * `duration::*`: how many whole units fit into a length of time, and lengths out of counts.
 */

import { Duration, type DurationUnit, int, limits, type Value } from '@dendrodb/protocol'
import * as kinds from './argument-kinds.ts'
import { pureFunction, withOldSpelling } from './define-function.ts'
import type { FunctionDefinition } from './function-definition.ts'
import { overload, required } from './overload.ts'

const units: Readonly<Record<string, DurationUnit>> = {
  nanos: 'ns',
  micros: 'us',
  millis: 'ms',
  secs: 's',
  mins: 'm',
  hours: 'h',
  days: 'd',
  weeks: 'w',
  years: 'y',
}

export const durationFunctions: readonly FunctionDefinition[] = [
  ...Object.entries(units).map(([name, unit]) => {
    return pureFunction(
      `duration::${name}`,
      overload([required('duration', kinds.duration)], 'int', ([length]) => int(length.wholeUnits(unit))),
    )
  }),
  ...Object.entries(units).map(([name, unit]) => {
    return withOldSpelling(
      pureFunction(
        `duration::from_${name}`,
        overload([required('count', kinds.integer)], 'duration', ([count]) =>
          Duration.fromUnits(count, unit),
        ),
      ),
      'from',
    )
  }),
]

export const durationConstants: Readonly<Record<string, Value>> = {
  'duration::max': new Duration(limits.durationSecondsMax, 999_999_999),
}
