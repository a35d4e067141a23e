/**
 * What a current record says of the versions before it, against a naive model that copies everything: random
 * writes in long runs, deletions, records made again, histories that are cut, also while others write and
 * read, branches, restarts and rebuilds. Every record is read as of every commit, and everything verified.
 */

import { type DbError, RecordId } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { earlierVersionsIn } from '../ledger/current-record.ts'
import { kindRange } from '../ledger/key-space.ts'
import { earlierVersionsMax } from '../ledger/limits.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import { stepsBackMax } from '../models/history/limits.ts'
import type { ReadView } from '../models/model.ts'
import type { DatabaseHost } from '../query/host.ts'
import { contentOf, replayed } from '../replay/testing/replayed-store.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { collect, openTestCore } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { BranchService } from './branch-service.ts'
import type { DatabaseCore } from './database-core.ts'
import { ForgettingService } from './forgetting-service.ts'
import { GarbageCollector } from './garbage-collector.ts'
import { RetentionService } from './retention-service.ts'
import { BranchModel } from './testing/branch-model.ts'

const keys = [0, 1]
const item = (key: number) => new RecordId('item', key)
const key = fc.constantFrom(...keys)
const branch = fc.nat(20)
/** Different ones make periods of valid time, of which the newest version outlives what cuts a history. */
const validFrom = fc.constantFrom(undefined, '2025-01-01', '2026-01-01')
const change = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), key, validFrom }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
)
const changes = fc.array(change, { minLength: 1, maxLength: 4 })
const times = fc.constantFrom(1, 1, 2, earlierVersionsMax + 1, earlierVersionsMax + stepsBackMax + 2)
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('write' as const), branch, changes, times }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fork' as const), branch, back: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cut meanwhile' as const), changes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebuild' as const) }) },
)
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

test('records read as of every commit are what they were, and what lists them is intact', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
      const world = await World.open()
      for (const each of steps) {
        await world.take(each)
        await world.check(8)
      }
      await world.check(Number.MAX_SAFE_INTEGER)
    }),
    { numRuns: 150 },
  )
}, 120_000)

test('every changed byte of a record that lists versions is found', async () => {
  const world = await World.open()
  const write = (at: number, count: number): Step => {
    const twice = [0, 1].map((each) => ({ kind: 'put' as const, key: each, validFrom: undefined }))
    return { kind: 'write', branch: at, changes: twice, times: count }
  }
  // Seqs of one byte and of two.
  await world.take(write(0, 3))
  await world.take({ kind: 'fork', branch: 0, back: 1 })
  await world.take(write(1, 240))
  await world.take(write(0, 4))
  const { store } = world
  const snapshot = store.snapshot()
  const entries = await collect(snapshot.scan(kindRange('record')))
  snapshot.close()
  const listing = entries.filter(({ value }) => earlierVersionsIn(value).length > 0)
  expect(listing.length).toBeGreaterThanOrEqual(4)
  for (const { key: stored, value } of listing) {
    for (const at of value.keys()) {
      const changed = Buffer.from(value)
      changed[at] = (changed[at] as number) ^ (1 << (at % 8))
      await store.commit([{ type: 'put', key: stored, value: changed }])
      const { findings } = await verifyStore(store)
      expect(findings.map((finding) => finding.key)).toContain(stored.toString('hex'))
    }
    await store.commit([{ type: 'put', key: stored, value }])
  }
}, 120_000)

/** An entry of the index is in force for one version, or for several. */
function fieldsOf(write: number) {
  return { write, third: Math.floor(write / 3) % 2 }
}

class World {
  readonly #model = new BranchModel()
  #core: DatabaseCore
  #forks = 0
  #writes = 0

  private constructor(core: DatabaseCore) {
    this.#core = core
  }

  static async open(): Promise<World> {
    const world = new World(await openTestCore())
    await world.#core.write(async (tx) => {
      await tx.defineTable('item', { historyMicros: 0 })
      await tx.defineIndex({ name: 'third', table: 'item', fields: [['third']], unique: false })
    })
    return world
  }

  get store(): KvStore {
    return this.#core.store
  }

  async take(step: Step): Promise<void> {
    const { names } = this.#model
    const nameAt = (at: number) => names[at % names.length] as string
    switch (step.kind) {
      case 'write':
        for (let left = step.times; left > 0; left -= 1) await this.#write(nameAt(step.branch), step.changes)
        return
      case 'fork':
        return this.#fork(nameAt(step.branch), Math.max(1, this.#core.head().seq - step.back))
      case 'cut':
        await retentionOf(this.#core).run()
        return
      case 'cut meanwhile':
        return this.#cutMeanwhile(step.changes)
      case 'erase':
        return this.#erase(step.key)
      case 'restart':
        return this.#reopen(this.store)
      case 'rebuild': {
        const rebuilt = await replayed(this.store, this.#core.head().seq)
        expect(await contentOf(rebuilt)).toEqual(await contentOf(this.store))
        return this.#reopen(rebuilt)
      }
      default:
        step satisfies never
    }
  }

  /** @param seqsMax as of how many commits at most */
  async check(seqsMax: number): Promise<void> {
    const { seq: newest } = this.#core.head()
    const every = Math.ceil(newest / seqsMax)
    for (const name of this.#model.names) {
      // What was read at head is cached when the past is asked for.
      await this.#compare(await this.#host(name).view(), name)
      for (let seq = 1 + (newest % every); seq <= newest; seq += every) {
        if (!this.#isGone(name, seq)) await this.#compare(await this.#host(name).view({ seq }), name)
      }
    }
    expect((await verifyStore(this.store)).findings).toEqual([])
  }

  async #write(name: string, asked: readonly Change[]): Promise<void> {
    const { receipt } = await this.#host(name).write((tx) => this.#change(tx, asked), { isPoint: true })
    this.#note(name, receipt.seq, asked)
  }

  async #change(tx: RecordTx, asked: readonly Change[]): Promise<void> {
    this.#writes += 1
    for (const each of asked) {
      await (each.kind === 'put'
        ? tx.put(item(each.key), fieldsOf(this.#writes), { validFrom: each.validFrom })
        : tx.delete(item(each.key)))
    }
  }

  #note(name: string, seq: number, asked: readonly Change[]): void {
    const records = new Map(this.#model.head(name))
    for (const each of asked) {
      if (each.kind === 'put') records.set(item(each.key).toString(), fieldsOf(this.#writes))
      else records.delete(item(each.key).toString())
    }
    this.#model.commit(name, seq, records)
  }

  async #fork(parent: string, forkedAt: number): Promise<void> {
    if (this.#isGone(parent, forkedAt)) return
    this.#forks += 1
    const name = `b${this.#forks}`
    await this.#branches().create(name, { from: parent, at: { seq: forkedAt } })
    this.#model.fork(name, parent, forkedAt)
  }

  /**
   * Histories are cut behind the very commit that a transaction and a view began at, and views of the past
   * are left that still show all of it.
   */
  async #cutMeanwhile(asked: readonly Change[]): Promise<void> {
    const { seq } = this.#core.head()
    const forks = this.#model.names.map((branch) => this.#model.mainSeq({ branch, seq }))
    const horizon = Math.min(...forks)
    if (horizon <= this.#since) return
    const seqs = Array.from({ length: seq }, (_, at) => at + 1).filter((at) => !this.#isGone('main', at))
    const views = await Promise.all(seqs.map((at) => this.#core.view({ seq: at })))
    await this.#core.write((tx) => tx.forgetBefore('item', horizon))
    const late = await this.#core.view()
    let isFirst = true
    const { receipt } = await this.#core.write(async (tx) => {
      for (const each of keys) await tx.getRecord(item(each))
      if (isFirst) await retentionOf(this.#core, horizon).run()
      isFirst = false
      await late.getRecord(item(0))
      await this.#change(tx, asked)
    })
    late.close()
    this.#note('main', receipt.seq, asked)
    await this.#compare(await this.#core.view(), 'main')
    for (const view of views) await this.#compare(view, 'main')
  }

  async #erase(at: number): Promise<void> {
    const forgetting = new ForgettingService(this.#core, new GarbageCollector(this.#core))
    const erased = await forgetting.erase([item(at)]).catch((error: DbError) => error.code)
    await forgetting.settle()
    if (typeof erased === 'string') expect(erased).toBe('FORGET_UNKNOWN')
    else this.#model.erase(new Set([item(at).toString()]))
  }

  async #reopen(store: KvStore): Promise<void> {
    this.#core = await openTestCore(store)
  }

  async #compare(view: ReadView, name: string): Promise<void> {
    const { seq } = view
    const records = this.#model.at({ branch: name, seq })
    for (const each of keys) {
      const id = item(each)
      const fields = records.get(id.toString())
      const found = await view.getRecord(id)
      expect({ name, seq, value: found?.value }).toEqual({ name, seq, value: fields && { id, ...fields } })
    }
    view.close()
  }

  /** From here on the histories are whole. */
  get #since(): number {
    return this.#core.catalogs.newest().table('item')?.historySince ?? 0
  }

  #isGone(name: string, seq: number): boolean {
    return this.#model.mainSeq({ branch: name, seq }) < this.#since
  }

  #host(name: string) {
    return name === 'main' ? this.#core : this.#core.branches.open(name)
  }

  #branches(): BranchService {
    return new BranchService(this.#core, (name) => this.#host(name) as unknown as DatabaseHost)
  }
}

/** @param pinned the commit that everything has to stay from */
function retentionOf(core: DatabaseCore, pinned?: number): RetentionService {
  return new RetentionService(core, async () => (pinned === undefined ? [] : [{ seq: pinned }]))
}
