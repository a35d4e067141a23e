/**
 * The chain verified by a thread of its own: while writes go on, when it is given up, when the thread dies.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DatabaseCore } from '../database/database-core.ts'
import { ledgerHashes } from '../ledger/hash.ts'
import { keyOf, manifestKey } from '../ledger/key-space.ts'
import { decodeManifest, encodeManifest, type Manifest } from '../ledger/manifest.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { type LevelStore, openLevelStore } from '../storage/leveldb/level-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { ChainThread, type SharingStore } from './chain-thread.ts'
import { newSeed } from './fingerprint-set.ts'
import { newClaim } from './meet-entries.ts'
import { verifyStore } from './verify-store.ts'

const hash = ledgerHashes.blake2b
const person = recordOf('person')

interface Opened {
  readonly store: LevelStore
  readonly core: DatabaseCore
  readonly thread: ChainThread
}

async function withThread(run: (opened: Opened) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'chain-thread-'))
  const store = await openLevelStore({ path })
  const thread = new ChainThread()
  try {
    const core = await openTestCore(store)
    for (let at = 0; at < 30; at += 1) await core.write((tx) => tx.put(person(at), { at }))
    await run({ store, core, thread })
  } finally {
    await thread.close()
    await store.close()
    await rm(path, { recursive: true })
  }
}

async function storedManifest(store: KvStore): Promise<Buffer> {
  const snapshot = store.snapshot()
  const stored = await snapshot.get(manifestKey)
  snapshot.close()
  return stored as Buffer
}

const noProgress = () => undefined

/** Of a snapshot that is taken now. */
async function earlierOf(store: KvStore, manifest?: Uint8Array) {
  const stored = manifest ?? (await storedManifest(store))
  const { seq } = decodeManifest(hash, stored)
  return {
    manifest: stored,
    scope: { seqMax: seq, tables: new Set<number>(), seed: newSeed() },
    claim: newClaim(),
  }
}

test('writes between the two snapshots change neither the verdict nor what it is about', () =>
  withThread(async ({ store, core, thread }) => {
    const earlier = await earlierOf(store)
    for (let at = 0; at < 40; at += 1) await core.write((tx) => tx.put(person(at % 7), { at }))
    const outcome = await thread.verify(store, earlier, noProgress)
    expect(outcome).toMatchObject({ findings: [], findingsCount: 0 })
    expect(outcome.versions).toBeGreaterThanOrEqual(70)
  }))

test('writes that never stop leave the report that of one commit', () =>
  withThread(async ({ store, core, thread }) => {
    let isDone = false
    const writing = (async () => {
      for (let at = 0; !isDone; at += 1) await core.write((tx) => tx.put(person(at % 50), { at }))
    })()
    let seq = 0
    for (let round = 0; round < 20; round += 1) {
      const report = await verifyStore(store, {}, thread)
      expect(report).toMatchObject({ isIntact: true, findings: [] })
      expect(report.seq).toBeGreaterThanOrEqual(seq)
      seq = report.seq
    }
    isDone = true
    await writing
  }))

test.each<[string, (manifest: Manifest) => Manifest, string]>([
  ['head', (manifest) => ({ ...manifest, head: hash.of(manifest.head) }), 'its head is not'],
  ['time', (manifest) => ({ ...manifest, timeMicros: manifest.timeMicros - 1 }), 'its time is'],
  [
    'tree',
    ({ merkle, ...rest }) => ({ ...rest, merkle: { ...merkle, size: merkle.size + 1 } }),
    'its Merkle roots',
  ],
  ['commit number', (manifest) => ({ ...manifest, seq: manifest.seq + 100 }), 'it is of an older commit'],
])(
  'a manifest of the earlier snapshot with another %s is found, though the later one is right',
  (_, change, reason) =>
    withThread(async ({ store, core, thread }) => {
      const earlier = decodeManifest(hash, await storedManifest(store))
      await core.write((tx) => tx.put(person(1), { at: 'later' }))
      const { findings } = await thread.verify(
        store,
        await earlierOf(store, encodeManifest(hash, change(earlier))),
        noProgress,
      )
      expect(findings).toMatchObject([{ what: 'the manifest', reason: expect.stringContaining(reason) }])
    }),
)

test('a damaged commit is named by both snapshots that stand on it', () =>
  withThread(async ({ store, thread }) => {
    const key = keyOf('commit', 9)
    const snapshot = store.snapshot()
    const value = Buffer.from((await snapshot.get(key)) as Buffer)
    snapshot.close()
    // In the head of the commit before it.
    value[0] = (value[0] as number) ^ 1
    await store.commit([{ type: 'put', key, value }])
    const { findings } = await verifyStore(store, {}, thread)
    expect(findings[0]).toMatchObject({ seq: 9 })
  }))

test('progress is told of the chain first, then of the records', () =>
  withThread(async ({ store, core, thread }) => {
    for (let at = 0; at < 1_100; at += 1) await core.write((tx) => tx.put(person(at), { at }))
    const told: string[] = []
    await verifyStore(store, { onProgress: ({ phase }) => told.push(phase) }, thread)
    expect(told).toContain('chain')
    expect(told.join(' ')).toMatch(/^(chain ?)+( ?records)*$/)
  }))

test('a listener that throws ends the verification, and the thread lets go of the store', () =>
  withThread(async ({ store, core, thread }) => {
    for (let at = 0; at < 1_100; at += 1) await core.write((tx) => tx.put(person(at), { at }))
    const onProgress = () => {
      throw new Error('enough')
    }
    await expect(verifyStore(store, { onProgress }, thread)).rejects.toThrow('enough')
    expect(await verifyStore(store, {}, thread)).toMatchObject({ isIntact: true })
    await store.close()
  }))

test.each([0, 1, 5, 20, 50])(
  'a store that closes after %d ms ends the verification and is closed',
  (delayMs) =>
    withThread(async ({ store, core, thread }) => {
      await core.write(async (tx) => {
        for (let at = 0; at < 20_000; at += 1) await tx.put(person(at), { at, text: 'x'.repeat(100) })
      })
      const outcome = verifyStore(store, {}, thread).then(
        (report) => report.isIntact,
        (error) => error.code,
      )
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      await store.close()
      expect([true, 'STORAGE_CLOSED']).toContain(await outcome)
    }),
)

test('a thread that is closed in the middle of a verification ends it', () =>
  withThread(async ({ store, thread }) => {
    const verifying = expect(thread.verify(store, await earlierOf(store), noProgress)).rejects.toMatchObject({
      code: 'STORAGE_CLOSED',
    })
    await thread.close()
    await verifying
    await thread.close()
  }))

test.each(['exit', 'throw'])(
  'a thread that dies (%s) is damage, and what it shared is released',
  async (data) => {
    let releases = 0
    const module = new URL('./testing/dying-reader.ts', import.meta.url).href
    const release = () => {
      releases += 1
    }
    const share = () => ({ module, data, release })
    const thread = new ChainThread()
    const scope = { seqMax: 0, tables: new Set<number>(), seed: newSeed() }
    const earlier = { manifest: Buffer.alloc(0), scope, claim: newClaim() }
    const verifying = thread.verify({ share } as unknown as SharingStore, earlier, noProgress)
    await expect(verifying).rejects.toMatchObject({ code: 'LEDGER_CORRUPT', details: { what: 'the log' } })
    expect(releases).toBe(1)
    await thread.close()
  },
)
