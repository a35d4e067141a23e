/**
 * Runs as a process of its own to be killed: commits numbered batches to a sealed store as fast as it can and
 * writes each number to standard output once it is acknowledged. Goes on behind what it finds.
 *
 *   node commit-child.ts <folder> <data key, hex>
 */

import { openLevelStore } from '../../leveldb/level-store.ts'
import { commitBatches } from '../../leveldb/testing/numbered-batches.ts'
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
  await commitBatches(await openKilledStore(path, dataKey))
}
