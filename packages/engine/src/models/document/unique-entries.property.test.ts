/**
 * A unique index on two fields, one of them a list, against a naive model: a combination with NONE or NULL in
 * it claims nothing, any other is one record's alone. Reads at head and as of every commit, and verification.
 */

import { compareValues, type Value, type ValueObject } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IndexBuilder } from '../../database/index-builder.ts'
import { collect, openTestCore, recordOf } from '../../testing/open-core.ts'
import { verifyStore } from '../../verify/verify-store.ts'
import type { ReadView } from '../model.ts'

const item = recordOf('item')
const index = {
  name: 'ab',
  table: 'item',
  fields: [['a'], ['b', { each: true }]],
  unique: true,
} as const

type State = ReadonlyMap<number, ValueObject>

const a = fc.constantFrom<Value>(1, 2, null, undefined)
const b = fc.oneof(
  fc.array(fc.constantFrom<Value>(1, 2, null, undefined), { maxLength: 2 }),
  fc.constantFrom<Value>(undefined, 7),
)
const put = fc.record({ id: fc.nat(4), a, b, isDelete: fc.constantFrom(false, false, false, true) })
const history = fc.record({
  steps: fc.array(put, { minLength: 1, maxLength: 14 }),
  /** Steps before the index is defined. */
  before: fc.nat(6),
})

function tuplesOf({ a, b }: ValueObject): readonly (readonly Value[])[] {
  const list = Array.isArray(b) ? (b as readonly Value[]) : [undefined]
  return list.map((each) => [a, each])
}

function claimsOf(record: ValueObject): readonly string[] {
  const claims = tuplesOf(record).filter((tuple) =>
    tuple.every((value) => value !== undefined && value !== null),
  )
  return claims.map(String)
}

function isTaken(state: State, id: number, record: ValueObject): boolean {
  const claims = claimsOf(record)
  return [...state].some(
    ([key, other]) => key !== id && claimsOf(other).some((each) => claims.includes(each)),
  )
}

test('a unique index refuses what the model refuses, and finds what it finds', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ steps, before }) => {
      const core = await openTestCore()
      const builder = new IndexBuilder(core)
      const states: State[] = [new Map()]
      let isDefined = false
      for (const [at, { id, isDelete, ...record }] of steps.entries()) {
        if (at === before) {
          const last = states.at(-1) as State
          const isClean = [...last].every(([key, each]) => !isTaken(last, key, each))
          await core.write((tx) => tx.defineIndex(index))
          builder.resume()
          await builder.wait('item', 'ab').then(
            () => expect(isClean).toBe(true),
            () => expect(isClean).toBe(false),
          )
          if (!isClean) await core.write((tx) => tx.removeIndex('item', 'ab'))
          isDefined = isClean
          while (states.length <= core.head().seq) states.push(last)
        }
        const state = new Map(states.at(-1))
        const isRefused = isDefined && !isDelete && isTaken(state, id, record)
        const writing = core.write((tx) => (isDelete ? tx.delete(item(id)) : tx.put(item(id), record)))
        if (isRefused) {
          await expect(writing).rejects.toMatchObject({ code: 'INDEX_UNIQUE_VIOLATION' })
          continue
        }
        await writing
        if (isDelete) state.delete(id)
        else state.set(id, record)
        if (core.head().seq === states.length) states.push(state)
      }
      for (const [seq, state] of states.entries()) await compare(await core.view({ seq }), state)
      await compare(await core.view(), states.at(-1) as State)
      expect((await verifyStore(core.store)).findings).toEqual([])
    }),
    { numRuns: 100 },
  )
}, 60_000)

async function compare(view: ReadView, state: State): Promise<void> {
  try {
    const found = view.catalog.table('item')?.indexes.find(({ name }) => name === 'ab')
    if (found?.state !== 'ready') return
    for (const first of [1, 2, null, undefined]) {
      for (const second of [1, 2, null, undefined]) {
        const wanted = [first, second]
        const keys = [...state]
          .filter(([, record]) => tuplesOf(record).some((tuple) => compareValues(tuple, wanted) === 0))
          .map(([key]) => key)
        const entries = await collect(view.scanIndex(found, { equals: wanted }))
        expect(entries.map(({ id }) => id.key)).toEqual(keys.sort())
      }
    }
  } finally {
    view.close()
  }
}
