/**
 * Random histories against a naive model that keeps a copy of everything after each commit: reads at head and
 * as of every commit, through every access path, and verification at the end.
 */

import { randomBytes } from 'node:crypto'
import { compareValues, type RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IndexDefinition } from '../catalog/definitions.ts'
import type { ReadView } from '../models/model.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openSealedStore } from '../storage/sealed/open-sealed-store.ts'
import { tinyShape } from '../storage/sealed/testing/sealed-fixture.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { IndexBuilder } from './index-builder.ts'

type State = ReadonlyMap<number, ValueObject>

const item = recordOf('item')
const id = fc.nat(5)
const age = fc.constantFrom<Value>(1, 2, 3, 'x', null, undefined)
const tags = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 })
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), id, age, tags }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('index' as const), id }) },
)
/** Steps of one commit. */
const commits = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 25 })

/** The sealed one merges after a few commits. */
const stores: Record<string, () => KvStore | Promise<KvStore>> = {
  memory: openMemoryStore,
  sealed: () =>
    openSealedStore({
      base: openMemoryStore(),
      dataKey: randomBytes(32),
      writeBufferBytes: 4_000,
      shape: tinyShape,
    }),
}

test.each([
  ['memory', 60],
  ['sealed', 15],
])(
  'every read as of every commit equals the naive copy, on a %s store',
  async (kind, numRuns) => {
    await fc.assert(
      fc.asyncProperty(commits, async (history) => {
        const core = await openTestCore(await stores[kind]?.())
        const builder = new IndexBuilder(core)
        const states: State[] = [new Map()]
        for (const steps of history) {
          const state = new Map(states.at(-1))
          const isIndexing = steps.some(({ kind }) => kind === 'index')
          await core.write(async (tx) => {
            for (const each of steps) {
              if (each.kind === 'delete') {
                await tx.delete(item(each.id))
                state.delete(each.id)
              } else if (each.kind === 'put') {
                const fields = fieldsOf(each)
                await tx.put(item(each.id), fields)
                state.set(each.id, fields)
              }
            }
          })
          for (let seq = states.length; seq <= core.head().seq; seq += 1) states.push(state)
          if (!isIndexing) continue
          await core.write(async (tx) => {
            await tx.defineIndex({ name: 'age', table: 'item', fields: [['age']], unique: false })
            await tx.defineIndex({
              name: 'tags',
              table: 'item',
              fields: [['tags', { each: true }]],
              unique: false,
            })
          })
          builder.resume()
          await builder.wait('item', 'age')
          await builder.wait('item', 'tags')
          for (let seq = states.length; seq <= core.head().seq; seq += 1) states.push(state)
        }
        for (const [seq, state] of states.entries()) await compare(await core.view({ seq }), state)
        await compare(await core.view(), states.at(-1) as State)
        const report = await verifyStore(core.store)
        expect(report.findings).toEqual([])
        expect(report.seq).toBe(states.length - 1)
      }),
      { numRuns },
    )
  },
  120_000,
)

function fieldsOf({ age: years, tags: labels }: { age: Value; tags: readonly string[] }): ValueObject {
  return years === undefined ? { tags: labels } : { age: years, tags: labels }
}

async function compare(view: ReadView, state: State): Promise<void> {
  try {
    const table = view.catalog.table('item')
    const rows = [...state].sort(([a], [b]) => a - b).map(([key, fields]) => ({ id: item(key), ...fields }))
    for (const key of [0, 1, 2, 3, 4, 5]) {
      const found = await view.getRecord(item(key))
      expect(found?.value).toEqual(rows.find((row) => row.id.key === key))
    }
    if (table === undefined) return expect(rows).toEqual([])
    const scan = async (options: object) =>
      (await collect(view.scanTable(table, options))).map(({ value }) => value)
    expect(await scan({})).toEqual(rows)
    expect(await scan({ reverse: true })).toEqual(rows.toReversed())
    expect(await scan({ limit: 2 })).toEqual(rows.slice(0, 2))
    expect(await view.countTable(table)).toBe(rows.length)
    for (const index of table.indexes) {
      if (index.state === 'ready') await compareIndex(view, index, rows)
    }
  } finally {
    view.close()
  }
}

async function compareIndex(
  view: ReadView,
  index: IndexDefinition,
  rows: readonly (ValueObject & { readonly id: RecordId })[],
): Promise<void> {
  const values = (row: ValueObject): Value[] =>
    index.name === 'age' ? [row.age] : [...new Set(row.tags as Value[])]
  const entries = rows
    .flatMap((row) => values(row).map((value) => ({ value, key: row.id.key as number })))
    .sort((a, b) => compareValues(a.value, b.value) || a.key - b.key)
  const keysOf = async (range: object, options = {}) => {
    return (await collect(view.scanIndex(index, { equals: [], ...range }, options))).map(
      (entry) => entry.id.key,
    )
  }
  expect(await keysOf({})).toEqual(entries.map(({ key }) => key))
  expect(await keysOf({}, { reverse: true })).toEqual(entries.toReversed().map(({ key }) => key))
  for (const value of [1, 2, 'x', 'a', 'b', null, undefined]) {
    const equal = entries.filter((entry) => compareValues(entry.value, value) === 0).map(({ key }) => key)
    expect(await keysOf({ equals: [value] })).toEqual(equal)
    const above = entries.filter((entry) => compareValues(entry.value, value) > 0).map(({ key }) => key)
    expect(await keysOf({ lower: { value, inclusive: false } })).toEqual(above)
  }
}
