/**
 * Runs as a process of its own to be killed: commits numbered batches to a sealed store as fast as it can and
 * writes each number to standard output once it is acknowledged. Goes on behind what it finds.
 *
 *   node commit-child.ts <folder> <data key, hex>
 */

import { writeFileSync } from 'node:fs'
import { openLevelStore } from '../../leveldb/level-store.ts'
import { batchOf, headKey } from '../../leveldb/testing/numbered-batches.ts'
import { openSealedStore, type SealedStoreOptions } from '../open-sealed-store.ts'
import { smallShape } from './sealed-fixture.ts'

export async function openKilledStore(path: string, dataKey: string) {
  const base = await openLevelStore({ path, writeBufferBytes: 256 * 1024, compression: false })
  const options: Omit<SealedStoreOptions, 'base' | 'dataKey'> = {
    writeBufferBytes: 150_000,
    shape: smallShape,
  }
  return openSealedStore({ base, dataKey: Buffer.from(dataKey, 'hex'), ...options })
}

if (import.meta.main) {
  const [path = '', dataKey = ''] = process.argv.slice(2)
  const store = await openKilledStore(path, dataKey)
  const snapshot = store.snapshot()
  let number = Number((await snapshot.get(headKey)) ?? 0)
  snapshot.close()
  for (;;) {
    const numbers = [number + 1, number + 2, number + 3]
    await Promise.all(
      numbers.map(async (each) => {
        await store.commit(batchOf(each), { durable: each % 3 === 0 })
        writeFileSync(1, `${each}\n`)
      }),
    )
    number += 3
  }
}
