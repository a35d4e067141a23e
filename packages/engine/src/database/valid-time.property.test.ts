/**
 * Random histories with valid time against a naive replay of the list of commits: what holds at an instant as
 * it was known at a commit, through every way to read, and verification at the end.
 */

import { Datetime, type RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ReadView, WriteTx } from '../models/model.ts'
import { instantOf, viewAt } from '../models/valid-time/valid-view.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'

const item = recordOf('item')
const joins = recordOf('joins')
const keys = [0, 1, 2]

/** Days of January 2026; `undefined`: open. */
const day = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined })
const change = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('put' as const),
      key: fc.constantFrom(...keys),
      from: day,
      to: day,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('keep' as const), key: fc.constantFrom(...keys), to: day }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('delete' as const), key: fc.constantFrom(...keys) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('join' as const),
      key: fc.constantFrom(...keys),
      from: day,
      to: day,
    }),
  },
)
const commits = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 })

interface Version {
  readonly from: number | undefined
  readonly to: number | undefined
  /** `undefined`: deleted. */
  readonly fields: ValueObject | undefined
}

/** By record id as text, the version each commit wrote, in order. */
type Log = Map<string, { readonly seq: number; readonly version: Version }[]>

/** What the definition says, word for word. */
function holding(log: Log, id: RecordId, seq: number, at: number): ValueObject | undefined {
  const known = (log.get(id.toString()) ?? []).filter((each) => each.seq <= seq)
  const restated = new Set<number | undefined>()
  for (const { version } of known.toReversed()) {
    if (version.fields === undefined) return undefined
    const { from, to, fields } = version
    const isRestated = restated.has(from)
    restated.add(from)
    if (isRestated || (from ?? 0) > at || (to ?? 99) < at) continue
    return fields
  }
  return undefined
}

const date = (number: number | undefined) => (number === undefined ? undefined : `2026-01-0${number}`)
const isEmpty = ({ from, to }: { from?: number | undefined; to?: number | undefined }) =>
  from !== undefined && to !== undefined && from > to

test('what holds, as of every commit and every day, is what a replay says', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(commits, async (history) => {
      const core = await openTestCore()
      await core.write(async (tx) => {
        await tx.ensureTable('joins', { type: 'relation', from: [], to: [], enforced: false })
        await tx.defineIndex({ name: 'n', table: 'item', fields: [['n']], unique: false })
      })
      const log: Log = new Map()
      let counter = 0
      for (const changes of history) {
        const written = new Map<string, Version>()
        const newest = (id: RecordId) =>
          written.get(id.toString()) ??
          log.get(id.toString())?.at(-1)?.version ?? { from: undefined, to: undefined, fields: undefined }
        const remove = async (tx: WriteTx, id: RecordId) => {
          if (await tx.delete(id))
            written.set(id.toString(), { from: undefined, to: undefined, fields: undefined })
        }
        await core.write(async (tx) => {
          for (const each of changes) {
            const id = each.op === 'join' ? joins(each.key) : item(each.key)
            counter += 1
            if (each.op === 'delete') {
              await remove(tx, joins(each.key))
              await remove(tx, joins((each.key + 2) % 3))
              await remove(tx, id)
              continue
            }
            const before = newest(id)
            const from = each.op === 'keep' ? before.from : each.from
            const to = each.op === 'keep' ? (each.to ?? before.to) : each.to
            if (isEmpty({ from, to })) continue
            const ends = { in: item(each.key), out: item((each.key + 1) % 3) }
            if (each.op === 'join' && [ends.in, ends.out].some((end) => newest(end).fields === undefined))
              continue
            const fields = each.op === 'join' ? { ...ends, n: counter } : { n: counter % 4, counter }
            const bounds =
              each.op === 'keep'
                ? { keepsValidTime: true, ...(each.to !== undefined && { validTo: date(each.to) }) }
                : { validFrom: date(from), validTo: date(to) }
            await tx.put(id, fields, bounds)
            written.set(id.toString(), { from, to, fields: { id, ...fields } })
          }
          await compare(tx, log, written, core.head().seq + 1)
        })
        const { seq } = core.head()
        for (const [id, version] of written) log.set(id, [...(log.get(id) ?? []), { seq, version }])
        await comparing(await core.view(), log, seq)
      }
      for (let seq = 0; seq <= core.head().seq; seq += 1) await comparing(await core.view({ seq }), log, seq)
      expect((await verifyStore(core.store)).findings).toEqual([])
    }),
    { numRuns: 60 },
  )
})

async function comparing(view: ReadView, log: Log, seq: number): Promise<void> {
  try {
    await compare(view, log, new Map(), seq)
  } finally {
    view.close()
  }
}

/** `pending`: what the transaction that is the view has written. */
async function compare(
  base: ReadView,
  known: Log,
  pending: ReadonlyMap<string, Version>,
  seq: number,
): Promise<void> {
  const log: Log = new Map(known)
  for (const [id, version] of pending) log.set(id, [...(log.get(id) ?? []), { seq, version }])
  for (const at of [0, 1, 3, 5, 7]) {
    const instant = Datetime.fromParts({ year: 2026, hour: 12 })
    const view = viewAt(base, new Datetime(instant.seconds + (at - 1) * 86_400))
    expect(instantOf(view)?.parts().hour).toBe(12)
    const expected = keys.map((key) => holding(log, item(key), seq, at))
    const there = expected.filter((row) => row !== undefined)
    for (const key of keys) expect((await view.getRecord(item(key)))?.value).toEqual(expected[key])
    const table = view.catalog.table('item')
    if (table === undefined) {
      expect(there).toEqual([])
      continue
    }
    const scan = async (options: object) =>
      (await collect(view.scanTable(table, options))).map(({ value }) => value)
    expect(await scan({})).toEqual(there)
    expect(await scan({ reverse: true, limit: 1 })).toEqual(there.toReversed().slice(0, 1))
    expect(await view.countTable(table)).toBe(there.length)
    for (const index of table.indexes) {
      if (index.isAdjacency) continue
      const found = (await collect(view.scanIndex(index, { equals: [] }))).map(({ id }) => id.key)
      const inOrder = there.toSorted(
        (a, b) => compareNumbers(a.n, b.n) || compareNumbers((a.id as RecordId).key, (b.id as RecordId).key),
      )
      expect(found).toEqual(inOrder.map(({ id }) => (id as RecordId).key))
      expect((await collect(view.scanIndex(index, { equals: [] }, { limit: 1 }))).length).toBe(
        Math.min(1, there.length),
      )
    }
    for (const key of keys) {
      const edge = holding(log, joins(key), seq, at)
      const isWhole =
        edge !== undefined && expected[key] !== undefined && expected[(key + 1) % 3] !== undefined
      const found = await view.edges(item(key), 'out')
      expect(found.map(({ edge: id }) => id.key)).toEqual(isWhole ? [key] : [])
    }
  }
}

function compareNumbers(a: Value | RecordId['key'], b: Value | RecordId['key']): number {
  return Number(a) - Number(b)
}
