import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordId } from '@dendrodb/protocol'
import { expect, onTestFinished, test, vi } from 'vitest'
import { kindRange } from '../ledger/key-space.ts'
import { replayAnswerBytesMax, replayKeptMs } from '../ledger/limits.ts'
import { type Engine, openEngine } from '../open-engine.ts'
import { openLevelStore } from '../storage/leveldb/level-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { collect, openTestCore } from '../testing/open-core.ts'
import type { Database } from './database.ts'
import { GarbageCollector } from './garbage-collector.ts'

async function openDatabase(): Promise<Database> {
  const engine = await openEngine()
  onTestFinished(() => engine.close())
  return engine.database('test')
}

/** Opens the same folder again each time. */
function reopening(): () => Promise<Database> {
  const path = mkdtempSync(join(tmpdir(), 'ddb-replay-'))
  let engine: Engine | undefined
  onTestFinished(async () => {
    await engine?.close()
    rmSync(path, { recursive: true })
  })
  return async () => {
    await engine?.close()
    engine = await openEngine({ path })
    return engine.database('test')
  }
}

test('a repeated key gives the first answer, also after a restart, and writes nothing', async () => {
  const open = reopening()
  let database = await open()
  const first = await database.put('t:1', { n: 1 }, { idempotencyKey: 'k' })
  await database.put('t:1', { n: 2 })
  const head = database.head()
  expect(await database.put('t:1', { n: 1 }, { idempotencyKey: 'k' })).toEqual(first)
  database = await open()
  expect(await database.put('t:1', { n: 1 }, { idempotencyKey: 'k' })).toEqual(first)
  expect(database.head()).toEqual(head)
  expect(await database.get('t:1')).toMatchObject({ n: 2 })
  expect((await database.verify()).findings).toEqual([])
})

test('a key that comes with another request is refused, and nothing is written', async () => {
  const database = await openDatabase()
  await database.put('t:1', { n: 1 }, { idempotencyKey: 'k' })
  const head = database.head()
  const other = { code: 'LEDGER_REPLAY_MISMATCH', details: { key: 'k', seq: 1 } }
  await expect(database.put('t:1', { n: 2 }, { idempotencyKey: 'k' })).rejects.toMatchObject(other)
  await expect(database.delete('t:1', { idempotencyKey: 'k' })).rejects.toMatchObject(other)
  await expect(database.put('t:1', { n: 1 }, { idempotencyKey: 'k', ifSeq: 1 })).rejects.toMatchObject(other)
  expect(database.head()).toEqual(head)
})

test('of many requests with one key that come at once one is carried out', async () => {
  const database = await openDatabase()
  await database.put('counter:1', { n: 0 })
  const id = RecordId.parse('counter:1')
  const increment = () =>
    database.transaction(
      async (tx) => {
        const n = Number((await tx.getRecord(id))?.value.n) + 1
        await tx.put(id, { n })
        return n
      },
      { idempotencyKey: 'once' },
    )
  const answers = await Promise.all(Array.from({ length: 50 }, increment))
  expect(new Set(answers.map(({ result, receipt }) => `${result} ${receipt.seq}`))).toEqual(new Set(['1 2']))
  expect(await database.get('counter:1')).toMatchObject({ n: 1 })
})

test('the same key of another actor is another key', async () => {
  const database = await openDatabase()
  await database.put('t:1', { n: 1 }, { idempotencyKey: 'k', actor: 'user:a' })
  await database.put('t:1', { n: 2 }, { idempotencyKey: 'k', actor: 'user:b' })
  expect(await database.get('t:1')).toMatchObject({ n: 2 })
})

test('an answer that changed nothing is remembered as well', async () => {
  const database = await openDatabase()
  expect(await database.delete('t:1', { idempotencyKey: 'k' })).toMatchObject({ isDeleted: false })
  await database.put('t:1', { n: 1 })
  expect(await database.delete('t:1', { idempotencyKey: 'k' })).toMatchObject({ isDeleted: false, seq: 1 })
  expect(await database.get('t:1')).toBeDefined()
  expect((await database.verify()).findings).toEqual([])
})

test('what failed is not remembered', async () => {
  const database = await openDatabase()
  const run = (fails: boolean) =>
    database.transaction(
      (tx) => {
        if (fails) throw new Error('not today')
        return tx.put(RecordId.parse('t:1'), { n: 1 })
      },
      { idempotencyKey: 'k' },
    )
  await expect(run(true)).rejects.toThrow('not today')
  expect((await run(false)).receipt.seq).toBe(1)
})

test('an answer that is too large to keep is an error that names the commit', async () => {
  const database = await openDatabase()
  const run = (size: number, idempotencyKey: string) =>
    database.transaction(
      async (tx) => {
        await tx.put(RecordId.parse('t:1'), { n: 1 })
        return 'x'.repeat(size)
      },
      { idempotencyKey },
    )
  const headBytes = 5
  const fits = replayAnswerBytesMax - headBytes
  await run(fits, 'fits')
  expect((await run(fits, 'fits')).result).toHaveLength(fits)
  await run(fits + 1, 'large')
  await expect(run(fits + 1, 'large')).rejects.toMatchObject({
    code: 'LEDGER_REPLAY_ANSWER_GONE',
    details: { key: 'large', seq: 2 },
  })
})

test('after a day a key is forgotten, and what was kept for it removed', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-01T00:00:00Z') })
  onTestFinished(() => void vi.useRealTimers())
  const store = openMemoryStore()
  const core = await openTestCore(store)
  const garbage = new GarbageCollector(core)
  const id = RecordId.parse('t:1')
  const put = (n: number, idempotencyKey: string) =>
    core.write((tx) => tx.put(id, { n }), { meta: { idempotencyKey }, request: n })
  const kept = async () => {
    let keys = 0
    for (const kind of ['replay', 'replayLog'] as const) {
      for await (const chunk of store.snapshot().scan(kindRange(kind))) keys += chunk.length
    }
    return keys
  }
  await put(1, 'a')
  vi.setSystemTime(Date.now() + replayKeptMs - 1_000)
  await put(2, 'b')
  expect((await put(1, 'a')).receipt.seq).toBe(1)
  garbage.run()
  expect(await kept()).toBe(4)
  vi.setSystemTime(Date.now() + 2_000)
  expect((await put(1, 'a')).receipt.seq).toBe(3)
  garbage.run()
  await expect.poll(kept).toBe(4)
  expect((await put(1, 'a')).receipt.seq).toBe(3)
  expect((await put(2, 'b')).receipt.seq).toBe(2)
  vi.setSystemTime(Date.now() + replayKeptMs)
  garbage.run()
  await expect.poll(kept).toBe(0)
  await garbage.stop()
  await core.close()
})

test('a database with a damaged answer opens, tells of it, and refuses only what asks for it', async () => {
  const path = mkdtempSync(join(tmpdir(), 'ddb-replay-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  const warnings: string[] = []
  const open = () => openEngine({ path, onWarning: (warning) => warnings.push(warning) })
  const before = await open()
  await (await before.database('test')).put('t:1', { n: 1 }, { idempotencyKey: 'k' })
  await before.close()
  const store = await openLevelStore({ path: join(path, 'databases', 'test', 'gen-000001') })
  const [answer] = await collect(store.snapshot().scan(kindRange('replay')))
  await store.commit([{ type: 'put', key: answer?.key as Buffer, value: Buffer.from([0xff]) }])
  await store.close()
  const engine = await open()
  onTestFinished(() => engine.close())
  const database = await engine.database('test')
  await expect.poll(() => warnings).toEqual([expect.stringContaining('in the database test failed')])
  expect((await database.put('t:1', { n: 2 }, { idempotencyKey: 'other' })).seq).toBe(2)
  await expect(database.put('t:1', { n: 1 }, { idempotencyKey: 'k' })).rejects.toThrow()
})

test('nonces of a client only rise, also after a restart', async () => {
  const open = reopening()
  let database = await open()
  const put = (nonce: number, client = 'c') => database.put('t:1', { nonce }, { client, nonce })
  await put(5)
  await expect(put(5)).rejects.toMatchObject({
    code: 'LEDGER_NONCE_STALE',
    status: 'conflict',
    details: { nonce: 5, client: 'c', last: 5 },
  })
  await expect(put(4)).rejects.toMatchObject({ code: 'LEDGER_NONCE_STALE' })
  await put(1, 'other')
  await put(7)
  database = await open()
  await expect(put(7)).rejects.toMatchObject({ code: 'LEDGER_NONCE_STALE' })
  await put(8)
  expect(database.head().seq).toBe(4)
})

test('of many writes with one nonce one is carried out; a repeated key comes before the nonce', async () => {
  const database = await openDatabase()
  const meta = { client: 'c', nonce: 1, idempotencyKey: 'k' }
  const first = await database.put('t:1', { n: 1 }, meta)
  expect(await database.put('t:1', { n: 1 }, meta)).toEqual(first)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => database.put(`t:${n}`, { n }, { client: 'c', nonce: 2 })),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('a write on condition of a seq is made only while the record is of that commit', async () => {
  const database = await openDatabase()
  const { seq } = await database.put('t:1', { n: 1 }, { ifSeq: -1 })
  await expect(database.put('t:1', { n: 2 }, { ifSeq: -1 })).rejects.toMatchObject({
    code: 'LEDGER_PRECONDITION',
    status: 'conflict',
    message: 'record t:1 was expected absent and is of commit 1',
  })
  await database.put('t:1', { n: 2 }, { ifSeq: seq })
  await expect(database.put('t:1', { n: 3 }, { ifSeq: seq })).rejects.toThrow('was expected of commit 1')
  await expect(database.delete('t:1', { ifSeq: seq })).rejects.toMatchObject({ code: 'LEDGER_PRECONDITION' })
  await expect(database.put('t:2', { n: 1 }, { ifSeq: 7 })).rejects.toThrow('is absent')
  await expect(database.put('t:2', { n: 1 }, { ifSeq: 0 })).rejects.toThrow(
    'expected of commit 0 and is absent',
  )
  await database.delete('t:1', { ifSeq: 2 })
  expect(await database.get('t:1')).toBeUndefined()
})

test('what a commit has written before is there for its conditions, and of no commit', async () => {
  const database = await openDatabase()
  await database.put('t:1', { n: 1 })
  for (const ifSeq of [-1, 0, 1, 2]) {
    const twice = [
      { put: 't:1', fields: { n: 2 }, ifSeq: 1 },
      { put: 't:1', fields: { n: 3 }, ifSeq },
    ]
    await expect(database.commit(twice)).rejects.toMatchObject({
      code: 'LEDGER_PRECONDITION',
      details: { id: 't:1', actual: 'of this transaction itself' },
    })
  }
  const made = (id: string) => ({ put: id, fields: {}, ifSeq: -1 })
  await expect(database.commit([made('t:2'), made('t:2')])).rejects.toThrow('was expected absent')
  expect(await database.get('t:2')).toBeUndefined()
  expect(database.head().seq).toBe(1)
  await database.commit([{ delete: 't:1', ifSeq: 1 }, made('t:1')])
  const [, , , rows] = await database.query(
    'BEGIN; UPDATE t:1 SET n = 4; CREATE t:3; SELECT VALUE record::seq(id) FROM t; COMMIT',
  )
  expect(rows).toEqual([0, 0])
})

test('one condition that does not hold keeps a whole commit from being made', async () => {
  const database = await openDatabase()
  await database.put('t:1', { n: 1 })
  const commit = database.commit([
    { put: 't:2', fields: { n: 1 } },
    { put: 't:1', fields: { n: 2 }, ifSeq: 9 },
  ])
  await expect(commit).rejects.toMatchObject({ code: 'LEDGER_PRECONDITION' })
  expect(await database.get('t:2')).toBeUndefined()
  await database.commit([
    { put: 't:2', fields: { n: 1 }, ifSeq: -1 },
    { delete: 't:1', ifSeq: 1 },
  ])
  expect(database.head().seq).toBe(2)
})
