/**
 * Opens the files of a generation: sealed if it has a key file, in the clear otherwise. The one place that
 * decides.
 * Where nothing is stored yet a master key makes the store a sealed one. What is in the clear stays so until
 * somebody seals it, as that rewrites everything.
 */

import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { keyFileOf } from './generation.ts'
import type { KvStore } from './kv-store.ts'
import { openError } from './leveldb/level-errors.ts'
import { openLevelStore } from './leveldb/level-store.ts'
import { storeLimits } from './limits.ts'
import { readKeyFile, unwrapDataKey, writeKeyFile } from './sealed/key-file.ts'
import { belowCacheBytes, belowWriteBufferBytes } from './sealed/limits.ts'
import type { MasterKey } from './sealed/master-key.ts'
import { openSealedStore } from './sealed/open-sealed-store.ts'
import { rootKey } from './sealed/page-keys.ts'
import { storageErrors } from './storage-errors.ts'

export interface StoreFileOptions {
  /** Default 32 MiB. */
  readonly cacheBytes?: number
  /** Default 16 MiB. */
  readonly writeBufferBytes?: number
  readonly masterKey?: MasterKey | undefined
  /** The files are in the clear although there is a master key. */
  readonly onClear?: ((path: string) => void) | undefined
}

const dataKeyBytes = 32

type Sizes = Pick<StoreFileOptions, 'cacheBytes' | 'writeBufferBytes'>

/**
 * @param path folder of the generation
 * @throws STORAGE_KEY_NEEDED, STORAGE_KEY_WRONG before anything is opened, STORAGE_LOCKED, STORAGE_CORRUPT, …
 */
export async function openStoreFiles(path: string, options: StoreFileOptions = {}): Promise<KvStore> {
  const { masterKey, onClear } = options
  const sizes = sizesOf(options)
  const dataKey = await readDataKey(path, masterKey)
  if (dataKey !== undefined) return openSealedStore({ base: await openBelow(path), dataKey, ...sizes })
  if (masterKey === undefined) return openClear(path, sizes)
  if (await isEmptyFolder(path)) return openNew(path, masterKey, options)
  const store = await openClear(path, sizes)
  // A crash may have left files without anything in them.
  if ((await contentsOf(store)) === 'nothing') {
    await store.close()
    return openNew(path, masterKey, options)
  }
  onClear?.(path)
  return store
}

/** Files in the clear. @throws STORAGE_CORRUPT when they are sealed and have lost their key file */
export async function openClear(path: string, sizes: Sizes = {}): Promise<KvStore> {
  const store = await openLevelStore({ path, ...sizes })
  if ((await contentsOf(store)) !== 'sealed') return store
  await store.close()
  throw storageErrors.CORRUPT({ what: `the key file ${keyFileOf(path)}`, reason: 'it is missing' })
}

/** Makes a sealed store in a folder that holds none, with a data key of its own. */
async function openNew(path: string, masterKey: MasterKey, options: StoreFileOptions): Promise<KvStore> {
  const base = await openBelow(path)
  let dataKey: Uint8Array | undefined
  try {
    // Somebody may have come first; now that the files are ours nobody can.
    if ((await readKeyFile(path)) === undefined && (await contentsOf(base)) === 'nothing') {
      dataKey = randomBytes(dataKeyBytes)
      await writeKeyFile(path, dataKey, masterKey)
    }
  } catch (error) {
    await base.close()
    throw error
  }
  if (dataKey !== undefined) return openSealedStore({ base, dataKey, ...sizesOf(options) })
  await base.close()
  return openStoreFiles(path, options)
}

function sizesOf({ cacheBytes, writeBufferBytes }: StoreFileOptions): Sizes {
  return {
    ...(cacheBytes !== undefined && { cacheBytes }),
    ...(writeBufferBytes !== undefined && { writeBufferBytes }),
  }
}

/** What a sealed store keeps its pages in. */
function openBelow(path: string): Promise<KvStore> {
  return openLevelStore({
    path,
    cacheBytes: belowCacheBytes,
    writeBufferBytes: belowWriteBufferBytes,
    compression: false,
    // A sealed batch is a little longer than what is in it.
    limits: { batchBytesMax: 2 * storeLimits.batchBytesMax },
  })
}

/** `undefined` when there is no key file. */
async function readDataKey(path: string, masterKey: MasterKey | undefined): Promise<Buffer | undefined> {
  const wrapped = await readKeyFile(path)
  if (wrapped === undefined) return undefined
  if (masterKey === undefined) throw storageErrors.KEY_NEEDED({ path })
  return unwrapDataKey(path, wrapped, masterKey)
}

async function contentsOf(store: KvStore): Promise<'nothing' | 'sealed' | 'clear'> {
  const snapshot = store.snapshot()
  try {
    if ((await snapshot.get(rootKey)) !== undefined) return 'sealed'
    const everything = { gte: new Uint8Array(), lt: new Uint8Array([0xff]) }
    for await (const _ of snapshot.scan(everything, { limit: 1, values: false })) return 'clear'
    return 'nothing'
  } finally {
    snapshot.close()
  }
}

async function isEmptyFolder(path: string): Promise<boolean> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw openError(path, error)
  })
  return names.length === 0
}
