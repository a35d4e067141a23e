/**
 * From what AS OF names to a commit: an instant leads to the one that was newest then, by bisection over the
 * log, as times strictly increase with seq.
 */

import { Datetime, type Value } from '@dendrodb/protocol'
import { decodeCommit } from '../ledger/commit.ts'
import { keyOf } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { AsOf } from '../query/host.ts'
import { chain } from '../storage/chain.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import type { HeldSnapshot } from './shared-snapshot.ts'

/** @throws LEDGER_AS_OF_INVALID, LEDGER_AS_OF_UNKNOWN for the future */
export function seqAsOf({ snapshot, manifest }: HeldSnapshot, asOf: AsOf): MaybePromise<number> {
  const newest = manifest.seq
  // JavaScript callers give a bare number.
  if (typeof asOf !== 'object') throw ledgerErrors.AS_OF_INVALID()
  const asked = 'seq' in asOf ? asOf.seq : seqAtInstant(snapshot, newest, asOf.instant)
  return chain(asked, (seq) => {
    if (!Number.isSafeInteger(seq) || seq < 0) throw ledgerErrors.AS_OF_INVALID()
    if (seq > newest) throw ledgerErrors.AS_OF_UNKNOWN({ asked: seq, newest })
    return seq
  })
}

/** Newest seq whose commit is not later than the instant; 0 when there was none. */
async function seqAtInstant(reader: KvReader, newestSeq: number, instant: Value): Promise<number> {
  if (!(instant instanceof Datetime)) {
    throw ledgerErrors.AS_OF_INVALID()
  }
  const micros = microsOf(instant)
  let low = 0
  let high = newestSeq
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((await commitMicros(reader, middle)) <= micros) low = middle
    else high = middle - 1
  }
  return low
}

/** Since 1970; what is finer is cut off. */
export function microsOf({ seconds, nanos }: Datetime): number {
  return seconds * 1_000_000 + Math.floor(nanos / 1_000)
}

export function datetimeOfMicros(micros: number): Datetime {
  const seconds = Math.floor(micros / 1_000_000)
  return new Datetime(seconds, (micros - seconds * 1_000_000) * 1_000)
}

async function commitMicros(reader: KvReader, seq: number): Promise<number> {
  const stored = await reader.get(keyOf('commit', seq))
  if (stored === undefined) throw ledgerErrors.CORRUPT({ what: `commit ${seq}`, reason: 'it is missing' })
  return decodeCommit(stored).timeMicros
}
