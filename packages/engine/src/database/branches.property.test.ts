/**
 * Random forks, writes, merges and removals against a naive model that copies everything: reads of every
 * branch at its head and as of any commit, through every access path; verification at the end, and a replay
 * of the log, whole and up to some commit, as a restore and an import make it.
 */

import {
  compareValues,
  type DbError,
  decodeCanonical,
  RecordId,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IndexDefinition } from '../catalog/definitions.ts'
import { kindRange } from '../ledger/key-space.ts'
import { openVersion } from '../ledger/record-version.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import type { ReadView } from '../models/model.ts'
import type { BranchHost, DatabaseHost } from '../query/host.ts'
import { contentOf, replayed } from '../replay/testing/replayed-store.ts'
import { collectGarbage } from '../testing/collect-garbage.ts'
import { collect, openTestCore } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { BranchService } from './branch-service.ts'
import type { DatabaseCore } from './database-core.ts'
import { ForgettingService } from './forgetting-service.ts'
import { GarbageCollector } from './garbage-collector.ts'
import { IndexBuilder } from './index-builder.ts'
import { RetentionService } from './retention-service.ts'
import { BranchModel, deleteWithEdges, type Records, sameFields } from './testing/branch-model.ts'

const keys = 5
const key = fc.nat(keys - 1)
const pick = fc.nat(1_000)
const age = fc.constantFrom<Value>(1, 2, 'x', null, undefined)
const name = fc.constantFrom<Value>('a', 'b', 'c', 'd', null, undefined)
const tags = fc.constantFrom<Value>(undefined, ['p'], ['p', 'q'], ['q'])
const write = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      { kind: fc.constant('put' as const), key, age, name, tags },
      { noNullPrototype: true },
    ),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('relate' as const), key, from: key, to: key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unrelate' as const), key }) },
)
const writes = fc.array(write, { minLength: 1, maxLength: 4 })
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('write' as const), branch: pick, writes }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fork' as const), branch: pick, back: fc.nat(6) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('merge' as const),
      branch: pick,
      into: pick,
      resolve: fc.constantFrom('ours' as const, 'theirs' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), branch: pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('index' as const), drop: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire' as const) }) },
)
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const person = (at: number) => new RecordId('person', at)
const knows = (at: number) => new RecordId('knows', at)

test('branches read, merge and verify like copies', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const world = await World.open()
      for (const each of steps) await world.take(each)
      await world.compareAll()
      await world.compareReplays()
    }),
    { numRuns: 20 },
  )
}, 60_000)

/** Two branches that change the same few records and edges on both sides, and are merged now and then. */
const side = fc.nat(2)
const graphWrite = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('put' as const), key, age, name: fc.constant(undefined), tags }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('relate' as const), key, from: key, to: key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unrelate' as const), key }) },
)
const graphStep = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      branch: side,
      writes: fc.array(graphWrite, { minLength: 2, maxLength: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('merge' as const),
      branch: side,
      into: side,
      resolve: fc.constantFrom('ours' as const, 'theirs' as const),
    }),
  },
)

test('merges back and forth give what going through all records gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(graphWrite, { minLength: 6 }),
      fc.array(graphStep, { minLength: 4 }),
      async (first, steps) => {
        const world = await World.open()
        await world.take({ kind: 'write', branch: 0, writes: first })
        await world.take({ kind: 'fork', branch: 0, back: 0 })
        await world.take({ kind: 'fork', branch: 0, back: 0 })
        for (const each of steps) await world.take(each)
        await world.compareHeads()
      },
    ),
    { numRuns: 40 },
  )
}, 60_000)

class World {
  readonly #core: DatabaseCore
  readonly #builder: IndexBuilder
  readonly #branches: BranchHost
  readonly #model = new BranchModel()
  readonly #forgetting: ForgettingService
  readonly #retention: RetentionService
  #forks = 0

  private constructor(core: DatabaseCore) {
    this.#core = core
    this.#builder = new IndexBuilder(core)
    this.#retention = new RetentionService(core, async () => [])
    this.#forgetting = new ForgettingService(core, new GarbageCollector(core))
    this.#branches = new BranchService(core, (each) => this.#host(each) as unknown as DatabaseHost)
  }

  static async open(): Promise<World> {
    const world = new World(await openTestCore())
    await world.#core.write(async (tx) => {
      await tx.defineIndex({ name: 'name', table: 'person', fields: [['name']], unique: true })
      await tx.defineIndex({ name: 'pair', table: 'person', fields: [['age'], ['name']], unique: false })
      await tx.ensureTable('knows', { type: 'relation', from: [], to: [], enforced: false })
      // Nothing is forgotten unless a step says so.
      for (const table of ['person', 'knows']) await tx.defineTable(table, { historyMicros: 0 })
    })
    return world
  }

  async take(step: Step): Promise<void> {
    const names = this.#model.names
    const nameAt = (at: number) => names[at % names.length] as string
    switch (step.kind) {
      case 'write':
        return this.#write(nameAt(step.branch), step.writes)
      case 'fork':
        return this.#fork(nameAt(step.branch), step.back)
      case 'merge':
        return this.#merge(nameAt(step.branch), nameAt(step.into), step.resolve)
      case 'remove':
        return this.#remove(nameAt(step.branch))
      case 'index':
        return this.#index(step.drop)
      case 'erase':
        return this.#erase(person(step.key).toString())
      case 'expire':
        await this.#retention.run()
        return
      default:
        step satisfies never
    }
  }

  async compareHeads(): Promise<void> {
    for (const branch of this.#model.names) {
      await compare(await this.#host(branch).view(), this.#model.head(branch))
    }
    const report = await verifyStore(this.#core.store)
    expect(report.findings).toEqual([])
  }

  async compareAll(): Promise<void> {
    const newest = this.#core.head().seq
    for (const branch of this.#model.names) {
      for (let seq = 0; seq <= newest; seq += 1) {
        const view = await this.#host(branch).view({ seq })
        const comparing = compare(view, this.#model.at({ branch, seq }))
        await (this.#isGone(branch, seq) ? expectGone(comparing) : comparing)
      }
      await this.#compareDiff(branch, newest)
    }
    await this.compareHeads()
  }

  /** The whole log gives the same keys; up to a commit it gives the branches as they were then. */
  async compareReplays(): Promise<void> {
    await collectGarbage(this.#core)
    await this.#forgetting.settle()
    const { store } = this.#core
    const newest = this.#core.head().seq
    const whole = await replayed(store, newest)
    expect(await contentOf(whole)).toEqual(await contentOf(store))
    const half = Math.floor(newest / 2)
    if (half >= this.#since) await this.#comparePart(half)
  }

  /** Also where what cut the histories came later than this. */
  async #comparePart(upTo: number): Promise<void> {
    const { store } = this.#core
    const part = await replayed(store, upTo)
    expect((await verifyStore(part)).findings).toEqual([])
    const core = await openTestCore(part)
    for (const { name: each } of core.catalogs.newest().branches()) {
      if (!this.#model.names.includes(each)) continue
      const seq = core.head().seq
      await compare(await core.branches.open(each).view(), this.#model.at({ branch: each, seq }))
    }
  }

  /** From here on the histories of both tables are whole. */
  get #since(): number {
    const catalog = this.#core.catalogs.newest()
    return Math.max(...['person', 'knows'].map((each) => catalog.table(each)?.historySince ?? 0))
  }

  #isGone(branch: string, seq: number): boolean {
    const mainSeq = this.#model.mainSeq({ branch, seq })
    // Before the first commit there were no tables that could have had anything.
    return mainSeq > 0 && mainSeq < this.#since
  }

  #host(branch: string) {
    return branch === 'main' ? this.#core : this.#core.branches.open(branch)
  }

  async #write(branch: string, writes: readonly Write[]): Promise<void> {
    let records = new Map(this.#model.head(branch))
    const work = async (tx: RecordTx) => {
      for (const each of writes) await writeOne(tx, records, each)
      await compare(tx, records)
    }
    const before = new Map(records)
    const written = await this.#host(branch)
      .write(async (tx) => {
        records = new Map(before)
        await work(tx)
      })
      .catch((error: DbError) => error.code)
    if (typeof written === 'string') {
      expect(written).toBe('INDEX_UNIQUE_VIOLATION')
      return compare(await this.#host(branch).view(), before)
    }
    expect(hasTwins(records)).toBe(false)
    this.#model.commit(branch, written.receipt.seq, records)
  }

  async #fork(parent: string, back: number): Promise<void> {
    // From the definitions on: without them there is nothing to compare.
    const forkedAt = Math.max(1, this.#core.head().seq - back)
    if (this.#isGone(parent, forkedAt)) {
      const forking = this.#branches.create('gone', { from: parent, at: { seq: forkedAt } })
      return expectGone(forking)
    }
    this.#forks += 1
    const { forkedAt: at } = await this.#branches.create(`b${this.#forks}`, {
      from: parent,
      ...(back > 0 && { at: { seq: forkedAt } }),
    })
    expect(at).toBe(forkedAt)
    this.#model.fork(`b${this.#forks}`, parent, forkedAt)
  }

  async #merge(source: string, target: string, resolve: 'ours' | 'theirs'): Promise<void> {
    if (source === target) return
    const now = this.#core.head().seq
    const asked = await this.#branches.merge(source, { into: target }).catch((error: DbError) => error.code)
    const expected = this.#model.merge(source, target, now, resolve)
    if (typeof asked === 'string') {
      expect(asked).toBe('BRANCH_MERGE_UNIQUE')
      return expect(hasTwins(expected.records)).toBe(true)
    }
    const kinds = Object.fromEntries(asked.conflicts.map(({ id, kind }) => [id.toString(), kind]))
    if (asked.status !== 'conflicts') {
      expect([...expected.conflicts]).toEqual([])
      expect(hasTwins(expected.records)).toBe(false)
      return this.#merged(source, target, now, expected.records, asked)
    }
    expect(kinds).toEqual(Object.fromEntries(this.#model.merge(source, target, now).conflicts))
    const decided = await this.#branches
      .merge(source, { into: target, resolve })
      .catch((error: DbError) => error.code)
    if (typeof decided === 'string') {
      expect(decided).toBe('BRANCH_MERGE_UNIQUE')
      return expect(hasTwins(expected.records)).toBe(true)
    }
    expect(hasTwins(expected.records)).toBe(false)
    this.#merged(source, target, now, expected.records, decided)
  }

  #merged(
    source: string,
    target: string,
    now: number,
    records: Records,
    { status, seq }: { readonly status: string; readonly seq: number },
  ): void {
    if (status !== 'merged') {
      const head = this.#model.head(target)
      expect(new Set(records.keys())).toEqual(new Set(head.keys()))
      return
    }
    this.#model.noteMerge(source, target, now, seq)
    this.#model.commit(target, seq, records)
  }

  async #remove(branch: string): Promise<void> {
    const removing = this.#branches.remove(branch)
    if (branch === 'main') return expect(removing).rejects.toThrow(/cannot be removed/)
    if (this.#model.hasChildren(branch)) return expect(removing).rejects.toThrow(/is forked from it/)
    await removing
    this.#model.remove(branch)
  }

  /** An index on main that comes and goes, branches or not. */
  async #index(drop: boolean): Promise<void> {
    if (drop) {
      await this.#core.write((tx) => tx.removeIndex('person', 'tags'))
      return
    }
    const fields = [['tags', { each: true as const }]]
    await this.#core.write((tx) => tx.defineIndex({ name: 'tags', table: 'person', fields, unique: false }))
    this.#builder.resume()
    await this.#builder.wait('person', 'tags')
  }

  /** Gone from every state there ever was, with every edge that ever touched it. */
  async #erase(id: string): Promise<void> {
    const gone = await this.#everAbout(id)
    const erasing = this.#forgetting.erase([RecordId.parse(id)])
    if (gone.size === 0) return expect(erasing).rejects.toMatchObject({ code: 'FORGET_UNKNOWN' })
    const { records } = await erasing
    this.#model.erase(gone)
    // The record itself counts even where only edges were left of it.
    expect(records).toBe(new Set([...gone, id]).size)
  }

  /** The record, if the log has a version of it, and the edges of which a version touches it. */
  async #everAbout(id: string): Promise<Set<string>> {
    const gone = new Set<string>()
    const snapshot = this.#core.store.snapshot()
    for (const { value } of await collect(snapshot.scan(kindRange('version')))) {
      const { table, key: at, bytes } = openVersion(value)
      const { in: from, out: to } = (bytes === undefined ? {} : decodeCanonical(bytes)) as ValueObject
      const name = new RecordId(table, at).toString()
      if ([name, String(from), String(to)].includes(id)) gone.add(name)
    }
    snapshot.close()
    return gone
  }

  async #compareDiff(branch: string, seq: number): Promise<void> {
    for (const other of this.#model.names) {
      const half = Math.floor(seq / 2)
      const [older, newer] = [this.#model.at({ branch: other, seq: half }), this.#model.head(branch)]
      if (this.#isGone(other, half)) continue
      const rows = await collect(
        this.#branches.diff({ from: { branch: other, at: { seq: half } }, to: { branch } }),
      )
      const found = Object.fromEntries(rows.map(({ id, change }) => [id.toString(), change]))
      expect(rows.length).toBe(Object.keys(found).length)
      expect(found).toEqual(naiveDiff(older, newer))
    }
  }
}

function expectGone(work: Promise<unknown>): Promise<void> {
  return expect(work).rejects.toMatchObject({ code: 'FORGET_HISTORY_GONE' })
}

async function writeOne(tx: RecordTx, records: Map<string, ValueObject>, each: Write): Promise<void> {
  switch (each.kind) {
    case 'put': {
      const { kind: _, key: at, ...given } = each
      const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      await tx.put(person(at), fields)
      records.set(person(at).toString(), fields)
      return
    }
    case 'delete':
      await tx.delete(person(each.key))
      return deleteWithEdges(records, person(each.key).toString())
    case 'relate': {
      const fields = { in: person(each.from), out: person(each.to) }
      await tx.put(knows(each.key), fields)
      records.set(knows(each.key).toString(), fields)
      return
    }
    case 'unrelate':
      await tx.delete(knows(each.key))
      return deleteWithEdges(records, knows(each.key).toString())
    default:
      each satisfies never
  }
}

function naiveDiff(older: Records, newer: Records): Record<string, string> {
  const changes: Record<string, string> = {}
  for (const id of new Set([...older.keys(), ...newer.keys()])) {
    const [before, after] = [older.get(id), newer.get(id)]
    if (before === undefined) changes[id] = 'added'
    else if (after === undefined) changes[id] = 'removed'
    else if (!sameFields(before, after)) changes[id] = 'changed'
  }
  return changes
}

function hasTwins(records: Records): boolean {
  const names = [...records.values()].map(({ name: each }) => each).filter((each) => each != null)
  return new Set(names).size < names.length
}

function rowsOf(records: Records, table: string) {
  const rows: (ValueObject & { readonly id: RecordId })[] = []
  for (const [text, fields] of records) {
    const id = RecordId.parse(text)
    if (id.table === table) rows.push({ id, ...fields })
  }
  return rows.sort((a, b) => compareValues(a.id.key, b.id.key))
}

async function compare(view: ReadView, records: Records): Promise<void> {
  try {
    for (const table of ['person', 'knows']) await compareTable(view, table, rowsOf(records, table))
    const edges = rowsOf(records, 'knows')
    for (let at = 0; at < keys; at += 1) {
      for (const direction of ['out', 'in'] as const) {
        const [near, far] = direction === 'out' ? (['in', 'out'] as const) : (['out', 'in'] as const)
        const found = (await view.edges(person(at), direction)).map(({ edge, node }) => `${edge} ${node}`)
        const expected = edges
          .filter((edge) => person(at).equals(edge[near] as RecordId))
          .sort((a, b) => compareValues(a[far], b[far]))
          .map((edge) => `${edge.id} ${edge[far]}`)
        expect(found).toEqual(expected)
      }
    }
  } finally {
    view.close()
  }
}

async function compareTable(
  view: ReadView,
  name: string,
  rows: readonly (ValueObject & { readonly id: RecordId })[],
): Promise<void> {
  for (let at = 0; at < keys; at += 1) {
    const found = await view.getRecord(new RecordId(name, at))
    expect(found?.value).toEqual(rows.find((row) => row.id.key === at))
  }
  const table = view.catalog.table(name)
  if (table === undefined) return expect(rows).toEqual([])
  const scan = async (options: object) =>
    (await collect(view.scanTable(table, options))).map(({ value }) => value)
  expect(await scan({})).toEqual(rows)
  expect(await scan({ reverse: true })).toEqual(rows.toReversed())
  expect(await scan({ limit: 2 })).toEqual(rows.slice(0, 2))
  expect(await scan({ lower: { key: 2, inclusive: false } })).toEqual(
    rows.filter((row) => Number(row.id.key) > 2),
  )
  expect(await view.countTable(table)).toBe(rows.length)
  for (const index of table.indexes) {
    if (index.state === 'ready' && !index.isAdjacency) await compareIndex(view, index, rows)
  }
}

async function compareIndex(
  view: ReadView,
  index: IndexDefinition,
  rows: readonly (ValueObject & { readonly id: RecordId })[],
): Promise<void> {
  const values = (row: ValueObject): Value[] => {
    if (index.name !== 'tags') return [index.name === 'name' ? row.name : row.age]
    return row.tags === undefined ? [undefined] : [...(row.tags as Value[])]
  }
  const entries = rows
    .flatMap((row) => values(row).map((value) => ({ value, row })))
    .sort(
      (a, b) =>
        compareValues(a.value, b.value) ||
        (index.name === 'pair' ? compareValues(a.row.name, b.row.name) : 0) ||
        compareValues(a.row.id.key, b.row.id.key),
    )
  const keysOf = async (range: object, options = {}) => {
    const found = await collect(view.scanIndex(index, { equals: [], ...range }, options))
    return found.map((entry) => entry.id.key)
  }
  const all = entries.map(({ row }) => row.id.key)
  expect(await keysOf({})).toEqual(all)
  expect(await keysOf({}, { reverse: true })).toEqual(all.toReversed())
  expect(await keysOf({}, { limit: 2 })).toEqual(all.slice(0, 2))
  for (const value of [1, 'x', 'a', 'p', null, undefined]) {
    const equal = entries.filter((entry) => compareValues(entry.value, value) === 0)
    expect(await keysOf({ equals: [value] })).toEqual(equal.map(({ row }) => row.id.key))
    const above = entries.filter((entry) => compareValues(entry.value, value) > 0)
    expect(await keysOf({ lower: { value, inclusive: false } })).toEqual(above.map(({ row }) => row.id.key))
  }
}
