import { copyFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { del, entriesOf, everything, put } from '../testing/store-fixture.ts'
import { type LevelStore, openLevelStore } from './level-store.ts'
import { readLiveFiles, tableFile } from './manifest-file.ts'
import { withFolder } from './testing/folder-fixture.ts'
import { scrambledBytes } from './testing/scrambled-bytes.ts'
import { findFileDamage } from './verify-files.ts'

function keyOf(number: number): string {
  return `k${String(number).padStart(6, '0')}`
}

/** So that there are several tables and blocks. */
function randomValue(number: number, bytes = 300): Buffer {
  return scrambledBytes(number, bytes)
}

async function fill(store: LevelStore, from: number, to: number, valueBytes?: number): Promise<void> {
  for (let number = from; number < to; number += 100) {
    const batch = Array.from({ length: 100 }, (_, at) =>
      put(keyOf(number + at), randomValue(number + at, valueBytes)),
    )
    await store.commit(batch, { durable: false })
  }
}

async function tablesIn(path: string): Promise<string[]> {
  return (await readdir(path)).filter((name) => name.endsWith('.ldb')).sort()
}

async function withTables(run: (path: string, tables: readonly string[]) => Promise<void>): Promise<void> {
  await withFolder(async (path) => {
    const store = await openLevelStore({ path, writeBufferBytes: 256 * 1024 })
    await fill(store, 0, 4_000)
    await store.close()
    // A compaction that closing cuts short leaves a table that is not in force.
    const live = await readLiveFiles(path)
    if (live === undefined || 'reason' in live) throw new Error('the manifest cannot be read')
    await run(path, [...live.tables.keys()].sort((a, b) => a - b).map(tableFile))
  })
}

test('the manifest is read as LevelDB reads it: its tables are those that are there after a compaction', () =>
  withFolder(async (path) => {
    for (let round = 0; round < 4; round += 1) {
      const store = await openLevelStore({ path, writeBufferBytes: 256 * 1024 })
      await fill(store, round * 1_000, round * 1_000 + 3_000)
      await store.close()
      // Of those that are not in force a whole one leaves none.
      const settled = await openLevelStore({ path })
      await settled.compact()
      await settled.close()
      const live = await readLiveFiles(path)
      if (live === undefined || 'reason' in live) throw new Error('the manifest cannot be read')
      const names = [...live.tables.keys()].map(tableFile)
      expect(names.sort()).toEqual(await tablesIn(path))
    }
  }))

test('a sound store is sound at any time, also while it is written to', () =>
  withFolder(async (path) => {
    expect(await findFileDamage(path)).toEqual([])
    const store = await openLevelStore({ path, writeBufferBytes: 128 * 1024 })
    let isWriting = true
    const writing = fill(store, 0, 6_000)
      .then(() => Promise.all([store.compact(), fill(store, 0, 6_000)]))
      .then(() => store.compact())
      .finally(() => {
        isWriting = false
      })
    for (; isWriting; await new Promise((resolve) => setImmediate(resolve))) {
      expect(await findFileDamage(path)).toEqual([])
    }
    await writing
    await store.close()
    expect(await findFileDamage(path)).toEqual([])
  }))

test('names every damaged table and not the others', () =>
  withTables(async (path, tables) => {
    expect(tables.length).toBeGreaterThan(2)
    for (const table of tables.slice(1)) {
      const bytes = await readFile(join(path, table))
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 0x10, bytes.length >> 1)
      await writeFile(join(path, table), bytes)
    }
    expect((await findFileDamage(path)).map(({ file }) => file).sort()).toEqual(tables.slice(1))
  }))

test('names a table that was cut, is gone, or is another one', () =>
  withTables(async (path, [first = '', second = '', third = '']) => {
    await truncate(join(path, first), 1_000)
    await rm(join(path, second))
    await copyFile(join(path, first), join(path, third))
    expect((await findFileDamage(path)).map(({ file }) => file).sort()).toEqual([first, second, third])
  }))

/** Of small entries a chunk is stopped by their number, of large ones by their bytes. */
test.each([
  { entries: 4_000, valueBytes: 300 },
  { entries: 700, valueBytes: 6_000 },
])(
  'a scan never leaves out what it cannot read: it gives what comes before and fails: %o',
  ({ entries, valueBytes }) =>
    withFolder(async (path) => {
      const sound = await openLevelStore({ path })
      await fill(sound, 0, entries, valueBytes)
      await sound.compact()
      await sound.close()
      for (const table of await tablesIn(path)) {
        const bytes = await readFile(join(path, table))
        // The last one may be a small rest.
        if (bytes.length < 100_000) continue
        // Within the first chunk from either end.
        for (const at of [bytes.length >> 3, bytes.length - (bytes.length >> 3)])
          bytes.fill(0x5a, at, at + 9_000)
        await writeFile(join(path, table), bytes)
      }
      const store = await openLevelStore({ path })
      const snapshot = store.snapshot()
      for (const reverse of [false, true]) {
        for (const chunkEntries of [1, 7, 100, 1_000]) {
          const found: string[] = []
          const scan = async () => {
            for await (const chunk of snapshot.scan(everything, {
              reverse,
              chunkEntries,
              limit: entries - 1,
            })) {
              found.push(...chunk.map(({ key }) => `${key}`))
            }
          }
          await expect(scan()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
          expect(found).toEqual(found.map((_, at) => keyOf(reverse ? entries - 1 - at : at)))
          if (chunkEntries < 10) expect(found.length).toBeGreaterThan(10)
        }
      }
      // As far as the damage, a limit keeps clear of it.
      expect(await entriesOf(snapshot, { limit: 10 })).toHaveLength(10)
      snapshot.close()
      await store.close()
    }),
)

test('a damaged value is named and those before it in its chunk are given', () =>
  withFolder(async (path) => {
    const store = await openLevelStore({ path })
    await store.commit(Array.from({ length: 20 }, (_, at) => put(keyOf(at), randomValue(at))))
    await store.close()
    await (await openLevelStore({ path })).close()
    await damage(path, randomValue(12).subarray(100, 120))
    const reopened = await openLevelStore({ path })
    const snapshot = reopened.snapshot()
    const key = Buffer.from(keyOf(12)).toString('hex')
    await expect(async () => snapshot.get(Buffer.from(keyOf(12)))).rejects.toMatchObject({ details: { key } })
    for (const values of [true, false]) {
      const found: string[] = []
      const scan = async () => {
        for await (const chunk of snapshot.scan(everything, { values }))
          found.push(...chunk.map((entry) => `${entry.key}`))
      }
      await expect(scan()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT', details: { key } })
      expect(found).toEqual(Array.from({ length: 12 }, (_, at) => keyOf(at)))
    }
    expect(await entriesOf(snapshot, {}, { gte: Buffer.from(keyOf(13)), lt: everything.lt })).toHaveLength(7)
    snapshot.close()
    await reopened.close()
  }))

test('what was deleted or overwritten is in no file after compaction', () =>
  withFolder(async (path) => {
    let store = await openLevelStore({ path })
    const secret = 'a secret that shall leave the disk'
    await store.commit([put('a', '1'), put('m', secret), put('n', secret), put('z', '1')])
    // An open snapshot makes compaction keep both versions side by side in the lowest level.
    const snapshot = store.snapshot()
    await store.commit([del('m'), put('n', 'public')])
    await store.compact()
    expect(await filesWith(path, secret)).not.toEqual([])
    snapshot.close()
    await store.compact({ gte: Buffer.from('m'), lt: Buffer.from('o') })
    expect(await filesWith(path, secret)).toEqual([])
    await store.close()
    store = await openLevelStore({ path })
    expect(await filesWith(path, secret)).toEqual([])
    await store.close()
  }))

async function filesWith(path: string, text: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await readdir(path)) {
    if ((await readFile(join(path, name))).includes(text)) found.push(name)
  }
  return found
}

/** Changes these bytes in the table that has them. */
async function damage(path: string, bytes: Buffer): Promise<void> {
  for (const name of await tablesIn(path)) {
    const table = await readFile(join(path, name))
    const at = table.indexOf(bytes)
    if (at < 0) continue
    table.fill(0, at, at + bytes.length)
    await writeFile(join(path, name), table)
    return
  }
  throw new Error('no table has these bytes')
}
