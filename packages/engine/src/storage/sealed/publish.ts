/** Puts a new root in force, with a record of the log that names its version. */

import type { KvOperation } from '../kv-store.ts'
import { sealRecords } from './log.ts'
import { logKey, rootKey } from './page-keys.ts'
import { encodeRoot } from './root.ts'
import { expectUnwritten, type FrozenTable, putRecords, type SealedState } from './sealed-state.ts'
import { pagesOf } from './segment.ts'
import { type Gone, type Levels, nothingGone } from './versions.ts'

export interface RootChange {
  readonly levels: Levels
  readonly gone?: Gone
  /** All of it is in the levels, so that its part of the log is needed no more. */
  readonly merged?: FrozenTable
}

const nothing = Buffer.alloc(0)

/** To be called in turn with commits. */
export async function publishRoot(state: SealedState, change: RootChange): Promise<void> {
  const { base, cipher, shape, ids, versions } = state
  const gone = change.gone ?? nothingGone
  const logMerged = change.merged?.logEnd ?? state.logMerged
  const version = state.rootVersion + 1
  const { records, end } = sealRecords(cipher, state.logEnd, version, nothing, shape.logPartBytes)
  const root = encodeRoot({
    version,
    ...ids,
    logStart: logMerged.number + 1,
    logTag: logMerged.tag,
    logEnd: end.number,
    levels: change.levels,
    freed: [...versions.freed, ...gone.segments.map(pagesOf), ...gone.longValues],
  })
  const operations: KvOperation[] = [
    { type: 'put', key: rootKey, value: cipher.seal('root', 0, [root]) },
    ...putRecords(records),
  ]
  for (let number = state.logMerged.number + 1; number <= logMerged.number; number += 1) {
    operations.push({ type: 'delete', key: logKey(number) })
  }
  await base.commit(operations, { expect: expectUnwritten(records) })
  state.rootVersion = version
  state.logEnd = end
  state.publishedLogEnd = end.number
  const { number } = state.logMerged
  state.logMerged = logMerged
  if (change.merged !== undefined) {
    state.dead.note('log', number + 1, logMerged.number - number, change.merged.logBytes)
    state.frozen = undefined
  }
  versions.replace(change.levels, gone)
  state.pages.refresh()
}
