/**
 * Which version of a record holds at an instant: of its periods that cover the instant the one written last,
 * as restated last (ledger/valid-time.ts).
 * Cost: none where the newest version covers the instant or the record has no other period; else two reads
 * per period, newest first.
 */

import type { Datetime } from '@dendrodb/protocol'
import { hasBounds, holdsAt, periodName } from '../../ledger/valid-time.ts'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { ReadView, StoredRecord } from '../model.ts'
import { periodsPerTurn } from './limits.ts'

type PeriodReader = Pick<ReadView, 'earlierPeriod'>

/** `record` is the newest version, as the view knows it. */
export function versionAt(
  view: PeriodReader,
  record: StoredRecord,
  instant: Datetime,
): MaybePromise<StoredRecord | undefined> {
  if (!hasBounds(record) || holdsAt(record, instant)) return record
  return stepBack(view, instant, record, new Set())
}

/** `passed`: the periods of versions newer than `later`. */
function stepBack(
  view: PeriodReader,
  instant: Datetime,
  later: StoredRecord,
  passed: Set<string>,
): MaybePromise<StoredRecord | undefined> {
  if (later.periodBefore === 0) return undefined
  passed.add(periodName(later))
  return chain(view.earlierPeriod(later), (record) => {
    if (record === undefined) return undefined
    const isRestated = passed.has(periodName(record))
    if (!isRestated && holdsAt(record, instant)) return record
    if (passed.size % periodsPerTurn !== 0) return stepBack(view, instant, record, passed)
    // Others must have their turn, and the stack its end.
    return nextTurn().then(() => stepBack(view, instant, record, passed))
  })
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
