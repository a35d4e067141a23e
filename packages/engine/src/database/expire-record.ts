/**
 * What goes of one record when its history is cut: the versions that nobody can ask for any more, and what
 * else changes by that.
 * How: the keys that follow from all of its versions are compared with those that follow from the versions
 * that stay. So a record with a cut history is just what a replay of its log makes of it.
 * What stays: the version in force at the horizon and all later ones; and of periods of valid time before
 * it, the newest version of each, as reads at a valid time go back to them and pass over all others.
 */

import { setImmediate } from 'node:timers/promises'
import { must } from '@dendrodb/protocol'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { encodeForgottenMark, forgottenKey, placeOfVersion } from '../ledger/forgotten-mark.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import { encodeHistoryEntry, type HistoryItem } from '../ledger/history-entry.ts'
import { keyOf } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { openVersion, storedInterval } from '../ledger/record-version.ts'
import { periodName } from '../ledger/valid-time.ts'
import { RecordDerivation } from '../replay/derive-records.ts'
import { keyText } from '../storage/key-text.ts'
import type { KvOperation } from '../storage/kv-store.ts'

export interface ExpiringRecord {
  readonly reader: KvReader
  readonly hash: LedgerHash
  readonly catalog: StoredCatalog
  /** Its history on main, in order. */
  readonly items: readonly HistoryItem[]
}

const [countLetter] = keyOf('count')
/** Versions that are gone through in one turn of the event loop. */
const versionsPerTurn = 128

/** Versions that nobody can ask for from the horizon on; the oldest `max` of them. */
export async function expiredItems(
  reader: KvReader,
  items: readonly HistoryItem[],
  horizon: number,
  max: number,
): Promise<HistoryItem[]> {
  const base = items.findLastIndex(({ seq }) => seq <= horizon)
  const inForce = items[base]
  if (inForce === undefined) return []
  const until = items.slice(0, base + 1)
  const kept = inForce.isPut ? await newestOfPeriods(reader, inForce, until) : new Set<number>()
  return until.filter(({ seq }) => !kept.has(seq)).slice(0, max)
}

/** The commits of the newest version of each period of valid time, as reads go back from the one in force. */
async function newestOfPeriods(
  reader: KvReader,
  inForce: HistoryItem,
  items: readonly HistoryItem[],
): Promise<Set<number>> {
  const kept = new Set([inForce.seq])
  if (inForce.periodBefore === 0) return kept
  const bySeq = new Map(items.map((item) => [item.seq, item]))
  const passed = new Set<string>()
  let steps = 0
  for (let at: HistoryItem | undefined = inForce; at !== undefined; at = bySeq.get(at.periodBefore)) {
    const payload = await reader.get(keyOf('version', at.seq, at.n))
    const period = periodName(storedInterval(openVersion(must(payload, 'a version that history names'))))
    if (!passed.has(period)) kept.add(at.seq)
    passed.add(period)
    steps += 1
    if (steps % versionsPerTurn === 0) await setImmediate()
  }
  return kept
}

export async function expireRecord(
  record: ExpiringRecord,
  expired: readonly HistoryItem[],
): Promise<KvOperation[]> {
  const gone = new Set(expired.map(({ seq }) => seq))
  const before = await stateOf(record, record.items)
  const after = await stateOf(
    record,
    record.items.filter(({ seq }) => !gone.has(seq)),
  )
  const operations = marksOf(record.items, gone)
  for (const [text, { key }] of before) if (!after.has(text)) operations.push({ type: 'delete', key })
  for (const [text, { key, value }] of after) {
    if (before.get(text)?.value.equals(value) !== true) operations.push({ type: 'put', key, value })
  }
  return operations
}

function marksOf(items: readonly HistoryItem[], gone: ReadonlySet<number>): KvOperation[] {
  return items.flatMap(({ seq, n, tableId, isPut }, at): KvOperation[] => {
    if (!gone.has(seq)) return []
    // A deletion is in force for no time.
    const until = isPut ? must(items[at + 1], 'what replaced a version').seq : seq
    const value = encodeForgottenMark({ reason: 'retention', tableId, until })
    return [
      { type: 'delete', key: keyOf('version', seq, n) },
      { type: 'put', key: forgottenKey({ seq, place: placeOfVersion(n) }), value },
    ]
  })
}

interface Entry {
  readonly key: Buffer
  readonly value: Buffer
}

/** All keys that follow from these versions, without counts. */
async function stateOf(
  { reader, hash, catalog }: ExpiringRecord,
  items: readonly HistoryItem[],
): Promise<Map<string, Entry>> {
  const state = new Map<string, Entry>()
  const put = (key: Uint8Array, value: Uint8Array) => {
    if (key[0] !== countLetter) state.set(keyText(key), { key: key as Buffer, value: value as Buffer })
  }
  const derivation = new RecordDerivation({ writer: { put }, hash, catalog })
  for (const [at, item] of items.entries()) {
    // A record may have a long history, and others are to be served meanwhile.
    if (at % versionsPerTurn === versionsPerTurn - 1) await setImmediate()
    const bare = { ...item, prevSeq: 0, prevN: 0, periodBefore: 0 }
    put(item.key, encodeHistoryEntry(bare))
    const payload = await reader.get(keyOf('version', item.seq, item.n))
    derivation.step(bare, must(payload, 'a version that history names'))
  }
  derivation.finish()
  return state
}
