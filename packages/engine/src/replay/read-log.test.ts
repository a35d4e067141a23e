/** What is missing or wrong in a log is named, whoever reads it. */

import { expect, test } from 'vitest'
import { encodeForgottenMark, forgottenKey, metaPlace, placeOfVersion } from '../ledger/forgotten-mark.ts'
import { formatKey, keyOf } from '../ledger/key-space.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { genesisOf } from './log-chain.ts'
import type { LogItem, LogStream } from './log-item.ts'
import { type LogRange, readLog } from './read-log.ts'
import { replayLog } from './replay-log.ts'

const person = recordOf('person')

/** Five commits: two with metadata, the third with three records. */
async function makeStore(): Promise<KvStore> {
  const core = await openTestCore()
  const meta = { actor: 'tester' }
  await core.write((tx) => tx.put(person(1), { name: 'a' }), { meta })
  await core.write((tx) => tx.put(person(2), { name: 'b' }))
  await core.write(async (tx) => {
    for (const key of [3, 4, 5]) await tx.put(person(key), { name: 'c' })
  })
  await core.write((tx) => tx.put(person(1), { name: 'd' }), { meta })
  await core.write((tx) => tx.delete(person(2)))
  return core.store
}

async function logOf(store: KvStore, options: Partial<LogRange> = {}): Promise<LogItem[]> {
  const snapshot = store.snapshot()
  try {
    const format = (await snapshot.get(formatKey)) as Buffer
    const after = genesisOf(format)
    return await collect(readLog(snapshot, { after, toSeq: 5, ...options }))
  } finally {
    snapshot.close()
  }
}

async function replay(store: KvStore, items: readonly LogItem[]) {
  const format = (await store.snapshot().get(formatKey)) as Buffer
  const target = openMemoryStore()
  return { target, result: await replayLog(target, { format, log: streamOf(items) }) }
}

async function* streamOf(items: readonly LogItem[]): LogStream {
  for (const item of items) yield [item]
}

test('items come in the order of the log', async () => {
  const types = (await logOf(await makeStore())).map(({ type }) => type[0]).join('')
  // The first commit defines the table as well.
  expect(types).toBe('cmvvcvcvvvcmvcv')
})

test.each([
  ['a commit', keyOf('commit', 3), 'commit 3 is damaged: it is missing'],
  ['metadata', keyOf('meta', 4), 'the metadata of commit 4 is damaged: it is missing'],
  ['a version', keyOf('version', 3, 1), 'version 1 of commit 3 is damaged: it is missing'],
  ['the last version', keyOf('version', 5, 0), 'version 0 of commit 5 is damaged: it is missing'],
])('%s that is missing is named', async (_, key, message) => {
  const store = await makeStore()
  await store.commit([{ type: 'delete', key }])
  await expect(logOf(store)).rejects.toMatchObject({ code: 'LEDGER_CORRUPT', message })
})

test('payloads may be missing where marks say that they were forgotten', async () => {
  const store = await makeStore()
  await store.commit([
    { type: 'delete', key: keyOf('version', 3, 1) },
    { type: 'delete', key: keyOf('meta', 4) },
  ])
  await expect(logOf(store)).rejects.toMatchObject({ code: 'LEDGER_CORRUPT' })
  const value = encodeForgottenMark({ reason: 'elsewhere' })
  await store.commit([
    { type: 'put', key: forgottenKey({ seq: 3, place: placeOfVersion(1) }), value },
    { type: 'put', key: forgottenKey({ seq: 4, place: metaPlace }), value },
  ])
  const items = await logOf(store)
  const { target, result } = await replay(store, items)
  expect(result).toMatchObject({ versions: 7, erased: 1, manifest: { seq: 5 } })
  const core = await openTestCore(target)
  const view = await core.view()
  expect((await view.getRecord(person(4)))?.value).toBeUndefined()
  expect((await view.getRecord(person(5)))?.value).toMatchObject({ name: 'c' })
  view.close()
  expect(await verifyStore(target)).toMatchObject({ findings: [], erased: 0, elsewhere: 2 })
})

test.each([
  ['changed', (bytes: Buffer) => Buffer.from(bytes).fill(0xff, 60, 62), 'commit 4'],
  ['cut', (bytes: Buffer) => bytes.subarray(0, 40), 'commit 3'],
])('a commit that was %s is found where the chain breaks', async (_, change, what) => {
  const store = await makeStore()
  const stored = (await store.snapshot().get(keyOf('commit', 3))) as Buffer
  await store.commit([{ type: 'put', key: keyOf('commit', 3), value: change(stored) }])
  await expect(logOf(store)).rejects.toMatchObject({ code: 'LEDGER_CORRUPT', details: { what } })
})

test('metadata that was changed is named', async () => {
  const store = await makeStore()
  const key = keyOf('meta', 1)
  const stored = Buffer.from((await store.snapshot().get(key)) as Buffer)
  await store.commit([{ type: 'put', key, value: stored.fill(0, 0, 1) }])
  await expect(logOf(store)).rejects.toMatchObject({ details: { what: 'the metadata of commit 1' } })
})

test('a stream in another order, or that ends within a commit, is refused', async () => {
  const store = await makeStore()
  const items = await logOf(store)
  const without = (at: number) => items.toSpliced(at, 1)
  for (let at = 0; at < items.length; at += 1) {
    await expect(replay(store, without(at)), `without item ${at}`).rejects.toMatchObject({
      code: 'LEDGER_CORRUPT',
    })
  }
  const swapped = items.with(4, items[5] as LogItem).with(5, items[4] as LogItem)
  await expect(replay(store, swapped)).rejects.toMatchObject({ code: 'LEDGER_CORRUPT' })
  await expect(replay(store, [...items, ...items])).rejects.toMatchObject({ code: 'LEDGER_CORRUPT' })
})

test('a version that is not one is named', async () => {
  const store = await makeStore()
  const items = await logOf(store)
  const at = items.findIndex(({ type }) => type === 'version')
  const broken = items.with(at, { type: 'version', payload: Buffer.from('nonsense') })
  await expect(replay(store, broken)).rejects.toMatchObject({ details: { what: 'version 0 of commit 1' } })
})
