import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { DbError, RecordId } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { keyOf } from '../ledger/key-space.ts'
import { decodeMetaPayload } from '../ledger/write-meta.ts'
import { branchDepthMax, branchesMax } from '../models/branch/limits.ts'
import { planMerge } from '../models/branch/plan-merge.ts'
import { openEngine } from '../open-engine.ts'
import type { KvSnapshot, KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { BranchService } from './branch-service.ts'
import type { Database } from './database.ts'

const person = recordOf('person')

async function useDatabase(path?: string): Promise<Database> {
  const engine = await openEngine(path === undefined ? {} : { path })
  onTestFinished(() => engine.close())
  return engine.database('shop')
}

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => (error instanceof DbError ? error.code : String(error)),
  )
}

/** Counts what is asked of the store. */
function counting(store: KvStore) {
  const asked = { gets: 0, scans: 0, operations: 0 }
  const snapshotOf = (snapshot: KvSnapshot): KvSnapshot => ({
    get: (key) => {
      asked.gets += 1
      return snapshot.get(key)
    },
    getMany: (keys) => {
      asked.gets += keys.length
      return snapshot.getMany(keys)
    },
    scan: (range, options) => {
      asked.scans += 1
      return snapshot.scan(range, options)
    },
    close: () => snapshot.close(),
  })
  const counted: KvStore = {
    reads: store.reads,
    limits: store.limits,
    snapshot: () => snapshotOf(store.snapshot()),
    commit: (batch, options) => {
      asked.operations += batch.length
      return store.commit(batch, options)
    },
    sizeBytes: (range) => store.sizeBytes(range),
    compact: (range) => store.compact(range),
    purge: (options) => store.purge(options),
    findDamage: () => store.findDamage(),
    close: () => store.close(),
  }
  return { counted, asked }
}

test('a fork asks as much of the store whether there are ten records or twenty thousand', async () => {
  const costs: unknown[] = []
  for (const records of [10, 20_000]) {
    const { counted, asked } = counting(openMemoryStore())
    const core = await openTestCore(counted)
    for (let first = 0; first < records; first += 10_000) {
      await core.write(async (tx) => {
        for (let at = first; at < Math.min(records, first + 10_000); at += 1) await tx.put(person(at), { at })
      })
    }
    const branches = new BranchService(core, () => expect.unreachable())
    Object.assign(asked, { gets: 0, scans: 0, operations: 0 })
    await branches.create('b')
    const fork = { ...asked }
    await core.branches.open('b').write((tx) => tx.put(person(5), { at: -1 }))
    const view = await core.branches.open('b').view()
    expect((await view.getRecord(person(5)))?.value.at).toBe(-1)
    expect((await view.getRecord(person(6)))?.value.at).toBe(6)
    view.close()
    costs.push({ fork, andFirstUse: { ...asked } })
  }
  expect(costs[1]).toEqual(costs[0])
}, 60_000)

test('branches are there after a restart, with their history', async () => {
  const path = await mkdtemp(join(tmpdir(), 'ddb-branches-'))
  onTestFinished(() => rm(path, { recursive: true }))
  const engine = await openEngine({ path })
  const shop = await engine.database('shop')
  await shop.query('DEFINE INDEX name ON person FIELDS name UNIQUE; CREATE person:1 SET name = "Ann", n = 1')
  await shop.branches.create('b', { comment: 'kept' })
  const { seq } = await shop.branch('b').put('person:1', { name: 'Anna', n: 2 })
  await shop.branch('b').put('person:1', { name: 'Anne', n: 3 })
  await shop.branch('b').query('CREATE note SET text = "new"; COUNT person')
  await engine.close()

  const again = await useDatabase(path)
  expect(again.branches.info('b')).toMatchObject({ parent: 'main', comment: 'kept' })
  const branch = again.branch('b')
  expect(await branch.get('person:1')).toMatchObject({ n: 3 })
  expect(await branch.get('person:1', { asOf: { seq } })).toMatchObject({ n: 2 })
  expect(await again.get('person:1')).toMatchObject({ n: 1 })
  expect(await branch.query('COUNT person; COUNT note')).toEqual([1, 1])
  expect(await codeOf(branch.put('person:2', { name: 'Anne' }))).toBe('INDEX_UNIQUE_VIOLATION')
  await branch.put('person:2', { name: 'Ann' })
  expect((await again.verify()).findings).toEqual([])
})

test('writers of one branch lose no increment, and do not disturb those of main', async () => {
  const shop = await useDatabase()
  const id = new RecordId('counter', 1)
  await shop.put(id, { n: 0 })
  await shop.branches.create('b')
  const add = (target: Pick<Database, 'transaction'>) =>
    target.transaction(async (tx) => {
      const record = await tx.getRecord(id)
      await tx.put(id, { n: Number(record?.value.n) + 1 })
    })
  const branch = shop.branch('b')
  await Promise.all(Array.from({ length: 60 }, (_, at) => add(at % 3 === 0 ? branch : shop)))
  expect(await branch.get(id)).toMatchObject({ n: 20 })
  expect(await shop.get(id)).toMatchObject({ n: 40 })
  expect((await shop.verify()).findings).toEqual([])
})

test('a scan that a transaction on a branch relied on must still hold when it commits', async () => {
  const shop = await useDatabase()
  await shop.put('seat:1', { taken: true })
  await shop.branches.create('b')
  const branch = shop.branch('b')
  // Each takes a seat only while there are fewer than three.
  const takeOne = (at: number) =>
    branch.transaction(async (tx) => {
      const table = tx.catalog.table('seat')
      if (table === undefined) return
      let seats = 0
      for await (const rows of tx.scanTable(table)) seats += rows.length
      if (seats < 3) await tx.put(new RecordId('seat', at), { taken: true })
    })
  await Promise.all(Array.from({ length: 8 }, (_, at) => takeOne(10 + at)))
  expect(await branch.query('COUNT seat')).toEqual([3])
  expect(await shop.query('COUNT seat')).toEqual([1])
})

test('writes to a branch that is being removed are made before, or refused', async () => {
  const shop = await useDatabase()
  await shop.put('item:0', { n: 0 })
  await shop.branches.create('b')
  const branch = shop.branch('b')
  const writing = Array.from({ length: 30 }, (_, at) => codeOf(branch.put(`item:${at}`, { n: at })))
  const removing = shop.branches.remove('b')
  const codes = new Set(await Promise.all(writing))
  await removing
  for (const code of codes) expect(['no error', 'BRANCH_UNKNOWN']).toContain(code)
  expect(await codeOf(branch.put('item:1', { n: 1 }))).toBe('BRANCH_UNKNOWN')
  expect(await codeOf(branch.query('RETURN 1'))).toBe('BRANCH_UNKNOWN')
  await shop.branches.create('b')
  // The old handle is not taken for one of the new branch of that name.
  expect(await codeOf(branch.get('item:1'))).toBe('BRANCH_UNKNOWN')
  expect(await shop.branch('b').get('item:1')).toBeUndefined()
  expect((await shop.verify()).findings).toEqual([])
})

test('a comparison with a branch that is being removed shows it whole, or knows none', async () => {
  const shop = await useDatabase()
  await shop.put('item:1', { n: 1 })
  for (let turns = 0; turns < 12; turns += 1) {
    await shop.branches.create('b')
    await shop.branch('b').put('item:1', { n: 2 })
    const removing = (async () => {
      for (let turn = 0; turn < turns; turn += 1) await setImmediate()
      await shop.branches.remove('b')
    })()
    const found = await collect(shop.branches.diff({ to: { branch: 'b' } })).then(
      (changes) => changes.length,
      (error: unknown) => (error as DbError).code,
    )
    expect([1, 'BRANCH_UNKNOWN']).toContain(found)
    await removing
  }
})

test('what is left of a removed branch is its history', async () => {
  const shop = await useDatabase()
  await shop.put('item:1', { n: 1 })
  await shop.branches.create('b')
  const { seq, head } = await shop.branch('b').put('item:1', { n: 2 })
  await shop.branches.remove('b')
  await shop.put('item:2', { n: 2 })
  expect((await shop.verify()).findings).toEqual([])
  expect(seq).toBe(3)
  expect(head).toMatch(/^b2:/)
})

test('a merge names its causes, and the branch and its head as its evidence', async () => {
  const core = await openTestCore()
  const branches = new BranchService(core, () => expect.unreachable())
  await core.write((tx) => tx.put(person(1), { n: 1 }))
  await branches.create('b')
  const branch = core.branches.open('b')
  const first = await branch.write((tx) => tx.put(person(1), { n: 2 }))
  await core.write((tx) => tx.put(person(2), { n: 2 }))
  const second = await branch.write((tx) => tx.put(person(1), { n: 3 }))
  const { seq } = await branches.merge('b', { meta: { actor: 'user:ann' } })
  const held = await core.holdSnapshot()
  const payload = await held.snapshot.get(keyOf('meta', seq))
  held.release()
  expect(decodeMetaPayload(payload as Buffer)).toEqual({
    actor: 'user:ann',
    causedBy: [first.receipt.seq, second.receipt.seq],
    evidence: {
      merged: {
        branch: 'b',
        number: branches.info('b').number,
        seq: second.receipt.seq,
        head: second.receipt.head,
      },
    },
  })
})

test('an idempotency key belongs to one branch', async () => {
  const shop = await useDatabase()
  await shop.put('item:1', { n: 1 })
  await shop.branches.create('b')
  const key = { idempotencyKey: 'k' }
  const first = await shop.branch('b').put('item:1', { n: 2 }, key)
  expect((await shop.branch('b').put('item:1', { n: 2 }, key)).seq).toBe(first.seq)
  expect(await codeOf(shop.put('item:1', { n: 2 }, key))).toBe('LEDGER_REPLAY_MISMATCH')
  expect(await shop.get('item:1')).toMatchObject({ n: 1 })
})

test('a repeated fork, merge or removal is answered as the first time; another one under its key is refused', async () => {
  const shop = await useDatabase()
  await shop.put('item:1', { n: 1 })
  const { branches } = shop
  const key = (idempotencyKey: string) => ({ meta: { idempotencyKey } })
  const fork = await branches.create('b', key('fork'))
  expect(await branches.create('b', key('fork'))).toEqual(fork)
  expect(await codeOf(branches.create('c', key('fork')))).toBe('LEDGER_REPLAY_MISMATCH')
  await shop.branch('b').put('item:1', { n: 2 })
  await shop.put('item:1', { n: 3 })
  const conflicts = await branches.merge('b', key('first'))
  expect(conflicts).toMatchObject({ status: 'conflicts', conflictCount: 1 })
  const decided = { ...key('first'), resolve: 'theirs' }
  expect(await codeOf(branches.merge('b', decided))).toBe('LEDGER_REPLAY_MISMATCH')
  const merged = await branches.merge('b', { ...decided, ...key('second') })
  await shop.put('item:1', { n: 4 })
  expect(await branches.merge('b', { ...decided, ...key('second') })).toEqual(merged)
  expect(await shop.get('item:1')).toMatchObject({ n: 4 })
  const removed = await branches.remove('b', key('end'))
  expect(await branches.remove('b', key('end'))).toEqual(removed)
})

test('what a caller says about a merge stands beside what the merge says', async () => {
  const shop = await useDatabase()
  const first = await shop.put('note:1', { text: 'approved' })
  await shop.branches.create('b')
  const written = await shop.branch('b').put('item:1', { n: 2 })
  const meta = { causedBy: [first.seq], evidence: { review: 7 }, confidence: 0.5 }
  const { seq } = await shop.branches.merge('b', { meta })
  const info = await shop.commitInfo(seq)
  expect(info).toMatchObject({ causedBy: [first.seq, written.seq], confidence: 0.5 })
  expect(info?.evidence).toMatchObject({ review: 7, merged: { branch: 'b', seq: written.seq } })
})

test('commits of every branch are told of on every branch, also when it is gone', async () => {
  const shop = await useDatabase()
  await shop.put('item:1', { n: 1 })
  await shop.branches.create('b')
  const branch = shop.branch('b')
  const { seq } = await branch.put('item:1', { n: 2 })
  const later = await shop.put('item:1', { n: 3 })
  const [onBranch] = await branch.query(`INFO FOR COMMIT ${later.seq}`)
  expect(onBranch).toMatchObject({ seq: later.seq })
  expect((await branch.history('item:1')).map(({ fields }) => fields?.n)).toEqual([2, 1])
  expect((await shop.history('item:1')).map(({ fields }) => fields?.n)).toEqual([3, 1])
  await shop.branches.remove('b')
  const info = await shop.commitInfo(seq)
  expect(info?.records.map(({ id }) => id.toString())).toEqual(['item:1'])
})

test('a session that looks at the past makes no branches', async () => {
  const shop = await useDatabase()
  const { seq } = await shop.put('item:1', { n: 1 })
  const asOf = { asOf: { seq } }
  expect(await codeOf(shop.query('DEFINE BRANCH b', {}, asOf))).toBe('QUERY_NESTED_WRITE')
  expect(shop.branches.list()).toEqual([])
})

test('conditions on the commit of a record hold on a branch', async () => {
  const shop = await useDatabase()
  const { seq } = await shop.put('item:1', { n: 1 })
  await shop.branches.create('b')
  const branch = shop.branch('b')
  expect(await codeOf(branch.put('item:1', { n: 2 }, { ifSeq: -1 }))).toBe('LEDGER_PRECONDITION')
  await branch.put('item:1', { n: 2 }, { ifSeq: seq })
  expect(await codeOf(branch.put('item:1', { n: 3 }, { ifSeq: seq }))).toBe('LEDGER_PRECONDITION')
  await branch.delete('item:1')
  await branch.put('item:1', { n: 4 }, { ifSeq: -1 })
})

test('a fork of nothing, and one during the build of an index', async () => {
  const shop = await useDatabase()
  await shop.put('item:1', { n: 1 })
  await shop.branches.create('empty', { at: { seq: 0 } })
  const empty = shop.branch('empty')
  expect(await empty.query('SELECT * FROM item')).toEqual([[]])
  await empty.query('CREATE item:2 SET n = 2; RELATE item:2->next:1->item:2')
  expect(await empty.query('RETURN item:2->next->item')).toEqual([[new RecordId('item', 2)]])

  const { seq } = await shop
    .transaction((tx) => tx.defineIndex({ name: 'n', table: 'item', fields: [['n']], unique: true }))
    .then(({ receipt }) => receipt)
  await shop.branches.create('early', { at: { seq } })
  await shop.waitForIndex('item', 'n')
  // It was not complete when the branch was forked, so that it says nothing there.
  await shop.branch('early').query('CREATE item:3 SET n = 1')
  expect(await shop.branch('early').query('SELECT VALUE id FROM item WHERE n = 1')).toEqual([
    [new RecordId('item', 1), new RecordId('item', 3)],
  ])
  expect(await codeOf(shop.branches.merge('early'))).toBe('BRANCH_MERGE_UNIQUE')
  expect((await shop.verify()).findings).toEqual([])
})

test('unique values that were too long for a key are claimed on branches too', async () => {
  const shop = await useDatabase()
  await shop.query('DEFINE INDEX pair ON item FIELDS text, code UNIQUE')
  const text = 'x'.repeat(2_000)
  await shop.put('item:1', { text, code: 1 })
  await shop.put('item:2', { text, code: null })
  await shop.put('item:3', { text: 'short', code: 3 })
  await shop.branches.create('b')
  // On main the entries go into the past, which does not say what they claim.
  for (const at of [1, 2, 3]) await shop.delete(`item:${at}`)
  const branch = shop.branch('b')
  expect(await codeOf(branch.put('item:4', { text, code: 1 }))).toBe('INDEX_UNIQUE_VIOLATION')
  expect(await codeOf(branch.put('item:4', { text: 'short', code: 3 }))).toBe('INDEX_UNIQUE_VIOLATION')
  await branch.put('item:4', { text, code: null })
  const [rows] = await branch.query('SELECT VALUE id FROM item WHERE text = $text', { text })
  expect(rows).toEqual([1, 2, 4].map((at) => new RecordId('item', at)))
  await branch.transaction(async (tx) => {
    await tx.delete(new RecordId('item', 1))
    await tx.delete(new RecordId('item', 3))
    await tx.put(new RecordId('item', 5), { text, code: 1 })
    const index = tx.catalog.table('item')?.indexes.find(({ name }) => name === 'pair')
    if (index === undefined) return expect.unreachable()
    const ids: unknown[] = []
    for await (const entries of tx.scanIndex(index, { equals: [] }))
      ids.push(...entries.map(({ id }) => id.key))
    // What was cut is in the order of its hash.
    expect(ids.sort()).toEqual([2, 4, 5])
  })
  expect((await shop.verify()).findings).toEqual([])
})

test('fields with hostile names are merged like others', async () => {
  const shop = await useDatabase()
  const fields = (n: number) => JSON.parse(`{"__proto__": {"a": ${n}}, "constructor": ${n}, "a.b": ${n}}`)
  await shop.put('item:1', { ...fields(1), own: 1 })
  await shop.branches.create('b')
  await shop.branch('b').put('item:1', { ...fields(2), own: 1 })
  await shop.put('item:1', { ...fields(1), own: 2 })
  expect(await shop.branches.merge('b')).toMatchObject({ status: 'merged', changed: 1 })
  expect(await shop.get('item:1')).toEqual({ id: new RecordId('item', 1), ...fields(2), own: 2 })
})

test.each(['', 'main', 'a/', '/a', 'a//b', '..', '../b', 'a b', 'ä', 'a\0', '__proto__ ', 'x'.repeat(129)])(
  '%j is no name for a branch',
  async (name) => {
    const shop = await useDatabase()
    expect(await codeOf(shop.branches.create(name))).toBe('BRANCH_NAME')
  },
)

test.each(['a', '-', '_', '__proto__', 'constructor', 'a/b-c_d/1', 'x'.repeat(128)])(
  '%j is one',
  async (name) => {
    const shop = await useDatabase()
    await shop.put('item:1', { n: 1 })
    await shop.branches.create(name)
    await shop.branch(name).put('item:1', { n: 2 })
    expect(shop.branches.list().map((branch) => branch.name)).toEqual([name])
    expect(await shop.branch(name).get('item:1')).toMatchObject({ n: 2 })
    await shop.branches.merge(name)
    await shop.branches.remove(name)
    expect(await shop.get('item:1')).toMatchObject({ n: 2 })
  },
)

test(`branches are forked from one another ${branchDepthMax} times and no more`, async () => {
  const shop = await useDatabase()
  await shop.put('item:1', { n: 0 })
  let from = 'main'
  for (let depth = 1; depth <= branchDepthMax; depth += 1) {
    await shop.branches.create(`d${depth}`, { from })
    from = `d${depth}`
    await shop.branch(from).put(`item:${depth + 1}`, { n: depth })
  }
  expect(await codeOf(shop.branches.create('deeper', { from }))).toBe('BRANCH_TOO_DEEP')
  const [ns] = await shop.branch(from).query('SELECT VALUE n FROM item')
  expect(ns).toEqual(Array.from({ length: branchDepthMax + 1 }, (_, n) => n))
  expect(await shop.branches.merge(from)).toMatchObject({ status: 'merged', changed: branchDepthMax })
  expect((await shop.verify()).findings).toEqual([])
})

test(`a database has ${branchesMax} branches and no more`, async () => {
  const shop = await useDatabase()
  for (let at = 0; at < branchesMax; at += 1) await shop.branches.create(`b${at}`)
  expect(await codeOf(shop.branches.create('more'))).toBe('BRANCH_TOO_MANY')
  await shop.branches.remove('b0')
  await shop.branches.create('more')
}, 60_000)

test('a merge looks at so many records and no more', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.put(person(0), { n: 0 }))
  const view = await core.view()
  const tableId = view.catalog.table('person')?.id as number
  const plan = (count: number) =>
    planMerge({
      touched: (async function* () {
        const idKey = (await view.getRecord(person(0)))?.idKey as Uint8Array
        for (let at = 0; at < count; at += 1) yield { tableId, idKey, seq: 1 }
      })(),
      base: view,
      source: view,
      target: view,
      strict: false,
      resolutions: { byRecord: new Map() },
      recordsMax: 3,
    })
  expect((await plan(3)).steps).toEqual([])
  expect(await codeOf(plan(4))).toBe('BRANCH_MERGE_TOO_LARGE')
  view.close()
})

test('what the store refuses to write to a branch leaves no trace', async () => {
  let isRefusing = false
  const memory = openMemoryStore()
  const store: KvStore = {
    ...counting(memory).counted,
    commit: async (batch, options) => {
      if (isRefusing) throw new DbError({ code: 'STORAGE_FULL', status: 'unavailable', message: 'no room' })
      return memory.commit(batch, options)
    },
  }
  const core = await openTestCore(store)
  const branches = new BranchService(core, () => expect.unreachable())
  await core.write((tx) => tx.put(person(1), { n: 1 }))
  await branches.create('b')
  const branch = core.branches.open('b')
  await branch.write((tx) => tx.put(person(1), { n: 2 }))
  isRefusing = true
  expect(await codeOf(branch.write((tx) => tx.put(recordOf('fresh')(1), { n: 1 })))).toBe('STORAGE_FULL')
  expect(await codeOf(branches.merge('b'))).toBe('STORAGE_FULL')
  isRefusing = false
  const view = await branch.view()
  expect(view.catalog.table('fresh')).toBeUndefined()
  expect((await view.getRecord(person(1)))?.value.n).toBe(2)
  view.close()
  await branch.write((tx) => tx.put(recordOf('fresh')(1), { n: 1 }))
  expect(await branches.merge('b')).toMatchObject({ status: 'merged', changed: 2 })
  expect((await verifyStore(memory)).findings).toEqual([])
})
