/** Reads the log of a sealed store from where segments end, record by record, and checks that it is whole. */

import { DbError } from '@dendrodb/protocol'
import type { KvSnapshot } from '../kv-store.ts'
import { storageErrors } from '../storage-errors.ts'
import { type LogEnd, type OpenedRecord, openRecord } from './log.ts'
import { type PageCipher, tagOf } from './page-cipher.ts'
import { keysFrom, logKey, numberOfKey } from './page-keys.ts'

export interface LogReading {
  readonly reader: KvSnapshot
  readonly cipher: PageCipher
  /** The record before the first one to be read. */
  readonly from: LogEnd
}

/** @throws STORAGE_CORRUPT when a record is missing, changed, or not the one that was written there */
export async function* readLog({
  reader,
  cipher,
  from,
}: LogReading): AsyncGenerator<{ readonly record: OpenedRecord; readonly end: LogEnd }> {
  let end = from
  try {
    for await (const chunk of reader.scan(keysFrom(logKey, from.number + 1))) {
      for (const { key, value } of chunk) {
        const number = end.number + 1
        if (numberOfKey(key) !== number) throw damagedRecord(number, 'it is missing')
        const record = openRecord(cipher, number, value)
        if (record === undefined) throw damagedRecord(number, 'its seal is broken')
        if (!record.previousTag.equals(end.tag)) {
          throw damagedRecord(number, 'it does not follow the record before it')
        }
        end = { number, tag: tagOf(value) }
        yield { record, end }
      }
    }
  } catch (error) {
    if (!(error instanceof DbError) || error.status !== 'corrupt' || error.details.what !== undefined) {
      throw error
    }
    throw damagedRecord(end.number + 1, error.message)
  }
}

export function damagedRecord(number: number, reason: string): DbError {
  return storageErrors.CORRUPT({ what: `record ${number} of the log`, reason })
}
