/**
 * Times as a library's user gives them.
 */

import { type Datetime, fromUntrusted } from '@dendrodb/protocol'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { toInstant } from '../ledger/valid-time.ts'

/** A datetime, or the text of one, or of a date (`'2026-01-31'`): in UTC. */
export type TimeInput = string | Date | Datetime

/** `what` takes it. @throws LEDGER_VALID_TIME_INVALID */
export function toTime(time: TimeInput, what = 'validAsOf'): Datetime {
  const instant = toInstant(fromUntrusted(time))
  if (instant !== undefined) return instant
  throw ledgerErrors.VALID_TIME_INVALID({ bound: what, reason: 'takes a date or a datetime' })
}
