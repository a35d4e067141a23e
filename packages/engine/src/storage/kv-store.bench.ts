/**
 * Gets, scans and commits of the stores, beside what classic-level does alone.
 * Entries as the ledger writes them: keys of 20 bytes, values of 160. Everything fits the block cache, so
 * that the figures are those of the code, not of the disk.
 *
 *   npx node packages/engine/src/storage/kv-store.bench.ts
 */

import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import type { KvOperation, KvSnapshot, KvStore, MaybePromise, ScanOptions } from './kv-store.ts'
import { openLevelStore } from './leveldb/level-store.ts'
import { openMemoryStore } from './memory/memory-store.ts'

const entries = 200_000
const hotEntries = 20_000
const cacheBytes = 64 * 1024 * 1024
const above = Buffer.alloc(20, 0xff)
const value = Buffer.alloc(160, 'value')
const hotKeys = Array.from({ length: hotEntries }, (_, at) => keyOf(at * (entries / hotEntries)))

function keyOf(number: number): Buffer {
  const key = Buffer.alloc(20)
  key.writeUInt32BE(number, 8)
  return key
}

function batchOf(from: number, count: number): KvOperation[] {
  return Array.from({ length: count }, (_, at) => ({
    type: 'put',
    key: keyOf(((from + at) * 7919) % entries),
    value,
  }))
}

/** The best of five rounds, as others use the machine, too. */
async function measure(name: string, count: number, run: () => MaybePromise<unknown>): Promise<void> {
  let bestMs = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now()
    await run()
    bestMs = Math.min(bestMs, performance.now() - start)
  }
  const perSecond = Math.round((count / bestMs) * 1000).toLocaleString('en')
  console.log(
    `${name.padEnd(46)} ${perSecond.padStart(12)}/s ${((bestMs / count) * 1000).toFixed(2).padStart(9)} µs`,
  )
}

async function measureStore(name: string, store: KvStore): Promise<void> {
  await measure(`${name}: puts, 1,000 a batch, relaxed`, 20_000, async () => {
    for (let from = 0; from < 20_000; from += 1_000) {
      await store.commit(batchOf(from, 1_000), { durable: false })
    }
  })
  for (let from = 0; from < entries; from += 1_000) {
    await store.commit(batchOf(from, 1_000), { durable: false })
  }
  await store.compact()
  await measure(`${name}: commits of one put, durable, one by one`, 100, async () => {
    for (let number = 0; number < 100; number += 1) await store.commit(batchOf(number, 1))
  })
  await measure(`${name}: snapshots`, 10_000, () => {
    for (let number = 0; number < 10_000; number += 1) store.snapshot().close()
  })
  const snapshot = store.snapshot()
  await measureReads(name, snapshot)
  snapshot.close()
}

async function measureReads(name: string, snapshot: KvSnapshot): Promise<void> {
  await measure(`${name}: gets from a snapshot`, 100_000, () =>
    getHot((key) => snapshot.get(key) as Buffer | undefined),
  )
  const scan = (from: number, options: ScanOptions) => snapshot.scan({ gte: keyOf(from), lt: above }, options)
  await measure(`${name}: scans of 10 entries, one by one`, 1_000, async () => {
    for (let from = 0; from < 1_000; from += 1) await countOf(scan(from * 50, { limit: 10 }), 10)
  })
  await measure(`${name}: scans of 10 entries, 16 at once`, 1_600, () =>
    Promise.all(
      Array.from({ length: 16 }, async (_, reader) => {
        for (let from = 0; from < 100; from += 1) {
          await countOf(scan((reader * 100 + from) * 50, { limit: 10 }), 10)
        }
      }),
    ),
  )
  await measure(`${name}: entries of a full scan`, entries, () => countOf(scan(0, {}), entries))
  await measure(`${name}: entries of a full scan, reverse`, entries, () =>
    countOf(scan(0, { reverse: true }), entries),
  )
}

function getHot(get: (key: Buffer) => Buffer | undefined): void {
  for (let at = 0; at < 100_000; at += 1) {
    if (get(hotKeys[(at * 7) % hotEntries] as Buffer)?.length !== value.length)
      throw new Error('a value is missing')
  }
}

async function countOf(chunks: AsyncIterable<readonly unknown[]>, expected: number): Promise<void> {
  let count = 0
  for await (const chunk of chunks) count += chunk.length
  if (count !== expected) throw new Error(`${count} entries instead of ${expected}`)
}

/** No checksums of ours and no word about skipped blocks: what the library itself costs. */
async function measureLibrary(folder: string): Promise<void> {
  const encodings = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const
  const level = new ClassicLevel<Buffer, Buffer>(folder, { ...encodings, cacheSize: cacheBytes })
  await level.open()
  const snapshot = level.snapshot()
  const prepared = { ...encodings, snapshot, fillCache: true }
  const unframed = (frame: Buffer | undefined) => frame?.subarray(4)
  await measure('classic-level: getSync without a snapshot', 100_000, () =>
    getHot((key) => unframed(level.getSync(key))),
  )
  await measure('classic-level: getSync { snapshot }', 100_000, () =>
    getHot((key) => unframed(level.getSync(key, { snapshot }))),
  )
  await measure('classic-level: getSync, prepared options', 100_000, () =>
    getHot((key) => unframed(level.getSync(key, prepared))),
  )
  const range = (from: number, limit: number) => ({ snapshot, gte: keyOf(from), lt: above, limit })
  await measure('classic-level: 10 entries by for await', 1_000, async () => {
    for (let from = 0; from < 1_000; from += 1) {
      let count = 0
      for await (const _ of level.iterator(range(from * 50, 10))) count += 1
      if (count !== 10) throw new Error('entries are missing')
    }
  })
  await measure('classic-level: 10 entries by nextv, close', 1_000, async () => {
    for (let from = 0; from < 1_000; from += 1) {
      const iterator = level.iterator(range(from * 50, 10))
      await iterator.nextv(10)
      await iterator.close()
    }
  })
  await measure('classic-level: entries of a full scan, nextv', entries, async () => {
    const iterator = level.iterator({ ...range(0, entries), highWaterMarkBytes: 256 * 1024 })
    let count = 0
    for (let chunk = await iterator.nextv(1_000); chunk.length > 0; chunk = await iterator.nextv(1_000)) {
      count += chunk.length
    }
    await iterator.close()
    if (count !== entries) throw new Error('entries are missing')
  })
  await snapshot.close()
  await level.close()
}

const folder = await mkdtemp(join(tmpdir(), 'kv-store-bench-'))
try {
  const memory = openMemoryStore()
  await measureStore('memory', memory)
  await memory.close()
  const level = await openLevelStore({ path: join(folder, 'store'), cacheBytes })
  await measureStore('leveldb', level)
  await level.close()
  await cp(join(folder, 'store'), join(folder, 'copy'), { recursive: true })
  await measureLibrary(join(folder, 'copy'))
} finally {
  await rm(folder, { recursive: true })
}
