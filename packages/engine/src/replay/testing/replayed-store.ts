/**
 * What a replay makes of the log of a store, to be compared with that store.
 */

import { formatKey, kindRange, manifestKey } from '../../ledger/key-space.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import type { KvStore } from '../../storage/kv-store.ts'
import { openMemoryStore } from '../../storage/memory/memory-store.ts'
import { collect } from '../../testing/open-core.ts'
import { genesisOf } from '../log-chain.ts'
import { readLog } from '../read-log.ts'
import { replayLog } from '../replay-log.ts'

const everything = { gte: new Uint8Array(), lt: new Uint8Array([0xff]) }

/** Keys and values in hex, without those of the given indexes, of builds, and the manifest. */
export async function contentOf(
  store: KvStore,
  withoutIndexes: ReadonlySet<number> = new Set(),
): Promise<string[]> {
  const snapshot = store.snapshot()
  const entries = await collect(snapshot.scan(everything))
  snapshot.close()
  return entries
    .filter(
      ({ key, value }) =>
        !key.equals(manifestKey) && !isBuild(key) && !isZero(key, value) && !isOf(key, withoutIndexes),
    )
    .map(
      ({ key, value }) =>
        `${String.fromCharCode(key[0] ?? 0)} ${key.toString('hex')}=${value.toString('hex')}`,
    )
}

/** How far builds have come is not in the log. */
function isBuild(key: Buffer): boolean {
  return key[0] === kindRange('build').gte[0]
}

/** A count of nothing is as good as none: of a table whose records were all erased nothing tells any more. */
function isZero(key: Buffer, value: Buffer): boolean {
  return key[0] === kindRange('count').gte[0] && value.length === 1 && value[0] === 0
}

function isOf(key: Buffer, indexes: ReadonlySet<number>): boolean {
  if (key[0] !== kindRange('index').gte[0] && key[0] !== kindRange('pastIndex').gte[0]) return false
  return indexes.has(readUvarint(key, readUvarint(key, 1).end).value)
}

export async function replayed(source: KvStore, toSeq: number): Promise<KvStore> {
  const snapshot = source.snapshot()
  const format = (await snapshot.get(formatKey)) as Buffer
  const target = openMemoryStore()
  const after = genesisOf(format)
  await replayLog(target, { format, log: readLog(snapshot, { after, toSeq }) })
  snapshot.close()
  return target
}
