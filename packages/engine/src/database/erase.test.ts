/** What an erasure leaves, and what it does not: proofs, verification, backups, exports, kept answers. */

import { join } from 'node:path'
import { decodeCanonical, encodeCanonical, RecordId, verifyProof } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { encodeForgottenMark, forgottenKey, placeOfVersion } from '../ledger/forgotten-mark.ts'
import { ledgerHashes } from '../ledger/hash.ts'
import { keyOf, kindRange } from '../ledger/key-space.ts'
import { openVersion } from '../ledger/record-version.ts'
import { decodeReplay } from '../ledger/replay.ts'
import { importHistory, restoreBackup } from '../offline.ts'
import { openEngine } from '../open-engine.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { findBytes } from '../testing/file-bytes.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { temporaryFolder } from '../testing/shop-folder.ts'
import { verifyStore } from '../verify/verify-store.ts'
import type { Database } from './database.ts'
import { ForgettingService } from './forgetting-service.ts'
import { GarbageCollector } from './garbage-collector.ts'

const person = recordOf('person')

async function open(path?: string): Promise<Database> {
  const engine = await openEngine(path === undefined ? {} : { path })
  onTestFinished(() => engine.close())
  return engine.database('main')
}

test('proofs of it are refused, those of its commits and of all else still verify', async () => {
  const db = await open()
  const { seq } = await db.put('person:1', { mail: 'a' }, { actor: 'clerk' })
  await db.put('person:2', { mail: 'b' })
  const before = await db.proof({ record: 'person:1' })
  const size = db.head().seq
  await db.erase('person:1')
  await expect(db.proof({ record: 'person:1' })).rejects.toMatchObject({ code: 'PROOF_RECORD_UNKNOWN' })
  await expect(db.proof({ record: 'person:1', asOf: { seq } })).rejects.toMatchObject({
    code: 'PROOF_RECORD_UNKNOWN',
  })
  expect(await db.versionProofs('person:1', 10)).toEqual([])
  const key = await db.checkpointKey()
  const proofs = [
    await db.proof({ seq }, { meta: true }),
    await db.proof({ record: 'person:2' }),
    await db.consistency(size),
  ]
  for (const proof of proofs) await verifyProof(JSON.stringify(proof), { key })
  // What somebody was given before cannot be taken back from them.
  await verifyProof(JSON.stringify(before), { key })
  expect(await db.verifyCommit(seq)).toMatchObject({ isIntact: true, forgotten: 2 })
  expect(await db.commitInfo(seq)).toMatchObject({ seq, records: [{ id: new RecordId('$table', 'person') }] })
  expect((await db.verifyChain()).findings).toEqual([])
})

test('the ledger says how much went; with the salt anybody can see what, without it nobody', async () => {
  const db = await open()
  await db.put('person:1', { mail: 'a' })
  await db.put('person:1', { mail: 'b' })
  const answer = await db.erase(['person:1'], { reason: 'ticket 7', meta: { actor: 'person:1' } })
  const proof = await db.proof({ seq: answer.seq }, { meta: true })
  expect(proof.meta).toBeUndefined()
  const { payload } = await db.proof({ record: answer.id })
  const { bytes } = openVersion(Buffer.from(payload as string, 'base64'))
  const record = decodeCanonical(bytes as Uint8Array) as Record<string, unknown>
  expect(record).toMatchObject({ records: 1, versions: 2, metadata: 0, reason: 'ticket 7' })
  const commitment = ledgerHashes.blake2b.of(
    Buffer.concat([Buffer.from(answer.salt ?? '', 'hex'), encodeCanonical(['person:1'])]),
  )
  expect(Buffer.from(record.commitment as Uint8Array)).toEqual(Buffer.from(commitment))
  expect(commitment.toString('hex')).toBe(answer.commitment)
})

test('a repeated request is answered without the salt, which is kept nowhere', async () => {
  const db = await open()
  await db.put('person:1', { mail: 'a' })
  const { salt, ...answer } = await db.erase('person:1', { meta: { idempotencyKey: 'once' } })
  expect(salt).toMatch(/^[0-9a-f]{32}$/)
  expect(await db.erase('person:1', { meta: { idempotencyKey: 'once' } })).toEqual(answer)
})

test.each([
  ['the reason', { reason: 'person:1 wants it' }],
  ['an idempotency key', { meta: { idempotencyKey: 'erase person:1' } }],
  ['evidence', { meta: { evidence: { of: 'person:1' } } }],
])('%s that names the record is refused', async (_, options) => {
  const db = await open()
  await db.put('person:1', {})
  await expect(db.erase('person:1', options)).rejects.toMatchObject({ code: 'FORGET_REASON' })
  expect(await db.get('person:1')).toBeDefined()
})

test('a chain of backups does not bring it back, nor does an export of the history', async () => {
  const [path, files] = [temporaryFolder(), temporaryFolder()]
  const db = await open(path)
  await db.query('DEFINE INDEX mail ON person FIELDS mail')
  await db.put('person:alice', { mail: 'alice-mail' }, { causedBy: [1] })
  await db.put('person:bob', { mail: 'bob-mail' })
  const [full, next, whole, text] = ['full', 'next', 'whole', 'text'].map((name) => join(files, name)) as [
    string,
    string,
    string,
    string,
  ]
  await db.backup({ path: full })
  const { seq } = await db.erase('person:alice')
  await db.put('person:bob', { mail: 'bob-new' })
  await db.backup({ path: next, since: { file: full } })
  await db.backup({ path: whole })
  await db.export({ path: text, history: true })
  const { head } = db.head()
  const check = async (folder: string, at: string) => {
    const restored = await open(folder)
    expect(restored.head().head).toBe(at)
    expect(await restored.get('person:alice')).toBeUndefined()
    expect(await restored.history('person:alice')).toEqual([])
    expect((await restored.query('SELECT VALUE mail FROM person WHERE mail != NONE'))[0]).toHaveLength(1)
    expect((await restored.verify()).findings).toEqual([])
    await restored.forgetting.settle()
    expect(findBytes(folder, { id: 'alice', mail: 'alice-mail' })).toEqual([])
  }
  const [joined, single, imported, earlier] = Array.from({ length: 4 }, temporaryFolder) as [
    string,
    string,
    string,
    string,
  ]
  await restoreBackup({ path: joined, files: [full, next] })
  await check(joined, head)
  await restoreBackup({ path: single, files: [whole] })
  await check(single, head)
  await importHistory({ path: imported, file: text, name: 'main' })
  await check(imported, head)
  // As of a moment before the erasure a later backup has only what it has.
  const before = await restoreBackup({ path: earlier, files: [whole], to: { seq: seq - 1 } })
  await check(earlier, before.head)
})

test('what was acknowledged goes on after a restart', async () => {
  const path = temporaryFolder()
  const engine = await openEngine({ path })
  const db = await engine.database('main')
  await db.put('person:alice', { mail: 'alice-mail' })
  await db.erase('person:alice')
  expect((await db.forgetting.status()).pending).toBe(1)
  await engine.close()
  const again = await open(path)
  await again.forgetting.settle()
  expect(findBytes(path, { id: 'alice', mail: 'alice-mail' })).toEqual([])
})

test('answers kept for repeated requests are cleaned, and the requests are not carried out again', async () => {
  const db = await open()
  await db.put('person:1', { mail: 'a' })
  const request = { session: { meta: { idempotencyKey: 'k' } } }
  const ask = () => db.run("UPDATE person:2 SET mail = 'b'; SELECT * FROM person:1", {}, request)
  await ask()
  await db.erase('person:1')
  await db.forgetting.settle()
  const { results } = await ask()
  expect(results).toMatchObject(Array(2).fill({ error: { code: 'LEDGER_REPLAY_ANSWER_GONE' } }))
})

test('answers are cleaned even if a definition changes at that moment', async () => {
  const core = await openTestCore()
  const forgetting = new ForgettingService(core, new GarbageCollector(core))
  const once = { meta: { idempotencyKey: 'k' }, request: 1 }
  await core.write(async (tx) => {
    await tx.put(person(1), { mail: 'a' })
    return 'a'
  }, once)
  await forgetting.erase([person(1)])
  const resume = core.sequencer.pause()
  const defined = core.write((tx) => tx.defineTable('other', {}))
  const settled = forgetting.settle()
  // By then the definition waits for the sequencer, and what cleans the answer behind it.
  await new Promise((resolve) => setImmediate(resolve))
  resume()
  await Promise.all([defined, settled])
  const kept = await collect(core.store.snapshot().scan(kindRange('replay')))
  expect(kept.map(({ value }) => decodeReplay(value).answer)).toEqual([undefined])
})

test('versions of a table that was removed and made anew go as well', async () => {
  const db = await open()
  await db.put('person:1', { mail: 'old' })
  await db.query('REMOVE TABLE person')
  await db.put('person:1', { mail: 'new' })
  const { versions } = await db.erase('person:1')
  expect(versions).toBe(2)
  expect((await db.verify()).findings).toEqual([])
})

test('a unique value is free again, and a build that stood at the record begins anew', async () => {
  const core = await openTestCore()
  const forgetting = new ForgettingService(core, new GarbageCollector(core))
  await core.write(async (tx) => {
    await tx.defineIndex({ name: 'mail', table: 'person', fields: [['mail']], unique: true })
    await tx.put(person(1), { mail: 'a' })
  })
  await core.write((tx) => tx.put(person(1), { mail: 'b' }))
  await core.write((tx) => tx.put(person(2), { mail: 'a' }))
  await forgetting.erase([person(1)])
  await core.write((tx) => tx.put(person(3), { mail: 'b' }))
  await expect(core.write((tx) => tx.put(person(3), { mail: 'a' }))).rejects.toMatchObject({
    code: 'INDEX_UNIQUE_VIOLATION',
  })
  expect((await verifyStore(core.store)).findings).toEqual([])
})

test('a write that comes in between wins, or is erased with the rest', async () => {
  const core = await openTestCore()
  const forgetting = new ForgettingService(core, new GarbageCollector(core))
  await core.write((tx) => tx.put(person(1), { n: 0 }))
  const writes = Array.from({ length: 50 }, (_, n) => core.write((tx) => tx.put(person(1), { n })))
  const [{ versions, seq }] = await Promise.all([forgetting.erase([person(1)]), ...writes])
  const left = await collect(core.store.snapshot().scan(kindRange('version')))
  const later = left.filter(({ value }) => openVersion(value).key === 1)
  expect(versions + later.length).toBe(51)
  expect(core.head().seq - seq).toBe(later.length)
  expect((await verifyStore(core.store)).findings).toEqual([])
})

test('nobody can take a payload away by making a mark, nor put one back', async () => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  await core.write((tx) => tx.put(person(1), { n: 1 }))
  await core.write((tx) => tx.put(person(2), { n: 2 }))
  await core.write((tx) => tx.delete(person(2)))
  const payload = (await store.snapshot().get(keyOf('version', 1, 1))) as Buffer
  const { seq: by } = await new ForgettingService(core, new GarbageCollector(core)).erase([person(1)])
  const reasons = async () =>
    (await verifyStore(store)).findings.map(({ what, reason }) => `${what}: ${reason}`)
  expect(await reasons()).toEqual([])
  const erased = forgottenKey({ seq: 1, place: placeOfVersion(1) })
  const mark = encodeForgottenMark({ reason: 'erased', by })
  await store.commit([{ type: 'delete', key: erased }])
  expect(await reasons()).toEqual([
    'version 1 of commit 1: it is missing',
    'a mark of what was forgotten: it is missing',
  ])
  await store.commit([{ type: 'put', key: erased, value: encodeForgottenMark({ reason: 'elsewhere' }) }])
  expect(await reasons()).toEqual(['a mark of what was forgotten: it is missing'])
  await store.commit([{ type: 'put', key: erased, value: Buffer.from([9]) }])
  expect(await reasons()).toContain('a mark of what was forgotten: it cannot be read')
  await store.commit([{ type: 'put', key: erased, value: mark }])
  await store.commit([{ type: 'put', key: keyOf('version', 1, 1), value: payload }])
  expect(await reasons()).toContain('the log: a key that no commit accounts for')
  await store.commit([{ type: 'delete', key: keyOf('version', 1, 1) }])
  expect(await reasons()).toEqual([])
  const other = forgottenKey({ seq: 2, place: placeOfVersion(0) })
  await store.commit([
    { type: 'delete', key: keyOf('version', 2, 0) },
    { type: 'put', key: other, value: mark },
  ])
  expect(await reasons()).toContain('a mark of what was forgotten: no record of an erasure says so')
  expect(await reasons()).toContain('the history of person:2: its version cannot be read')
})
