import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contentOf, del, expectCode, put } from '../testing/store-fixture.ts'
import { openLevelStore } from './level-store.ts'

async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await readdir(folder)) {
    if ((await readFile(join(folder, name))).includes(text)) found.push(name)
  }
  return found
}

async function withFolder(run: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'level-purge-'))
  try {
    await run(path)
  } finally {
    await rm(path, { recursive: true })
  }
}

test('neither keys nor values stay in any file, nor in what LevelDB notes', () =>
  withFolder(async (path) => {
    const store = await openLevelStore({ path, compression: false })
    await store.commit([put('a', 'to stay'), put('secret-b', 'secret value')])
    // The key stands in the manifest, as the end of a table, and in the notes.
    await store.compact({ gte: Buffer.from('secret-b'), lt: Buffer.from('secret-c') })
    await store.commit([del('secret-b')])
    expect((await filesWith(path, 'secret')).length).toBeGreaterThan(1)
    const steps: string[] = []
    await store.purge({ onStep: (step) => steps.push(step) })
    expect(steps).toEqual(['snapshots', 'files', 'reopen'])
    expect(await filesWith(path, 'secret')).toEqual([])
    expect(await contentOf(store)).toEqual(['a=to stay'])
    await store.commit([put('b', 'written later')])
    await store.close()
    expect(await filesWith(path, 'secret')).toEqual([])
  }))

test(
  'files of many tables are purged while writes go on, and nothing else is lost',
  () =>
    withFolder(async (path) => {
      const store = await openLevelStore({ path, compression: false, writeBufferBytes: 64 * 1024 })
      const expected = new Map<string, string>()
      const filler = 'x'.repeat(400)
      const keyOf = (n: number) => `k${String(n).padStart(6, '0')}`
      for (let round = 0; round < 30; round += 1) {
        const batch = Array.from({ length: 400 }, (_, n) => {
          const key = keyOf((n * 7919 + round * 104729) % 20_000)
          const value = `${n % 10 === 0 ? 'secret' : 'open'}-${round}-${filler}`
          expected.set(key, value)
          return put(key, value)
        })
        await store.commit(batch, { durable: false })
      }
      const secret = [...expected].filter(([, value]) => value.startsWith('secret')).map(([key]) => key)
      // Versions that were overwritten count as well: what is left has none.
      const overwritten = [...expected.keys()].map((key) =>
        put(key, (expected.get(key) ?? '').replace('secret', 'plain')),
      )
      await store.commit(overwritten)
      await store.commit(secret.map(del))
      for (const key of secret) expected.delete(key)
      let isPurging = true
      const purged = store.purge({ snapshotWaitMs: 0 }).finally(() => {
        isPurging = false
      })
      for (let n = 0; isPurging; n += 1) {
        const key = keyOf(30_000 + (n % 500))
        expected.set(key, `new-${n}`)
        await store.commit([put(key, `new-${n}`)], { durable: false })
      }
      await purged
      expect(await filesWith(path, 'secret-')).toEqual([])
      const left = [...expected].map(([key, value]) => `${key}=${value}`).sort()
      expect(await contentOf(store)).toEqual(left)
      await store.close()
    }),
  60_000,
)

test('a snapshot from before is waited for, and lost when it stays', () =>
  withFolder(async (path) => {
    const store = await openLevelStore({ path })
    await store.commit([put('a', 'secret')])
    const old = store.snapshot()
    await store.commit([put('a', 'new')])
    const present = store.snapshot()
    await store.purge({ snapshotWaitMs: 50 })
    expect(await filesWith(path, 'secret')).toEqual([])
    await expectCode('STORAGE_SNAPSHOT_LOST', () => old.get(Buffer.from('a')))
    expect(String(present.get(Buffer.from('a')))).toBe('new')
    old.close()
    present.close()
    await store.close()
  }))
