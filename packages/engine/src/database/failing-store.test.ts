/**
 * What happens when the store refuses a batch: everything built on it fails, and the ledger goes on from the
 * truth.
 */

import { DbError } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'

const note = recordOf('note')

/** Fails the commits that `isRefused` picks, as a full disk does. */
function refusing(store: KvStore, isRefused: () => boolean): KvStore {
  return {
    reads: store.reads,
    limits: store.limits,
    snapshot: () => store.snapshot(),
    commit: async (batch, options) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      if (isRefused()) throw new DbError({ code: 'STORAGE_FULL', status: 'unavailable', message: 'no room' })
      return store.commit(batch, options)
    },
    sizeBytes: (range) => store.sizeBytes(range),
    compact: (range) => store.compact(range),
    purge: (options) => store.purge(options),
    findDamage: () => store.findDamage(),
    close: () => store.close(),
  }
}

test('a refused batch fails its writers, leaves no trace, and later writes succeed', async () => {
  let commits = 0
  const memory = openMemoryStore()
  const core = await openTestCore(refusing(memory, () => ++commits % 3 === 0))
  const outcomes = await Promise.allSettled(
    Array.from({ length: 300 }, async (_, at) => {
      await new Promise((resolve) => setTimeout(resolve, at / 10))
      await core.write((tx) => tx.put(note(at), { at }), { isPoint: at % 2 === 0 })
      return at
    }),
  )
  const view = await core.view()
  for (const [at, outcome] of outcomes.entries()) {
    const found = await view.getRecord(note(at))
    if (outcome.status === 'fulfilled') expect(found?.value.at).toBe(at)
    else {
      expect(found).toBeUndefined()
      expect(outcome.reason.code).toBe('STORAGE_FULL')
    }
  }
  expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
  expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true)
  expect((await verifyStore(memory)).findings).toEqual([])
})

test('definitions of a refused batch are forgotten', async () => {
  let isRefusing = false
  const core = await openTestCore(refusing(openMemoryStore(), () => isRefusing))
  await core.write((tx) => tx.put(note(1), {}))
  isRefusing = true
  const define = core.write((tx) =>
    tx.defineIndex({ name: 'at', table: 'note', fields: [['at']], unique: false }),
  )
  await expect(define).rejects.toMatchObject({ code: 'STORAGE_FULL' })
  isRefusing = false
  await core.write((tx) => tx.put(note(2), { at: 2 }))
  const view = await core.view()
  expect(view.catalog.table('note')?.indexes).toEqual([])
})

const once = { isPoint: true, meta: { idempotencyKey: 'k' }, request: 1 }

test('a request that is repeated while the first is being written is answered as the first', async () => {
  const core = await openTestCore(refusing(openMemoryStore(), () => false))
  const put = () => core.write((tx) => tx.put(note(1), {}), once)
  await core.write((tx) => tx.put(note(0), {}))
  const first = put()
  await new Promise((resolve) => setImmediate(resolve))
  const again = await put()
  expect(again).toMatchObject({ isReplay: true, receipt: (await first).receipt })
  expect(core.head()).toEqual(again.receipt)
})

test('a request that is repeated while the first is being written fails with it', async () => {
  let isRefusing = false
  const core = await openTestCore(refusing(openMemoryStore(), () => isRefusing))
  isRefusing = true
  const put = () => core.write((tx) => tx.put(note(1), {}), once)
  const nonce = () => core.write((tx) => tx.put(note(2), {}), { isPoint: true, meta: { nonce: 1 } })
  const first = [put(), nonce()]
  await new Promise((resolve) => setImmediate(resolve))
  const outcomes = await Promise.allSettled([...first, put(), nonce()])
  expect(outcomes).toMatchObject(Array(4).fill({ status: 'rejected', reason: { code: 'STORAGE_FULL' } }))
  isRefusing = false
  expect((await put()).isReplay).toBeUndefined()
  expect((await nonce()).receipt.seq).toBe(2)
})

test('what is being added to when the batch before it is refused fails with it', async () => {
  let isRefusing = false
  const memory = openMemoryStore()
  const core = await openTestCore(refusing(memory, () => isRefusing))
  isRefusing = true
  const first = core.write((tx) => tx.put(note(1), {}), { isPoint: true })
  await new Promise((resolve) => setImmediate(resolve))
  const slow = core.sequencer.runInside(async () => {
    await first.catch(() => undefined)
    isRefusing = false
    return undefined
  })
  const behind = core.write((tx) => tx.put(note(2), {}), { isPoint: true })
  const outcomes = await Promise.allSettled([first, slow, behind])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  await core.write((tx) => tx.put(note(3), {}))
  const view = await core.view()
  expect(await view.getRecord(note(2))).toBeUndefined()
  expect((await verifyStore(memory)).findings).toEqual([])
})

test('a batch may be refused while the one before it is still being written', async () => {
  let commits = 0
  const memory = openMemoryStore()
  const slow: KvStore = {
    ...refusing(memory, () => false),
    commit: async (batch, options) => {
      commits += 1
      if (commits === 3)
        throw new DbError({ code: 'STORAGE_TOO_LARGE', status: 'bad_request', message: 'no' })
      await new Promise((resolve) => setTimeout(resolve, commits === 2 ? 20 : 1))
      return memory.commit(batch, options)
    },
  }
  const core = await openTestCore(slow)
  const put = (at: number) => core.write((tx) => tx.put(note(at), {}), { isPoint: true })
  const first = put(1)
  await new Promise((resolve) => setTimeout(resolve, 5))
  await expect(put(2)).rejects.toMatchObject({ code: 'STORAGE_TOO_LARGE' })
  await first
  await put(3)
  const view = await core.view()
  expect(await Promise.all([1, 2, 3].map(async (at) => (await view.getRecord(note(at)))?.value.id))).toEqual([
    note(1),
    undefined,
    note(3),
  ])
  view.close()
  expect((await verifyStore(memory)).findings).toEqual([])
  await core.close()
})
