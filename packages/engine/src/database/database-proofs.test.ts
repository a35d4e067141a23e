/** Proofs as the library makes them, checked as a stranger would. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  hashNames,
  type ProofFile,
  RecordId,
  type VerifiedCommit,
  type VerifyProofOptions,
  verifyCheckpoint,
  verifyProof,
} from '@dendrodb/protocol'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CheckpointSigner } from '../keys/checkpoint-signer.ts'
import { keyOf } from '../ledger/key-space.ts'
import { type EngineOptions, openEngine } from '../open-engine.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import type { Database } from './database.ts'
import { DatabaseProofs } from './database-proofs.ts'

async function openShop(options: EngineOptions = {}) {
  const engine = await openEngine(options)
  onTestFinished(() => engine.close())
  return { engine, shop: await engine.database('shop') }
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-proofs-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function fill(shop: Database, commits: number): Promise<void> {
  for (let at = 1; at <= commits; at += 1) await shop.put(`item:${at}`, { at }, { actor: `writer ${at}` })
}

/** By way of text, as a proof travels. */
async function check(proof: ProofFile, options: VerifyProofOptions = {}): Promise<VerifiedCommit> {
  return (await verifyProof(JSON.stringify(proof), options)) as VerifiedCommit
}

describe.each(hashNames)('with %s', (hash) => {
  test('a commit is proved, without saying who made it unless asked to', async () => {
    const { shop } = await openShop({ hash })
    await fill(shop, 20)
    const { head } = await shop.put('item:21', { at: 21 }, { actor: 'ann', evidence: { why: 'sale' } })
    await fill(shop, 3)
    const key = await shop.checkpointKey()
    expect(await check(await shop.proof({ seq: 21 }), { key })).toMatchObject({
      type: 'commit',
      databaseId: shop.id,
      hash,
      seq: 21,
      head,
      branch: 0,
      versions: 1,
      checkpoint: { size: 24, head: shop.head().head, key },
      trusted: ['key'],
    })
    expect(await check(await shop.proof({ seq: 21 }))).not.toHaveProperty('meta')
    expect((await check(await shop.proof({ seq: 21 }, { meta: true }))).meta).toEqual({
      actor: 'ann',
      evidence: { why: 'sale' },
    })
  })

  test('a record is proved as it is, as it was, and that it was deleted', async () => {
    const { shop } = await openShop({ hash })
    await fill(shop, 18)
    await shop.put('item:5', { at: 'changed', when: 7n })
    await shop.delete('item:5')
    const key = await shop.checkpointKey()
    const recordAt = async (asOf?: number) => {
      const proof = await shop.proof({ record: 'item:5', ...(asOf && { asOf: { seq: asOf } }) })
      const { seq, record } = await check(proof, { key })
      expect(record?.id.equals(new RecordId('item', 5))).toBe(true)
      return [seq, record?.fields]
    }
    expect(await recordAt()).toEqual([20, undefined])
    expect(await recordAt(20)).toEqual([20, undefined])
    expect(await recordAt(19)).toEqual([19, { at: 'changed', when: 7 }])
    expect(await recordAt(18)).toEqual([5, { at: 5 }])
    expect(await recordAt(5)).toEqual([5, { at: 5 }])
    await expect(recordAt(4)).rejects.toMatchObject({ code: 'PROOF_RECORD_UNKNOWN' })
  })

  test('all versions of a record are proved in one tree, newest first', async () => {
    const { shop } = await openShop({ hash })
    for (let at = 1; at <= 5; at += 1) await shop.put('item:x', { at })
    const proofs = await shop.versionProofs('item:x', 3)
    const verified = await Promise.all(proofs.map((proof) => check(proof)))
    expect(verified.map(({ seq, record }) => [seq, record?.fields])).toEqual([
      [5, { at: 5 }],
      [4, { at: 4 }],
      [3, { at: 3 }],
    ])
    expect(new Set(proofs.map(({ checkpoint }) => checkpoint)).size).toBe(1)
    expect(await shop.versionProofs('item:none', 3)).toEqual([])
    expect(await shop.versionProofs('nothing:x', 3)).toEqual([])
  })
})

test('a proof can lead to an earlier tree, whose checkpoint is the one that was given then', async () => {
  const { shop } = await openShop()
  await fill(shop, 30)
  const earlier = await shop.checkpoint()
  await fill(shop, 30)
  expect(await shop.checkpoint(30)).toEqual(earlier)
  const proof = await shop.proof({ record: 'item:7', asOf: { seq: 20 } }, { size: 30 })
  expect(proof.checkpoint).toBe(earlier.text)
  expect(await check(proof, { root: earlier.root })).toMatchObject({ seq: 7, trusted: ['root'] })
})

test('a checkpoint says what the head says, and is checked with the public key', async () => {
  const { shop } = await openShop()
  const empty = await shop.checkpoint()
  expect(empty).toMatchObject({ size: 0, head: shop.head().head, key: await shop.checkpointKey() })
  await fill(shop, 3)
  const { text, key, ...said } = await shop.checkpoint()
  expect(said).toMatchObject({ size: 3, head: shop.head().head })
  expect(await verifyCheckpoint(text, key)).toEqual({ key, ...said })
  expect((await shop.checkpoint(0)).text).toBe(empty.text)
  expect(text.startsWith(`dendrodb/${shop.id}\n3\n`)).toBe(true)
})

test('a growing database is consistent between any two sizes', async () => {
  const { shop } = await openShop()
  const roots: string[] = [(await shop.checkpoint()).root]
  const key = await shop.checkpointKey()
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.nat(200), async (more, at) => {
      for (let n = 0; n < more; n += 1) {
        await shop.put(`item:${n}`, { at, n })
        roots.push((await shop.checkpoint()).root)
      }
      const to = roots.length - 1
      const from = at % (to + 1)
      for (const [small, large] of [
        [from, to],
        [from, Math.max(from, to - more)],
      ] as const) {
        const root = roots[small] as string
        const proof = await shop.consistency(small, large)
        expect(await verifyProof(proof, { key, root })).toMatchObject({
          fromSize: small,
          checkpoint: { size: large, root: roots[large] },
          trusted: ['key', 'root'],
        })
      }
    }),
    { numRuns: 20 },
  )
})

test('what is asked for and does not exist is refused, with what there is', async () => {
  const { shop } = await openShop()
  await fill(shop, 3)
  const refused = (details: object) => expect.objectContaining({ code: 'PROOF_SEQ_UNKNOWN', details })
  for (const seq of [0, 4, -1, 1.5, Number.NaN]) {
    await expect(shop.proof({ seq })).rejects.toEqual(refused({ seq, newest: 3 }))
  }
  for (const size of [4, -1, 0.5])
    await expect(shop.checkpoint(size)).rejects.toEqual(refused({ seq: size, newest: 3 }))
  await expect(shop.proof({ seq: 3 }, { size: 2 })).rejects.toEqual(refused({ seq: 3, newest: 2 }))
  await expect(shop.consistency(3, 2)).rejects.toEqual(refused({ seq: 3, newest: 2 }))
  await expect(shop.proof({ record: 'item:9' })).rejects.toMatchObject({ code: 'PROOF_RECORD_UNKNOWN' })
  await expect(shop.proof({ record: 'item:⟨1⟩' })).rejects.toMatchObject({ code: 'PROOF_RECORD_UNKNOWN' })
  await expect(shop.proof({ record: 'item:1', asOf: { seq: 9 } })).rejects.toMatchObject({
    code: 'LEDGER_AS_OF_UNKNOWN',
  })
})

test('where contents or metadata are gone, the commit is proved all the same', async () => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  for (let at = 1; at <= 3; at += 1) {
    await core.write((tx) => tx.put(recordOf('a')(1), { at }), { meta: { actor: 'ann' } })
  }
  await store.commit([
    { type: 'delete', key: keyOf('version', 2, 0) },
    { type: 'delete', key: keyOf('meta', 2) },
  ])
  core.snapshots.expire()
  const proofs = new DatabaseProofs(core, new CheckpointSigner(undefined))
  const commit = await check(await proofs.commit(2, { meta: true }))
  expect(commit).toMatchObject({ type: 'commit', seq: 2 })
  expect(commit).not.toHaveProperty('meta')
  await expect(proofs.record(recordOf('a')(1), { seq: 2 }, {})).rejects.toMatchObject({
    code: 'PROOF_VERSION_ERASED',
    details: { seq: 2 },
  })
  const all = await Promise.all((await proofs.versions(recordOf('a')(1), 10)).map((proof) => check(proof)))
  expect(all.map(({ type, seq }) => [type, seq])).toEqual([
    ['record', 3],
    ['commit', 2],
    ['record', 1],
  ])
  await core.close()
})

test('proofs of two databases of one folder are signed by one key under two names', async () => {
  const { engine, shop } = await openShop()
  const other = await engine.database('other')
  await fill(shop, 1)
  await fill(other, 1)
  const [key, otherKey] = [await shop.checkpointKey(), await other.checkpointKey()]
  expect(key.split('+')[0]).toBe(`dendrodb/${shop.id}`)
  expect(key.slice(-44)).toBe(otherKey.slice(-44))
  await expect(check(await shop.proof({ seq: 1 }), { key: otherKey })).rejects.toMatchObject({
    code: 'PROOF_OTHER_DATABASE',
  })
})

describe('the signing key', () => {
  test('is made when it is first used, kept, and sealed', async () => {
    const path = await newFolder()
    const first = await openEngine({ path })
    const shop = await first.database('shop')
    await fill(shop, 2)
    expect(await readdir(path)).toEqual(['databases'])
    const [key, { text }] = [await shop.checkpointKey(), await shop.checkpoint()]
    await first.close()
    expect((await readdir(join(path, 'keys'))).sort()).toEqual(['checkpoint-keys.json', 'master.key'])
    expect(await readFile(join(path, 'keys', 'checkpoint-keys.json'), 'utf8')).not.toContain('PRIVATE')
    const { shop: again } = await openShop({ path })
    expect(await again.checkpointKey()).toBe(key)
    expect((await again.checkpoint()).text).toBe(text)
  })

  test('moves under a master key when one is set, and opens with no other', async () => {
    const path = await newFolder()
    const masterKey = 'ab'.repeat(32)
    const keyWith = async (options: EngineOptions) => {
      const engine = await openEngine({ path, ...options })
      try {
        return await (await engine.database('shop')).checkpointKey()
      } finally {
        await engine.close()
      }
    }
    const key = await keyWith({})
    await (await openEngine({ path, masterKey })).close()
    expect(await readdir(join(path, 'keys'))).toEqual(['checkpoint-keys.json'])
    expect(await keyWith({ masterKey })).toBe(key)
    await expect(keyWith({})).rejects.toMatchObject({ code: 'KEYS_UNREADABLE' })
    await expect(keyWith({ masterKey: 'cd'.repeat(32) })).rejects.toMatchObject({ code: 'KEYS_UNREADABLE' })
    for (const bad of ['', 'ab', 'xy'.repeat(32), `${masterKey}00`]) {
      await expect(openEngine({ path, masterKey: bad })).rejects.toMatchObject({ code: 'ENGINE_MASTER_KEY' })
    }
  })

  test('that cannot be read is asked for again, so that a repaired file needs no restart', async () => {
    let isBroken = true
    const signer = new CheckpointSigner({
      read: async () => {
        if (isBroken) throw new Error('broken')
        return []
      },
      write: async () => undefined,
    })
    await expect(signer.publicKey('x')).rejects.toThrow('broken')
    isBroken = false
    expect((await signer.publicKey('x')).publicKey).toHaveLength(32)
  })
})

test('heads are those that the writes were answered with', async () => {
  const { engine, shop } = await openShop()
  const heads: string[] = []
  for (let at = 1; at <= 30; at += 1) heads.push((await shop.put('item:x', { at })).head)
  const read = async (from: number, to: number) => {
    const found: string[] = []
    for await (const chunk of shop.heads(from, to)) {
      found.push(...chunk.map((head) => `b2:${Buffer.from(head).toString('hex')}`))
    }
    return found
  }
  expect(await read(1, 30)).toEqual(heads)
  expect(await read(7, 7)).toEqual([heads[6]])
  for (const [from, to] of [
    [0, 3],
    [3, 2],
    [1, 31],
  ] as const) {
    await expect(read(from, to)).rejects.toMatchObject({ code: 'PROOF_SEQ_UNKNOWN' })
  }
  expect(engine.openDatabases()).toEqual([shop])
  await shop.close()
  expect(engine.openDatabases()).toEqual([])
})

test('a commit that is missing among the heads is damage', async () => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  for (let at = 1; at <= 3; at += 1) await core.write((tx) => tx.put(recordOf('a')(1), { at }))
  const proofs = new DatabaseProofs(core, new CheckpointSigner(undefined))
  const readAll = async () => {
    for await (const _ of proofs.heads(1, 3));
  }
  for (const seq of [2, 3]) {
    await store.commit([{ type: 'delete', key: keyOf('commit', seq) }])
    core.snapshots.expire()
    await expect(readAll()).rejects.toMatchObject({ code: 'LEDGER_CORRUPT', details: { what: 'commit 2' } })
  }
})

test('a closed database proves nothing', async () => {
  const { shop } = await openShop()
  await fill(shop, 1)
  await shop.close()
  await expect(shop.proof({ seq: 1 })).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
})
