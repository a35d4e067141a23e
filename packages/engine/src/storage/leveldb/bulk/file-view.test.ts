import { readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { platform } from 'node:process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KeyRange, KvEntry, KvOperation } from '../../kv-store.ts'
import { del, entriesOf, everything, expectCode, put } from '../../testing/store-fixture.ts'
import { type LevelStore, openLevelStore } from '../level-store.ts'
import { withFolder } from '../testing/folder-fixture.ts'
import { scrambledBytes } from '../testing/scrambled-bytes.ts'
import { areUnchanged, FileView, filesNow, type SharedFiles, shareable } from './file-view.ts'
import { OddFiles } from './piece.ts'

const smallBuffers = { writeBufferBytes: 128 * 1024 }

/** Alternately what compresses and what does not. */
function sampleValue(number: number, bytes = 200): Buffer {
  return number % 2 === 0 ? Buffer.alloc(bytes, `value ${number} `) : scrambledBytes(number, bytes)
}

function keyOf(number: number): string {
  return `${number % 3 === 0 ? 'a' : 'b'}/${String(number).padStart(6, '0')}`
}

/**
 * Puts, puts anew and deletes, so that tables of several levels and the log have versions of the same keys.
 */
async function fill(store: LevelStore): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    for (let from = 0; from < 3_000; from += 100) {
      const batch: KvOperation[] = []
      for (let number = from; number < from + 100; number += 1 + round) {
        const isDeleted = (number + round) % 11 === 0
        batch.push(isDeleted ? del(keyOf(number)) : put(keyOf(number), sampleValue(number + round)))
      }
      await store.commit(batch, { durable: false })
    }
    if (round === 1) await store.compact()
  }
}

function withFilled(run: (store: LevelStore, path: string) => Promise<void>): Promise<void> {
  return withFolder(async (path) => {
    const store = await openLevelStore({ path, ...smallBuffers })
    try {
      await fill(store)
      await run(store, path)
    } finally {
      await store.close()
    }
  })
}

async function sharedOf(path: string): Promise<SharedFiles> {
  const files = await filesNow(path)
  const shared = files && shareable(files)
  if (shared === undefined) throw new Error('the files cannot be told')
  return shared
}

async function viewOf(path: string): Promise<FileView> {
  return new FileView(await sharedOf(path))
}

async function read(view: FileView, range: KeyRange = everything, chunkEntries?: number): Promise<KvEntry[]> {
  const entries: KvEntry[] = []
  for await (const chunk of view.scan(range, chunkEntries)) {
    expect(chunk.length).toBeGreaterThan(0)
    entries.push(...chunk)
  }
  return entries
}

async function readLevel(store: LevelStore, range?: KeyRange): Promise<KvEntry[]> {
  const snapshot = store.snapshot()
  const entries = await entriesOf(snapshot, {}, range)
  snapshot.close()
  return entries
}

/** LevelDB may compact in the background; it does not remove tables that an iterator has open. */
async function withTablesHeld(store: LevelStore, run: () => Promise<void>): Promise<void> {
  const snapshot = store.snapshot()
  await snapshot.scan(everything, { chunkEntries: 1 })[Symbol.asyncIterator]().next()
  try {
    await run()
  } finally {
    snapshot.close()
  }
}

async function tablesIn(path: string): Promise<string[]> {
  return (await readdir(path)).filter((name) => name.endsWith('.ldb')).sort()
}

test('files say the same as LevelDB: tables of several levels, logs, what was overwritten and deleted', () =>
  withFilled(async (store, path) => {
    const all = await readLevel(store)
    expect(all.length).toBeGreaterThan(2_000)
    await withTablesHeld(store, async () => {
      const view = await viewOf(path)
      expect(view.files.tables.length).toBeGreaterThan(1)
      expect(await read(view)).toEqual(all)
      for (const chunkEntries of [0, 1, 7, 1_000])
        expect(await read(view, everything, chunkEntries)).toEqual(all)
    })
    await store.compact()
    expect(await read(await viewOf(path))).toEqual(all)
  }))

test('any range, also of files that were opened anew', () =>
  withFilled((store, path) =>
    withTablesHeld(store, async () => {
      const view = await viewOf(path)
      const bound = fc.oneof(
        fc.integer({ min: 0, max: 3_100 }).map((number) => Buffer.from(keyOf(number))),
        fc
          .constantFrom('', 'a', 'a/', 'b/000', 'b/999999', 'c', '\xff')
          .map((text) => Buffer.from(text, 'latin1')),
      )
      await fc.assert(
        fc.asyncProperty(bound, bound, async (gte, lt) => {
          expect(await read(view, { gte, lt })).toEqual(await readLevel(store, { gte, lt }))
        }),
        { numRuns: 60 },
      )
    }),
  ))

test('keys and values of every size', () =>
  withFolder(async (path) => {
    const store = await openLevelStore({ path, ...smallBuffers })
    const sizes = [0, 1, 119, 120, 127, 128, 1_000, 4_000]
    const batch = sizes.flatMap((size) => [
      put(Buffer.alloc(size, 'k'), sampleValue(size, size * 3)),
      put(Buffer.alloc(size, 0xff), sampleValue(size + 1, size * 40)),
    ])
    await store.commit([
      ...batch,
      put('large', sampleValue(1, 3_000_000)),
      put('zeros', Buffer.alloc(5_000_000)),
    ])
    await store.commit([del(Buffer.alloc(127, 'k'))])
    const range = { gte: Buffer.alloc(0), lt: Buffer.alloc(4_097, 0xff) }
    const all = await readLevel(store, range)
    expect(all).toHaveLength(2 * sizes.length)
    expect(await read(await viewOf(path), range)).toEqual(all)
    await store.compact()
    expect(await read(await viewOf(path), range)).toEqual(all)
    await store.close()
  }))

test('a store that was just made, and one that was emptied, have nothing', () =>
  withFolder(async (path) => {
    const store = await openLevelStore({ path })
    expect(await read(await viewOf(path))).toEqual([])
    await store.commit([put('a', '1'), put('b', '2')])
    await store.commit([del('a'), del('b')])
    expect(await read(await viewOf(path))).toEqual([])
    await store.close()
  }))

test('a bulk snapshot stays what it was while the store is written to and compacted', () =>
  withFilled(async (store) => {
    const before = await readLevel(store)
    const snapshot = await store.bulkSnapshot()
    expect(snapshot.files).toBeDefined()
    await fill(store)
    await store.compact()
    await store.commit(before.map(({ key }) => del(key)))
    await store.compact()
    expect(await entriesOf(snapshot)).toEqual(before)
    expect(await entriesOf(snapshot, { reverse: true, limit: 5 })).toEqual(before.slice(-5).reverse())
    snapshot.close()
    await expectCode('STORAGE_CLOSED', () => entriesOf(snapshot))
  }))

test('a bulk snapshot has all of every batch that was handed over before it, and nothing of later ones', () =>
  withFolder(async (path) => {
    const store = await openLevelStore({ path, ...smallBuffers })
    for (let round = 0; round < 30; round += 1) {
      const batch = (at: number) => [
        put('a', `${at}`),
        put(`m${at % 50}`, sampleValue(at, 3_000)),
        put('z', `${at}`),
      ]
      const before = store.commit(batch(2 * round), { durable: false })
      const taken = store.bulkSnapshot()
      const after = store.commit(batch(2 * round + 1), { durable: false })
      await Promise.all([before, after])
      const snapshot = await taken
      const entries = await entriesOf(snapshot)
      expect([entries.at(0), entries.at(-1)].map((entry) => entry?.value.toString())).toEqual(
        Array(2).fill(String(2 * round)),
      )
      snapshot.close()
    }
    await store.close()
  }))

test('a scan in progress fails when its snapshot is closed, and goes on when the files are reopened', () =>
  withFilled(async (store) => {
    const closed = await store.bulkSnapshot()
    const chunks = closed.scan(everything, { chunkEntries: 10 })[Symbol.asyncIterator]()
    await chunks.next()
    closed.close()
    await expectCode('STORAGE_CLOSED', () => chunks.next())

    const all = await readLevel(store)
    const purged = await store.bulkSnapshot()
    const read: KvEntry[] = []
    for await (const chunk of purged.scan(everything, { chunkEntries: 500 })) {
      if (read.length === 0) await store.purge({ snapshotWaitMs: 0 })
      read.push(...chunk)
    }
    expect(read).toEqual(all)
    purged.close()
  }))

test('where a file is gone LevelDB goes on, with nothing twice and nothing left out', () =>
  withFilled(async (store, path) => {
    await store.compact()
    const all = await readLevel(store)
    const snapshot = await store.bulkSnapshot()
    const chunks: KvEntry[] = []
    for await (const chunk of snapshot.scan(everything, { chunkEntries: 64 })) {
      // LevelDB has them open.
      if (chunks.length === 0) for (const table of await tablesIn(path)) await rm(join(path, table))
      chunks.push(...chunk)
    }
    expect(chunks).toEqual(all)
    snapshot.close()
  }))

test('every damaged byte of a table is found, or changes nothing', () =>
  withFolder(async (path) => {
    const store = await openLevelStore({ path })
    await store.commit(Array.from({ length: 200 }, (_, at) => put(keyOf(at), sampleValue(at, 60))))
    await store.compact()
    const all = await readLevel(store)
    await store.close()
    const table = join(path, (await tablesIn(path)).at(-1) ?? '')
    const bytes = await readFile(table)
    let found = 0
    for (let at = 0; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes)
      damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (at % 8)), at)
      await writeFile(table, damaged)
      const outcome = await viewOf(path)
        .then((view) => read(view))
        .catch((error: unknown) => error)
      if (outcome instanceof OddFiles) found += 1
      else expect(outcome).toEqual(all)
    }
    // What is in the filters is not read.
    expect(found).toBeGreaterThan(bytes.length / 7 / 2)
  }))

test('a damaged value is the same error as from LevelDB, behind the same entries', () =>
  withFilled(async (store, path) => {
    await store.compact()
    await store.close()
    for (const table of await tablesIn(path)) {
      const bytes = await readFile(join(path, table))
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
      await writeFile(join(path, table), bytes)
    }
    const damaged = await openLevelStore({ path })
    const outcome = async (snapshot: Awaited<ReturnType<LevelStore['bulkSnapshot']>>) => {
      const entries: KvEntry[] = []
      try {
        for await (const chunk of snapshot.scan(everything, { chunkEntries: 1 })) entries.push(...chunk)
        return { entries }
      } catch (error) {
        const { code, details } = error as { code: string; details: unknown }
        return { entries, code, details }
      } finally {
        snapshot.close()
      }
    }
    const bulk = await outcome(await damaged.bulkSnapshot())
    expect(bulk).toMatchObject({ code: 'STORAGE_CORRUPT' })
    expect(bulk).toEqual(await outcome(damaged.snapshot()))
    await damaged.close()
  }))

test('a log that is not whole is no view', () =>
  withFolder(async (path) => {
    const store = await openLevelStore({ path })
    await store.commit([put('a', '1'), put('b', '2')])
    const files = await filesNow(path)
    await store.close()
    if (files === undefined) throw new Error('the files cannot be told')
    const content = Uint8Array.from(files.content)
    const withLog = (log: Uint8Array) =>
      shareable({ ...files, logs: [{ file: '000001.log', bytes: log.length }], content: log })
    expect(withLog(content.slice())).toBeDefined()
    expect(withLog(content.slice(0, -1))).toBeUndefined()
    expect(withLog(content.map((byte, at) => (at === 9 ? byte ^ 4 : byte)))).toBeUndefined()
  }))

test('batches that make no sense are odd', () =>
  withFolder(async (path) => {
    const store = await openLevelStore({ path })
    await store.commit([put('a', '1'), put('b', '')])
    const shared = await sharedOf(path)
    await store.close()
    for (let at = 8; at < shared.records.length; at += 1) {
      const records = shared.records.slice()
      records[at] = 0xff
      const outcome = await read(new FileView({ ...shared, records })).catch((error: unknown) => error)
      // A changed byte of a key or a value does not match the frame.
      expect(outcome).toBeInstanceOf(OddFiles)
    }
  }))

test('it is told when something was written since', () =>
  withFilled(async (store, path) => {
    const files = await sharedOf(path)
    expect(areUnchanged(files)).toBe(true)
    await readLevel(store)
    expect(areUnchanged(files)).toBe(true)
    await store.commit([put('a', '1')], { durable: false })
    expect(areUnchanged(files)).toBe(false)
  }))

test('what is in memory does not keep everybody else waiting', () =>
  withFolder(async (path) => {
    const store = await openLevelStore({ path })
    await store.commit(Array.from({ length: 10_000 }, (_, at) => put(keyOf(at), sampleValue(at, 20))))
    const view = await viewOf(path)
    let turns = 0
    let isDone = false
    const count = () => {
      turns += 1
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    expect(await read(view)).toHaveLength(10_000)
    isDone = true
    expect(turns).toBeGreaterThan(10)
    await store.close()
  }))

test('what seems to be written later than the newest write is odd, as LevelDB does not show it', () =>
  withFilled(async (store, path) => {
    await store.compact()
    const files = await sharedOf(path)
    await expect(read(new FileView({ ...files, lastWrite: 100 }))).rejects.toBeInstanceOf(OddFiles)
    expect(await read(new FileView(files))).toEqual(await readLevel(store))
  }))

test.skipIf(platform !== 'linux')('a scan that nobody ends lets go of its files with the snapshot', () =>
  withFilled(async (store, path) => {
    await store.compact()
    await readLevel(store)
    const before = await openTables(path)
    for (let round = 0; round < 20; round += 1) {
      const snapshot = await store.bulkSnapshot()
      const chunks = snapshot.scan(everything, { chunkEntries: 10 })[Symbol.asyncIterator]()
      await chunks.next()
      snapshot.close()
    }
    await expect.poll(() => openTables(path)).toBeLessThanOrEqual(before)
  }),
)

/** File descriptors of the process for tables in the folder. */
async function openTables(path: string): Promise<number> {
  const files = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return files.filter((file) => file.startsWith(path) && file.endsWith('.ldb')).length
}
