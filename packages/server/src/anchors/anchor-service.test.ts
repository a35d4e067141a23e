/**
 * When batches are made, what is in them, and that every one of them ends somewhere, whatever fails
 * meanwhile.
 */

import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, type Engine, openEngine } from '@dendrodb/engine'
import { verifyCheckpoint } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../config/load-config.ts'
import { AnchorService } from './anchor-service.ts'
import { attemptsMax, batchCommitsMin, retryMs, retryMsMax } from './limits.ts'
import { ReceiptStore } from './receipt-store.ts'
import type { Batch, Progress, Submitter } from './submitter.ts'

/** Publishes into a list; fails while it is told to. */
class ListSubmitter implements Submitter {
  readonly chain = 'ipfs'
  readonly batches: Batch[] = []
  readonly progresses: Progress[] = []
  failure: Error | undefined
  /** Saved before it fails. */
  savedFirst: Progress | undefined

  async submit({ batch, progress, save }: Parameters<Submitter['submit']>[0]): Promise<Progress> {
    this.progresses.push(progress)
    if (this.savedFirst !== undefined) await save(this.savedFirst)
    if (this.failure !== undefined) throw this.failure
    this.batches.push(batch)
    return { ipfsCid: `bafk${batch.toSeq}` }
  }
}

interface Opened {
  readonly engine: Engine
  readonly main: Database
  readonly submitter: ListSubmitter
  readonly service: AnchorService
  readonly store: ReceiptStore
  readonly warnings: string[]
  readonly clock: { ms: number }
}

async function open(
  options: { readonly path?: string; readonly chain?: 'none'; readonly every?: number } = {},
) {
  const engine = await openEngine(options.path === undefined ? {} : { path: options.path })
  const main = await engine.database('main')
  const submitter = new ListSubmitter()
  const clock = { ms: 1_700_000_000_000 }
  const warnings: string[] = []
  const service = new AnchorService({
    engine,
    every: options.every ?? 20,
    submitter: options.chain === 'none' ? undefined : submitter,
    now: () => clock.ms,
    log: { info: () => undefined, warn: (_, message) => warnings.push(message) },
  })
  const opened: Opened = { engine, main, submitter, service, store: new ReceiptStore(main), warnings, clock }
  onTestFinished(() => close(opened))
  return opened
}

async function close({ service, engine }: Opened): Promise<void> {
  await service.stop()
  await engine.close()
}

async function write(database: Database, commits: number): Promise<string[]> {
  const heads: string[] = []
  for (let at = 0; at < commits; at += 1) heads.push((await database.put('note:1', { at })).head)
  return heads
}

const all = (store: ReceiptStore) => store.list({ limit: 100, offset: 0 })

test('a batch is made with the last commit that makes it due, and not before', async () => {
  const { main, service, store, submitter } = await open()
  await write(main, 19)
  await service.tick()
  expect(await all(store)).toEqual([])
  expect(main.head().seq).toBe(19)
  await write(main, 1)
  await service.tick()
  expect(await all(store)).toMatchObject([{ fromSeq: 1, toSeq: 20, chain: 'ipfs', status: 'confirmed' }])
  expect(submitter.batches).toHaveLength(1)
})

test('the root is Keccak-256 over the heads in order, and the checkpoint is that of the last one', async () => {
  const { main, service, store, submitter } = await open()
  const heads = await write(main, 25)
  await service.tick()
  const bytes = heads.map((head) => Buffer.from(head.slice(3), 'hex'))
  const expected = createHash('keccak-256').update(Buffer.concat(bytes)).digest('hex')
  const [receipt] = await all(store)
  expect(receipt?.batchRoot).toBe(expected)
  expect(submitter.batches[0]).toMatchObject({ root: expected, databaseId: main.id, fromSeq: 1, toSeq: 25 })
  const said = await verifyCheckpoint(submitter.batches[0]?.checkpoint ?? '', await main.checkpointKey())
  expect(said).toMatchObject({ size: 25, head: heads[24] })
})

test('batches follow one another without a gap, and the commits of receipts make none due', async () => {
  const { main, service, store } = await open()
  for (let round = 0; round < 3; round += 1) {
    await write(main, 20)
    for (let at = 0; at < 5; at += 1) await service.tick()
  }
  const receipts = (await all(store)).toReversed()
  expect(receipts).toHaveLength(3)
  let next = 1
  for (const { fromSeq, toSeq } of receipts) {
    expect(fromSeq).toBe(next)
    next = toSeq + 1
  }
  const { seq } = main.head()
  for (let at = 0; at < 5; at += 1) await service.tick()
  expect(main.head().seq).toBe(seq)
})

test('a batch may not be smaller than what its receipt costs', () => {
  const config = (every: number) => loadConfig({ args: ['--anchor-every', String(every)], env: {} }).config
  expect(config(batchCommitsMin).anchorEvery).toBe(batchCommitsMin)
  expect(() => config(batchCommitsMin - 1)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID_VALUE' }))
})

test('with chain none a batch is kept and skipped', async () => {
  const { main, service, store } = await open({ chain: 'none' })
  await write(main, 20)
  await service.tick()
  expect(await all(store)).toMatchObject([{ chain: 'none', status: 'skipped', progress: {} }])
})

test('one that fails is tried again with growing waits, and given up in the end', async () => {
  const { main, service, store, submitter, clock, warnings } = await open()
  submitter.failure = new Error('the node is down')
  await write(main, 20)
  await service.tick()
  await service.tick()
  expect(submitter.progresses).toHaveLength(1)
  clock.ms += retryMs - 1
  await service.tick()
  expect(submitter.progresses).toHaveLength(1)
  clock.ms += 1
  await service.tick()
  expect(submitter.progresses).toHaveLength(2)
  clock.ms += retryMs
  await service.tick()
  expect(submitter.progresses).toHaveLength(2)
  for (let at = 2; at < attemptsMax; at += 1) {
    expect((await all(store))[0]?.status).toBe('pending')
    clock.ms += retryMsMax
    await service.tick()
  }
  expect(submitter.progresses).toHaveLength(attemptsMax)
  expect(await all(store)).toMatchObject([{ status: 'failed', error: 'the node is down' }])
  clock.ms += retryMsMax
  await service.tick()
  expect(submitter.progresses).toHaveLength(attemptsMax)
  expect(warnings.at(-1)).toBe('a batch was given up')
})

test('what is pending goes on after a restart, with what was saved', async () => {
  const path = await mkdtemp(join(tmpdir(), 'ddb-anchors-'))
  onTestFinished(() => rm(path, { recursive: true }))
  const first = await open({ path })
  first.submitter.failure = new Error('no')
  first.submitter.savedFirst = { txHash: '0x1', signed: '0x2' }
  await write(first.main, 20)
  await first.service.tick()
  await close(first)
  const second = await open({ path })
  await second.service.tick()
  expect(second.submitter.progresses).toMatchObject([{ txHash: '0x1', signed: '0x2' }])
  const receipts = await all(second.store)
  expect(receipts).toMatchObject([
    { fromSeq: 1, toSeq: 20, status: 'confirmed', progress: { ipfsCid: 'bafk20' } },
  ])
  expect(receipts[0]?.progress.signed).toBeUndefined()
})

test('every open database has its own, and one that cannot be read stops no other', async () => {
  const { engine, main, store, submitter, warnings } = await open()
  const [other, closed] = [await engine.database('other'), await engine.database('closed')]
  await write(main, 20)
  await write(other, 30)
  await write(closed, 20)
  await closed.close()
  const service = new AnchorService({
    engine: { openDatabases: () => [closed, main, other] },
    every: 20,
    submitter,
    now: Date.now,
    log: { info: () => undefined, warn: (_, message) => warnings.push(message) },
  })
  await service.tick()
  await service.stop()
  expect(await all(store)).toMatchObject([{ toSeq: 20, status: 'confirmed' }])
  expect(await all(new ReceiptStore(other))).toMatchObject([{ toSeq: 30, status: 'confirmed' }])
  expect(new Set(submitter.batches.map(({ databaseId }) => databaseId))).toEqual(new Set([main.id, other.id]))
  expect(new Set(warnings)).toEqual(new Set(['anchoring has to wait']))
})

test('a batch that waits while the configuration changes goes to the new place', async () => {
  const path = await mkdtemp(join(tmpdir(), 'ddb-anchors-'))
  onTestFinished(() => rm(path, { recursive: true }))
  const first = await open({ path })
  first.submitter.failure = new Error('no')
  await write(first.main, 20)
  await first.service.tick()
  const [receipt] = await all(first.store)
  if (receipt === undefined) throw new Error('no receipt')
  await first.store.put({ ...receipt, chain: 'ethereum', progress: { txHash: '0x1' } })
  await close(first)
  const second = await open({ path })
  await second.service.tick()
  expect(second.submitter.progresses).toEqual([{}])
  expect(await all(second.store)).toMatchObject([{ chain: 'ipfs', status: 'confirmed' }])
})

test('receipts are records that verify, and no query from outside sees them', async () => {
  const { main, service } = await open()
  await write(main, 20)
  await service.tick()
  expect(await main.verify()).toMatchObject({ isIntact: true })
  const session = { isRoot: true, isSystem: false }
  await expect(main.query('SELECT * FROM ⟨$anchor⟩', {}, { session })).rejects.toThrow()
})

test('stopping ends an attempt that is under way, and its receipt stays pending', async () => {
  const opened = await open()
  const { main, service, store, submitter } = opened
  let begun: () => void = () => undefined
  const started = new Promise<void>((resolve) => {
    begun = resolve
  })
  submitter.submit = ({ signal }) => {
    begun()
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  await write(main, 20)
  const tick = service.tick()
  await started
  await service.stop()
  await tick
  expect(await all(store)).toMatchObject([{ status: 'pending' }])
  await service.tick()
})
