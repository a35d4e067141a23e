/** A database that was made from a log knows which requests it has carried out. */

import { expect, onTestFinished, test, vi } from 'vitest'
import type { DatabaseCore } from '../database/database-core.ts'
import { kindRange } from '../ledger/key-space.ts'
import { replayKeptMs } from '../ledger/limits.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { replayed } from './testing/replayed-store.ts'

const item = recordOf('item')

function put(core: DatabaseCore, meta: WriteMeta, request = 1) {
  return core.write((tx) => tx.put(item(1), { request }), { meta, request })
}

function entriesOf({ store }: DatabaseCore, kind: Parameters<typeof kindRange>[0]) {
  return collect(store.snapshot().scan(kindRange(kind)))
}

async function madeAnew(core: DatabaseCore, seq = core.head().seq): Promise<DatabaseCore> {
  return openTestCore(await replayed(core.store, seq))
}

test('the last nonce of each client is known, as of the last commit of the log', async () => {
  const core = await openTestCore()
  for (const nonce of [3, 5, 7]) await put(core, { actor: 'user:a', client: 'c', nonce })
  await put(core, { client: 'c', nonce: 1 })
  await put(core, { nonce: 2 })
  const again = await madeAnew(core)
  expect(await entriesOf(again, 'nonce')).toEqual(await entriesOf(core, 'nonce'))
  const repeated = put(again, { actor: 'user:a', client: 'c', nonce: 7 })
  await expect(repeated).rejects.toMatchObject({ code: 'LEDGER_NONCE_STALE', details: { last: 7 } })
  const earlier = await madeAnew(core, 2)
  expect((await put(earlier, { actor: 'user:a', client: 'c', nonce: 7 })).receipt.seq).toBe(3)
})

test('a repeated key is told that its request was carried out, for a day', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-01T00:00:00Z') })
  onTestFinished(() => void vi.useRealTimers())
  const core = await openTestCore()
  await put(core, { idempotencyKey: 'old' })
  vi.setSystemTime(Date.now() + replayKeptMs)
  await put(core, { idempotencyKey: 'new' })
  await put(core, { actor: 'user:a', idempotencyKey: 'new' })
  vi.setSystemTime(Date.now() + 1_000)
  const again = await madeAnew(core)
  const gone = { code: 'LEDGER_REPLAY_ANSWER_GONE', details: { key: 'new', seq: 2 } }
  await expect(put(again, { idempotencyKey: 'new' })).rejects.toMatchObject(gone)
  // What the request was is not in the log.
  await expect(put(again, { idempotencyKey: 'new' }, 2)).rejects.toMatchObject(gone)
  expect(again.head()).toEqual(core.head())
  expect(await entriesOf(again, 'replayLog')).toEqual((await entriesOf(core, 'replayLog')).slice(1))
  expect((await verifyStore(again.store)).findings).toEqual([])
  expect((await put(again, { idempotencyKey: 'old' })).receipt.seq).toBe(4)
  vi.setSystemTime(Date.now() + replayKeptMs)
  expect((await put(again, { idempotencyKey: 'new' })).receipt.seq).toBe(5)
})
