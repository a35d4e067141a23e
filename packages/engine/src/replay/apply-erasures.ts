/**
 * What a log says was erased goes from a store that has just been filled with it.
 * Why there can be something: a backup from before an erasure holds what a later one of the same chain
 * erases.
 * Where the erasure comes behind the end of the log, the marks in place of what it took say that this
 * database never had it.
 * Invariant: afterwards marks and records of erasures agree, as verification asks.
 */

import { decodeCanonical, encodeExact, type ValueObject } from '@dendrodb/protocol'
import { forgottenTable, systemTables } from '../catalog/system-tables.ts'
import { effectKeys } from '../ledger/causes.ts'
import { decodeCommit } from '../ledger/commit.ts'
import {
  decodeForgottenMark,
  decodePlaces,
  encodeForgottenMark,
  type ForgottenPlace,
  forgottenKey,
  metaPlace,
  payloadKey,
} from '../ledger/forgotten-mark.ts'
import { decodeHistory } from '../ledger/history-entry.ts'
import { putHistoryFloor } from '../ledger/history-floor.ts'
import { historyKey, keyOf, kindRange, mainBranch } from '../ledger/key-space.ts'
import { openVersion } from '../ledger/record-version.ts'
import { decodeMetaPayload } from '../ledger/write-meta.ts'
import { forgettingErrors } from '../models/forgetting/forgetting-errors.ts'
import { keyText } from '../storage/key-text.ts'
import type { KvOperation, KvSnapshot, KvStore } from '../storage/kv-store.ts'
import { itemsPerChunk } from './limits.ts'

const noValue = new Uint8Array()

/**
 * @param lastSeq where the log ends. @throws FORGET_HISTORY_GONE where that is a state that has been
 * forgotten
 */
export async function applyErasures(store: KvStore, lastSeq: number): Promise<void> {
  const snapshot = store.snapshot()
  try {
    for await (const chunk of snapshot.scan(kindRange('history', mainBranch, forgottenTable.id))) {
      for (const entry of chunk) {
        const { seq, n } = decodeHistory(entry)
        await applyErasure(store, snapshot, seq, n)
      }
    }
    await resignLater(store, snapshot, lastSeq)
  } finally {
    snapshot.close()
  }
}

async function applyErasure(store: KvStore, snapshot: KvSnapshot, seq: number, n: number): Promise<void> {
  const payload = await snapshot.get(keyOf('version', seq, n))
  const bytes = payload && openVersion(payload).bytes
  const { places } = (bytes === undefined ? {} : decodeCanonical(bytes)) as ValueObject
  if (!(places instanceof Uint8Array)) return
  const mark = encodeForgottenMark({ reason: 'erased', by: seq })
  let batch: KvOperation[] = []
  for (const place of decodePlaces(places)) {
    const removed = await removalOf(snapshot, place)
    // Its bytes are in the files now, as they were in the backup.
    if (removed.length > 0) batch.push({ type: 'put', key: keyOf('erasure', seq), value: noValue })
    batch.push(...removed, { type: 'put', key: forgottenKey(place), value: mark })
    if (batch.length < itemsPerChunk) continue
    await store.commit(batch, { durable: false })
    batch = []
  }
  await store.commit(batch, { durable: false })
}

/** None where it is gone already. */
async function removalOf(snapshot: KvSnapshot, place: ForgottenPlace): Promise<KvOperation[]> {
  const key = payloadKey(place)
  const payload = await snapshot.get(key)
  if (payload === undefined) return []
  const keys = [key]
  if (place.place === metaPlace) {
    keys.push(...effectKeys(place.seq, decodeMetaPayload(payload)))
  } else {
    const stored = await snapshot.get(keyOf('commit', place.seq))
    const branch = stored === undefined ? mainBranch : decodeCommit(stored).branch
    const version = openVersion(payload)
    keys.push(historyKey(branch, version.tableId, encodeExact(version.key), place.seq))
  }
  return keys.map((each) => ({ type: 'delete', key: each }))
}

/**
 * Erased by commits that the log does not reach, or past a retention that its last definition of the table
 * does not tell of yet. @throws FORGET_HISTORY_GONE
 */
async function resignLater(store: KvStore, snapshot: KvSnapshot, lastSeq: number): Promise<void> {
  const value = encodeForgottenMark({ reason: 'elsewhere' })
  const floors = new Map<number, number>()
  for await (const chunk of snapshot.scan(kindRange('forgotten'))) {
    const later = chunk.filter((entry) => {
      const mark = decodeForgottenMark(entry.value)
      if (mark.reason === 'retention' && mark.until > lastSeq) {
        const { tableId, until: since } = mark
        throw forgettingErrors.HISTORY_GONE({ table: `number ${tableId}`, since, asked: lastSeq })
      }
      if (mark.reason === 'retention') {
        floors.set(mark.tableId, Math.max(mark.until, floors.get(mark.tableId) ?? 0))
      }
      return mark.reason === 'erased' && mark.by > lastSeq
    })
    await store.commit(
      later.map(({ key }) => ({ type: 'put', key, value })),
      { durable: false },
    )
  }
  await store.commit(await untoldFloors(snapshot, floors), { durable: false })
}

async function untoldFloors(
  snapshot: KvSnapshot,
  floors: ReadonlyMap<number, number>,
): Promise<KvOperation[]> {
  const told = new Map<number, number>()
  const named = new Map<string, number>()
  for await (const chunk of snapshot.scan(kindRange('history', mainBranch, systemTables.table.id))) {
    for (const entry of chunk) {
      const { seq, n, idKey, isPut } = decodeHistory(entry)
      if (!isPut) named.delete(keyText(idKey))
      const payload = await snapshot.get(keyOf('version', seq, n))
      const bytes = payload && openVersion(payload).bytes
      const { number, historySince } = (bytes === undefined ? {} : decodeCanonical(bytes)) as ValueObject
      if (typeof number === 'number') named.set(keyText(idKey), number)
      if (typeof number === 'number' && typeof historySince === 'number') told.set(number, historySince)
    }
  }
  const present = new Set(named.values())
  return [...new Set([...floors.keys(), ...told.keys()])].flatMap((tableId) => {
    const [floor, since] = [floors.get(tableId) ?? 0, told.get(tableId) ?? 0]
    // Of a table that was removed no definition tells.
    const isTold = present.has(tableId) && floor <= since
    return isTold ? [] : [putHistoryFloor(tableId, Math.max(floor, since))]
  })
}
