/**
 * Random writes, deletions, restores, undos, undeletions and restored snapshots, on main and on a branch,
 * against a naive model that keeps the whole state after every commit and a list of versions per record: what
 * comes of each, the history of every record page by page, and the comparison of every two states.
 */

import { DbError, RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openEngine } from '../open-engine.ts'
import type { Database } from './database.ts'
import type { DatabaseBranch } from './database-branch.ts'

interface Version {
  readonly fields: ValueObject
  readonly validFrom: Value
}

/** By the record's id; a snapshot of everything. */
type State = ReadonlyMap<string, Version>

interface Written {
  readonly seq: number
  /** `undefined`: deleted. */
  readonly version: Version | undefined
}

const tables = ['a', 'b'] as const
const id = fc.record({ table: fc.constantFrom(...tables), key: fc.nat(2) })
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      id,
      n: fc.nat(3),
      validFrom: fc.option(fc.constantFrom('2025-01-01', '2026-01-01'), { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), id }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('restore' as const), id, back: fc.nat(12) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('undo' as const), id }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undelete' as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('snapshot' as const), back: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove table' as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('noise' as const) }) },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
/** Whether it is done by a statement instead of a call. */
const steps = fc.array(fc.tuple(step, fc.boolean()), { minLength: 1, maxLength: 30 })

class Model {
  states: State[] = [new Map()]
  readonly versions = new Map<string, Written[]>()

  get newest(): State {
    return this.states.at(-1) as State
  }

  /** The state after commits up to `seq`. */
  reach(seq: number, state: State): void {
    while (this.states.length < seq) this.states.push(this.newest)
    if (this.states.length === seq) this.states.push(state)
  }

  write(seq: number, changes: ReadonlyMap<string, Version | undefined>): void {
    const state = new Map(this.newest)
    for (const [record, version] of changes) {
      if (version === undefined) state.delete(record)
      else state.set(record, version)
      this.versions.set(record, [{ seq, version }, ...(this.versions.get(record) ?? [])])
    }
    this.reach(seq, state)
  }

  /** The versions of its records go with a table. */
  removeTable(seq: number, table: string): void {
    const isOther = (record: string) => !record.startsWith(`${table}:`)
    for (const record of [...this.versions.keys()]) if (!isOther(record)) this.versions.delete(record)
    this.reach(seq, new Map([...this.newest].filter(([record]) => isOther(record))))
  }

  /** The version to be written, or the code of the error. */
  wanted(
    kind: 'restore' | 'undo' | 'undelete',
    record: string,
    seq: number,
  ): { readonly version: Version | undefined } | string {
    const versions = this.versions.get(record) ?? []
    const [newest, before] = versions
    if (newest === undefined) return 'HISTORY_RECORD_UNKNOWN'
    if (kind === 'undo') return { version: before?.version }
    if (kind === 'undelete') {
      return newest.version === undefined ? { version: before?.version } : 'HISTORY_NOT_DELETED'
    }
    const then = versions.find((each) => each.seq <= seq)?.version
    return then === undefined ? 'HISTORY_VERSION_UNKNOWN' : { version: then }
  }
}

type Place = Database | DatabaseBranch

async function attempt(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof DbError) return error.code
    throw error
  }
}

async function bringBack(
  place: Place,
  kind: 'restore' | 'undo' | 'undelete',
  record: RecordId,
  seq: number,
  isStatement: boolean,
) {
  if (isStatement) {
    const to = kind === 'restore' ? ' TO $seq' : ''
    return place.query(`${kind} $record${to}`, { record, seq })
  }
  return kind === 'restore' ? place.restore(record, seq) : place[kind](record)
}

async function carryOut(
  shop: Database,
  place: Place,
  model: Model,
  [asked, isStatement]: readonly [Step, boolean],
): Promise<void> {
  const head = () => shop.head().seq
  const record = 'id' in asked ? new RecordId(asked.id.table, asked.id.key) : new RecordId('a', 0)
  const text = record.toString()
  switch (asked.kind) {
    case 'put': {
      const { n, validFrom } = asked
      await place.put(record, { n }, validFrom === undefined ? {} : { validFrom })
      return model.write(head(), new Map([[text, { fields: { n }, validFrom }]]))
    }
    case 'delete':
      if ((await place.delete(record)).isDeleted) model.write(head(), new Map([[text, undefined]]))
      return
    case 'restore':
    case 'undo':
    case 'undelete': {
      const seq = 'back' in asked ? Math.max(0, head() - asked.back) : 0
      const wanted = model.wanted(asked.kind, text, seq)
      const code = await attempt(() => bringBack(place, asked.kind, record, seq, isStatement))
      expect({ asked, code }).toEqual({ asked, code: typeof wanted === 'string' ? wanted : undefined })
      const isWrite = typeof wanted !== 'string' && (wanted.version ?? model.newest.get(text)) !== undefined
      if (isWrite) model.write(head(), new Map([[text, wanted.version]]))
      return
    }
    case 'snapshot': {
      const at = Math.max(0, head() - asked.back)
      await shop.snapshots.create('s', { at: { seq: at }, tables: [...tables] })
      model.reach(head(), model.newest)
      const then = model.states[at] as State
      const changes = differences(then, model.newest)
      const branch = 'branchName' in place ? place.branchName : 'main'
      const { restored } = await shop.snapshots.restore('s', { branch })
      expect(restored).toBe(changes.size)
      if (changes.size > 0) model.write(head(), changes)
      await shop.snapshots.remove('s')
      model.reach(head(), model.newest)
      return
    }
    case 'remove table':
      if ('branchName' in place || shop.head().seq === 0) return
      await shop.query(`REMOVE TABLE IF EXISTS ${record.table}`)
      return model.removeTable(head(), record.table)
    case 'noise':
      await shop.put('noise:1', {})
      return model.reach(head(), model.newest)
    default:
      asked satisfies never
  }
}

/** What has to be written to get from `now` back to `then`. */
function differences(then: State, now: State): Map<string, Version | undefined> {
  const changes = new Map<string, Version | undefined>()
  for (const record of new Set([...then.keys(), ...now.keys()])) {
    const [before, after] = [then.get(record), now.get(record)]
    if (JSON.stringify(before) !== JSON.stringify(after)) changes.set(record, before)
  }
  return changes
}

async function checkHistories(place: Place, model: Model): Promise<void> {
  for (const table of tables) {
    for (const key of [0, 1, 2]) {
      const record = new RecordId(table, key)
      const expected = (model.versions.get(record.toString()) ?? []).map(({ seq, version }) => ({
        seq,
        n: version?.fields.n,
        validFrom: version?.validFrom,
      }))
      const found: unknown[] = []
      let before: number | undefined
      do {
        const page = await place.history(record, { limit: 2, ...(before !== undefined && { before }) })
        found.push(...page.map(({ seq, fields, validFrom }) => ({ seq, n: fields?.n, validFrom })))
        before = page.length === 2 ? page.at(-1)?.seq : undefined
      } while (before !== undefined)
      expect(found).toEqual(expected)
      const text = 'SELECT seq, value.n AS n, valid.from AS from FROM record::history($record)'
      const [rows] = (await place.query(text, { record })) as unknown as [readonly ValueObject[]]
      expect(rows.map(({ seq, n, from }) => ({ seq, n, validFrom: from }))).toEqual(expected)
    }
  }
}

async function checkDiffs(place: Place, model: Model): Promise<void> {
  const last = model.states.length - 1
  const moments = [...new Set([0, 1, Math.floor(last / 3), Math.floor(last / 2), last - 1, last])]
  for (const from of moments.filter((seq) => seq >= 0 && seq <= last)) {
    for (const to of moments.filter((seq) => seq >= 0 && seq <= last)) {
      const expected = new Map<string, string>()
      const [older, newer] = [model.states[from] as State, model.states[to] as State]
      for (const record of differences(older, newer).keys()) {
        expected.set(record, older.has(record) ? (newer.has(record) ? 'changed' : 'removed') : 'added')
      }
      const found = new Map<string, string>()
      let after: RecordId | undefined
      do {
        const options = { from, to, limit: 2, tables: [...tables], ...(after && { after }) }
        const { changes, next } = await place.diff(options)
        for (const { id: record, change } of changes) {
          expect(found.has(record.toString())).toBe(false)
          found.set(record.toString(), change)
        }
        after = next
      } while (after !== undefined)
      expect({ from, to, found: sorted(found) }).toEqual({ from, to, found: sorted(expected) })
    }
  }
}

function sorted(changes: ReadonlyMap<string, string>): string[] {
  return [...changes].map(([record, change]) => `${record} ${change}`).sort()
}

async function play(
  placeOf: (shop: Database) => Promise<Place>,
  asked: readonly (readonly [Step, boolean])[],
) {
  const engine = await openEngine()
  try {
    const shop = await engine.database('shop')
    const model = new Model()
    const half = Math.floor(asked.length / 2)
    for (const each of asked.slice(0, half)) await carryOut(shop, shop, model, each)
    const place = await placeOf(shop)
    model.reach(shop.head().seq, model.newest)
    for (const each of asked.slice(half)) await carryOut(shop, place, model, each)
    await checkHistories(place, model)
    await checkDiffs(place, model)
    expect((await shop.verify()).findings).toEqual([])
  } finally {
    await engine.close()
  }
}

test('on main', async () => {
  await fc.assert(
    fc.asyncProperty(steps, (asked) => play(async (shop) => shop, asked)),
    { numRuns: 100 },
  )
}, 120_000)

test('on a branch, forked half way', async () => {
  const fork = async (shop: Database) => {
    await shop.branches.create('b')
    return shop.branch('b')
  }
  await fc.assert(
    fc.asyncProperty(steps, (asked) => play(fork, asked)),
    { numRuns: 100 },
  )
}, 120_000)
