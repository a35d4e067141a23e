/** What the parts of one open sealed store share. */

import { assert } from '@dendrodb/protocol'
import type { KvOperation, KvStore } from '../kv-store.ts'
import { ChangeTable } from './change-table.ts'
import type { DeadSpace } from './dead-space.ts'
import type { SealedShape } from './limits.ts'
import type { LogEnd, LogRecord } from './log.ts'
import type { PageCipher } from './page-cipher.ts'
import { logKey } from './page-keys.ts'
import type { SealedPages } from './sealed-pages.ts'
import type { PageIds } from './segment-writer.ts'
import type { Versions } from './versions.ts'

/** A table that takes no more changes and is on its way into segments. */
export interface FrozenTable {
  readonly table: ChangeTable
  /** The last record of the log whose batch is in it. */
  readonly logEnd: LogEnd
  /** Of the records that are needed no more once it is merged. */
  readonly logBytes: number
}

export interface SealedState {
  readonly base: KvStore
  readonly cipher: PageCipher
  readonly shape: SealedShape
  readonly pages: SealedPages
  readonly versions: Versions
  readonly ids: PageIds
  readonly dead: DeadSpace
  /** Takes the changes of new batches. */
  table: ChangeTable
  frozen: FrozenTable | undefined
  rootVersion: number
  /** In segments is the log up to this record. */
  logMerged: LogEnd
  logEnd: LogEnd
  /** The root in force says that the log goes this far. */
  publishedLogEnd: number
  /** Of the records whose batches are in the table. */
  logBytes: number
}

/** The table takes no more changes and a new one begins; for a store that has no frozen one. */
export function freezeTable(state: SealedState): void {
  assert(state.frozen === undefined, 'a table is frozen already')
  if (state.table.bytes === 0) return
  state.frozen = { table: state.table, logEnd: state.logEnd, logBytes: state.logBytes }
  state.logBytes = 0
  state.table = new ChangeTable()
}

export function putRecords(records: readonly LogRecord[]): KvOperation[] {
  return records.map(({ number, sealed }) => ({ type: 'put', key: logKey(number), value: sealed }))
}

/** Refused unless nobody has written the record, so that a second writer finds out. */
export function expectUnwritten(records: readonly LogRecord[]) {
  return { key: logKey((records[0] as LogRecord).number), value: undefined }
}
