/** Every byte that a commit stands on is changed and taken away in turn; what is then said must name it. */

import { describe, expect, test } from 'vitest'
import { ledgerHashes } from '../ledger/hash.ts'
import { formatKey, keyOf, manifestKey } from '../ledger/key-space.ts'
import { decodeManifest } from '../ledger/manifest.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyCommit } from './verify-commit.ts'
import { verifyLog } from './verify-store.ts'

const hash = ledgerHashes.blake2b

async function makeStore(): Promise<KvStore> {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  for (let at = 1; at <= 40; at += 1) {
    await core.write(
      async (tx) => {
        await tx.put(recordOf('a')(at), { at, name: `n${at}` })
        await tx.put(recordOf('a')('same'), { at })
      },
      { meta: { actor: 'ann' } },
    )
  }
  return store
}

async function check(store: KvStore, seq: number) {
  const snapshot = store.snapshot()
  try {
    const manifest = decodeManifest(hash, (await snapshot.get(manifestKey)) as Buffer)
    return await verifyCommit({ reader: snapshot, hash, manifest, seq })
  } finally {
    snapshot.close()
  }
}

async function change(store: KvStore, key: Buffer, work: (value: Buffer) => Buffer | undefined) {
  const snapshot = store.snapshot()
  const before = (await snapshot.get(key)) as Buffer
  snapshot.close()
  const value = work(Buffer.from(before))
  await store.commit([value === undefined ? { type: 'delete', key } : { type: 'put', key, value }])
  return () => store.commit([{ type: 'put', key, value: before }])
}

const flip = (at: number) => (value: Buffer) => {
  value[at] = (value.at(at) as number) ^ 1
  return value
}

test('every commit of an untouched database is intact, with its head, records and fields', async () => {
  const store = await makeStore()
  for (let seq = 1; seq <= 40; seq += 1) {
    const report = await check(store, seq)
    expect(report).toMatchObject({ isIntact: true, seq, findings: [] })
    expect(report.computedHead).toBe(report.storedHead)
    if (seq > 1) expect(report).toMatchObject({ versions: 2, fields: 3 })
  }
  expect(await verifyLog(store)).toMatchObject({ isIntact: true, seq: 40, firstBrokenSeq: undefined })
})

describe.each([
  ['the commit', keyOf('commit', 20), 'commit 20'],
  ['its metadata', keyOf('meta', 20), 'the metadata of commit 20'],
  ['a version', keyOf('version', 20, 1), 'version 1 of commit 20'],
])('%s', (_, key, what) => {
  test('changed anywhere is found, named, and the first broken one of the chain', async () => {
    const store = await makeStore()
    const snapshot = store.snapshot()
    const { length } = (await snapshot.get(key)) as Buffer
    for (let at = 0; at < length; at += 1) {
      const repair = await change(store, key, flip(at))
      const report = await check(store, 20)
      expect(report.isIntact).toBe(false)
      expect(report.findings[0], `byte ${at}`).toMatchObject({ what, seq: 20 })
      await repair()
    }
    await change(store, key, flip(length >> 1))
    expect(await verifyLog(store)).toMatchObject({ isIntact: false, firstBrokenSeq: 20 })
    expect((await check(store, 40)).isIntact).toBe(true)
  })

  test('taken away is found and named', async () => {
    const store = await makeStore()
    await change(store, key, () => undefined)
    expect((await check(store, 20)).findings[0]).toMatchObject({ what, reason: 'it is missing' })
    expect(await verifyLog(store)).toMatchObject({ isIntact: false, firstBrokenSeq: 20 })
  })
})

test.each([
  ['the commit before', keyOf('commit', 19), flip(40)],
  ['the commit after', keyOf('commit', 21), flip(3)],
  ['a node beside it', keyOf('merkle', 4, 0), flip(3)],
])('%s that does not fit is found', async (_, key, work) => {
  const store = await makeStore()
  await change(store, key, work)
  expect((await check(store, 20)).isIntact).toBe(false)
})

test('a changed format entry shows in the first commit', async () => {
  const store = await makeStore()
  await change(store, formatKey, (value) => flip(value.indexOf('databaseId') + 14)(value))
  expect((await check(store, 1)).findings[0]?.reason).toBe('it does not follow from the commit before it')
})

test('a head that is not the stored one is shown beside it', async () => {
  const store = await makeStore()
  await change(store, keyOf('commit', 20), flip(40))
  const { storedHead, computedHead } = await check(store, 20)
  expect(storedHead).toMatch(/^b2:/)
  expect(computedHead).toMatch(/^b2:/)
  expect(computedHead).not.toBe(storedHead)
})
