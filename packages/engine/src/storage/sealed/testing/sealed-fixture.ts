/** What tests of the sealed store share. */

import type { KvOperation, KvSnapshot, KvStore } from '../../kv-store.ts'
import { openMemoryStore } from '../../memory/memory-store.ts'
import { storageErrors } from '../../storage-errors.ts'
import type { SealedShape } from '../limits.ts'
import { openSealedStore } from '../open-sealed-store.ts'
import { decodeLongValue } from '../overflow.ts'
import { PageCipher } from '../page-cipher.ts'
import { numberOfKey, rootKey } from '../page-keys.ts'
import { decodeRoot, type Root } from '../root.ts'
import { SealedPages } from '../sealed-pages.ts'
import { entryTypes } from '../sorted-page.ts'

/** A few records fill several levels. */
export const tinyShape: SealedShape = {
  pageBytes: 300,
  segmentBytes: 1_500,
  levelOneBytes: 4_000,
  levelRatio: 3,
  inlineBytesMax: 90,
  overflowPageBytes: 1_000,
  logPartBytes: 700,
}

/** Some megabytes fill several levels. */
export const smallShape: SealedShape = {
  pageBytes: 2_000,
  segmentBytes: 100_000,
  levelOneBytes: 400_000,
  levelRatio: 4,
  inlineBytesMax: 1_000,
  overflowPageBytes: 100_000,
  logPartBytes: 50_000,
}

/** A memory store whose contents outlive being closed. Each `open` gives a handle on it. */
export function lastingMemory(reads: 'sync' | 'async' = 'sync', refuses: () => boolean = () => false) {
  const memory = openMemoryStore()
  const later = async <T>(value: T): Promise<T> => {
    await new Promise((resolve) => setImmediate(resolve))
    return value
  }
  const asyncSnapshot = (snapshot: KvSnapshot): KvSnapshot => ({
    get: async (key) => later(snapshot.get(key)),
    getMany: async (keys) => later(snapshot.getMany(keys)),
    scan: (range, options) => snapshot.scan(range, options),
    close: () => snapshot.close(),
  })
  const open = (): KvStore => ({
    reads,
    limits: memory.limits,
    snapshot: () => (reads === 'async' ? asyncSnapshot(memory.snapshot()) : memory.snapshot()),
    async commit(batch, options) {
      if (refuses()) throw storageErrors.FULL({ path: 'memory' })
      await memory.commit(batch, options)
    },
    sizeBytes: () => memory.sizeBytes(),
    compact: () => memory.compact(),
    purge: () => memory.purge(),
    findDamage: () => memory.findDamage(),
    close: async () => undefined,
  })
  return { memory, open }
}

/** Everything that a store holds. */
export async function dump(store: KvStore): Promise<Map<string, Buffer>> {
  const snapshot = store.snapshot()
  const all = new Map<string, Buffer>()
  const range = { gte: Buffer.alloc(0), lt: Buffer.from([0xff]) }
  for await (const chunk of snapshot.scan(range)) {
    for (const { key, value } of chunk) all.set(key.toString('latin1'), value)
  }
  snapshot.close()
  return all
}

/** Makes a store hold exactly this. */
export async function restore(store: KvStore, all: ReadonlyMap<string, Buffer>): Promise<void> {
  const batch: KvOperation[] = []
  for (const key of (await dump(store)).keys())
    batch.push({ type: 'delete', key: Buffer.from(key, 'latin1') })
  for (const [key, value] of all) batch.push({ type: 'put', key: Buffer.from(key, 'latin1'), value })
  await store.commit(batch)
}

export async function readRootOf(store: KvStore, dataKey: Uint8Array): Promise<Root> {
  const snapshot = store.snapshot()
  const sealed = await snapshot.get(rootKey)
  snapshot.close()
  const content = sealed && new PageCipher(dataKey).open('root', 0, sealed)
  if (content === undefined) throw new Error('there is no root')
  return decodeRoot(content)
}

/** Names of the pages that the root refers to, and of those that there are. */
export async function pagesOfStore(store: KvStore, dataKey: Uint8Array) {
  const root = await readRootOf(store, dataKey)
  const pages = new SealedPages(store, new PageCipher(dataKey), 0)
  const referred: string[] = []
  for (const segment of root.levels.flat()) {
    for (let at = 0; at < segment.leafCount + 2; at += 1) referred.push(`page ${segment.firstId + at}`)
    const options = { isKept: false, key: '' }
    const index = await pages.index(segment, options)
    for (let at = 0; at < index.count; at += 1) {
      const leaf = await pages.leaf(segment, index, at, options)
      for (let entry = 0; entry < leaf.count; entry += 1) {
        leaf.load(entry)
        if (leaf.type !== entryTypes.overflow) continue
        const { firstId, tags } = decodeLongValue(leaf.value())
        for (const part of tags.keys()) referred.push(`overflow ${firstId + part}`)
      }
    }
  }
  pages.close()
  const present: string[] = []
  for (const key of (await dump(store)).keys()) {
    const number = () => numberOfKey(Buffer.from(key, 'latin1'))
    if (key.startsWith('p')) present.push(`page ${number()}`)
    if (key.startsWith('o')) present.push(`overflow ${number()}`)
  }
  return { referred: referred.sort(), present: present.sort() }
}

/** The stores that bits are flipped in. */
export async function openFlippedSealed(base: KvStore, dataKey: string): Promise<KvStore> {
  const options = { base, dataKey: Buffer.from(dataKey, 'hex'), writeBufferBytes: 60_000, shape: smallShape }
  return openSealedStore(options)
}
